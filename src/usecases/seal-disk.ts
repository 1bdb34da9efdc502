/** From the disk of a VM that is off to an image of the store. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { compressImage, hashFile } from "#images";
import { HutchError } from "../core/errors.ts";
import type { ImageOrigin } from "../core/image.ts";
import type { BaseImage } from "../host/image-label.ts";
import type { Pool } from "../host/pool.ts";
import { copyDisk, deleteVolume } from "../host/volumes.ts";
import type { OpScope } from "../ops/operation.ts";
import type { BakeOrder } from "./bake-order.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";
import { withImageErrors } from "./image-errors.ts";
import { intoPool } from "./image-store.ts";
import { undoOf } from "./undo-actions.ts";

export type Sealing = {
  readonly machine: OwnedMachine;
  readonly pool: Pool;
  readonly order: BakeOrder;
  /** A folder for files of gigabytes. */
  readonly work: string;
};

/**
 * The hypervisor makes one disk of overlay and base, so that it works for callers who cannot read the pool; it is
 * compressed here and goes into the pool as any image does. Fails with E_IMAGE, or libvirt's refusal.
 */
export async function sealDisk(ctx: Context, op: OpScope, { machine, pool, order, work }: Sealing): Promise<BaseImage> {
  const { uuid, name, record } = machine;
  const [root] = record.volumes;
  const base = record.image;
  if (root === undefined || base === null)
    throw new HutchError({ code: "E_BUG", message: `The VM ${name} has no disk to make an image of.` });
  const flat = root.replace(/\.qcow2$/, "-flat.qcow2");
  const fetched = join(work, "flat.qcow2");
  const packed = join(work, "baked.qcow2");

  await op.step("flatten", "Make one disk of it and its base", async (step) => {
    await step.undo(undoOf.volume({ uuid, name, op: op.id }, pool.name, flat));
    await copyDisk(ctx.client, pool.name, { from: root, name: flat, bytes: record.spec.diskBytes }, step.signal);
  });
  const sha256 = await op.step("compress", "Compress it", (step) =>
    withImageErrors(async () => {
      const onProgress = (done: number, total: number) => step.progress(done, total, "bytes");
      const ref = { pool: pool.name, name: flat };
      await ctx.client.call("volume.download", { ...ref, file: fetched }, { signal: step.signal, onProgress });
      await deleteVolume(ctx.client, pool.name, flat);
      await compressImage(fetched, packed, step.signal);
      rmSync(fetched);
      return hashFile(packed, step.signal);
    }),
  );
  return op.step("store", `Store it as ${order.name}`, async (step) => {
    const origin: ImageOrigin = {
      kind: "baked",
      base: base.name,
      baseDigest: base.digest,
      engine: order.engine,
      packages: order.packages,
      userData: order.userData,
    };
    const trust = `baked here from ${base.name} (${base.trust})`;
    const replaced = order.replaces.map(({ volume }) => volume);
    // The very bytes that are there already stay, whatever becomes of this bake.
    if (!order.replaces.some((image) => image.sha256 === sha256))
      await step.undo(undoOf.image({ name: order.name, sha256 }, replaced));
    const about = { name: order.name, trust, arch: record.spec.arch, origin };
    return withImageErrors(() => intoPool(ctx, pool, packed, about, step, sha256));
  });
}
