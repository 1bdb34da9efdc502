/** `image verify`: whether the images of the store are still the bytes that were stored. */
import { isMeantBy } from "../core/image.ts";
import type { ImageVerdict } from "../core/image-trust.ts";
import { digestVolume } from "../host/image-check.ts";
import { listLabelled } from "../host/image-label.ts";
import { listMachines } from "../host/machines.ts";
import { findPool, type Pool } from "../host/pool.ts";
import { type Operation, type StepScope, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { missingStored } from "./missing-image.ts";
import { operationEnvironment } from "./operation-environment.ts";

type Labelled = Awaited<ReturnType<typeof listLabelled>>[number];

/**
 * Reads each image whole, through libvirt, and compares it with its label; all images when none is named. A damaged one is a
 * verdict, no failure. Fails with E_NOT_FOUND for a name that the store does not have, or E_CANCELLED; changes nothing.
 */
export function verifyImages(ctx: Context, names: readonly string[]): Operation<readonly ImageVerdict[]> {
  const about = { kind: "image.verify", title: "Verify images", subject: names.join(",") };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const pool = await findPool(ctx.client);
    const labelled = pool === null ? [] : await listLabelled(ctx.client, pool);
    const wanted = chosen(labelled, names);
    if (pool === null) return [];
    const machines = await listMachines(ctx.client);
    const verdicts: ImageVerdict[] = [];
    for (const image of wanted) {
      const usedBy = machines.filter(({ record }) => record?.image?.volume === image.volume).map(({ name }) => name);
      const verdict = await op.step(`verify ${image.volume}`, `Verify ${image.name}`, (step) =>
        verifyOne(ctx, pool, image, step),
      );
      const { name, volume, origin, sha256 } = image;
      verdicts.push({ name, volume, origin, digest: `sha256:${sha256}`, ...verdict, usedBy });
    }
    return verdicts;
  });
}

function chosen(all: readonly Labelled[], names: readonly string[]): readonly Labelled[] {
  if (names.length === 0) return all;
  return [...new Set(names)].flatMap((name) => {
    const found = all.filter((image) => isMeantBy(name, { ...image, digest: `sha256:${image.sha256}` }));
    if (found.length > 0) return found;
    throw missingStored(name, all);
  });
}

async function verifyOne(
  ctx: Context,
  pool: Pool,
  { volume, path, sha256, bytes }: Labelled,
  step: StepScope,
): Promise<Pick<ImageVerdict, "state" | "found">> {
  if (path === null) return { state: "missing", found: null };
  const found = await digestVolume(ctx.client, pool, volume, {
    signal: step.signal,
    onProgress: (done) => step.progress(done, Math.max(done, bytes), "bytes"),
  });
  if (typeof found === "string") return { state: found, found: null };
  return { state: found.hex === sha256 ? "ok" : "damaged", found: `sha256:${found.hex}` };
}
