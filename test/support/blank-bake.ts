import { forceOff } from "../../src/host/domains.ts";
import { bake } from "../../src/usecases/bake.ts";
import type { Context } from "../../src/usecases/context.ts";

/** A bake in whose VM nothing is done, for its disk is empty: all else of it, in seconds and without a guest. */
export function blankBake(ctx: Context, name: string, base: string) {
  return bake(ctx, { base, packages: ["nothing"], name }, ({ client }, _, uuid) => forceOff(client, uuid));
}
