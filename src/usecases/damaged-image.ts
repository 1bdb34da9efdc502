/** An image of the store that is not what was stored any more, when somebody brings its bytes again under its name. */
import { HutchError } from "../core/errors.ts";
import { listBases, removeBase } from "../host/base-images.ts";
import { digestVolume } from "../host/image-check.ts";
import type { BaseImage } from "../host/image-label.ts";
import type { Pool } from "../host/pool.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { isFree, usersOf } from "./image-use.ts";

/**
 * Takes a damaged one out of their way. Fails with E_CONFLICT where something stands on it that no other name keeps it for,
 * with libvirt's refusal, or E_CANCELLED.
 */
export async function makeWayIfDamaged(
  ctx: Context,
  pool: Pool,
  { name, sha256 }: Pick<BaseImage, "name" | "sha256">,
  step: StepScope,
): Promise<void> {
  const bases = await listBases(ctx.client, pool);
  const base = bases.find((each) => each.name === name && each.sha256 === sha256);
  if (base === undefined) return;
  const found = await digestVolume(ctx.client, pool, base.volume, {
    signal: step.signal,
    onProgress: (done) => step.progress(done, Math.max(done, base.bytes), "bytes"),
  });
  if (typeof found === "string" || found.hex === sha256) return;
  const isKept = bases.some((other) => other !== base && other.volume === base.volume);
  const users = (await usersOf(ctx, pool))(base);
  if (!isKept && !isFree(users)) throw damagedUnder(name, users.machines.length > 0 ? users.machines : users.volumes);
  step.note(`The ${name} in the store is damaged: it is stored anew.`, "warn");
  await removeBase(ctx.client, pool, base, ctx.paths);
}

function damagedUnder(name: string, users: readonly string[]): HutchError {
  const all = users.join(", ");
  return new HutchError({
    code: "E_CONFLICT",
    message: `The ${name} in the store is damaged, and is the base of ${all}.`,
    why: "Their disks hold only what differs from it, and cannot be relied on.",
    next: [
      `Restore ${all} from a backup, or copy out what can still be read.`,
      "hutch image import FILE --name OTHER: whole, for new VMs",
    ],
  });
}
