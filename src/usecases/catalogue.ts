/** The catalogue as a user sees it: apart from the verbs, for it must be there at once. */
import { catalogue } from "#images";
import type { CatalogueRow } from "../core/requests.ts";
import { listBases } from "../host/base-images.ts";
import { findPool } from "../host/pool.ts";
import type { Context } from "./context.ts";

/** Every image that can be had, and whether the store has it. */
export async function catalogueRows(ctx: Context): Promise<readonly CatalogueRow[]> {
  const pool = await findPool(ctx.client);
  const stored = new Set((pool === null ? [] : await listBases(ctx.client, pool)).map(({ name }) => name));
  return catalogue().map(({ name, title, arches, user, trust, configuration, endOfLife, note }) => ({
    name,
    title,
    arches,
    user,
    trust,
    configuration,
    endOfLife,
    inStore: stored.has(name),
    note,
  }));
}
