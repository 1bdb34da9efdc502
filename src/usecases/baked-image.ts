/** Which image a launch stands on: the one that was asked for, or one of it with the engine baked in. */
import { type BakeOffer, bakedOrigin, engineIn, fittingBake, newerBase } from "../core/bake.ts";
import type { ImageUse } from "../core/machine/record.ts";
import type { MachineSpec } from "../core/machine/spec.ts";
import type { BaseImage } from "../host/image-label.ts";
import { listMachines } from "../host/machines.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";
import { type ImageSource, storedBases, storeName } from "./image-source.ts";

export type StoredBase = BaseImage & { readonly digest: string };

export type ImageChoice = {
  readonly source: ImageSource;
  readonly spec: MachineSpec;
  /** What the user should know of the choice. */
  readonly notes: readonly string[];
};

/** A baked image asked for by its name brings its engine along, unless another or none was asked for. */
export function chooseBaked(
  stored: readonly StoredBase[],
  spec: MachineSpec,
  source: ImageSource,
  engineAsked: string | null | undefined,
): ImageChoice {
  if (source.kind === "file" || source.kind === "registry") return { source, spec, notes: [] };
  if (source.kind === "store" && bakedOrigin(source.base) !== null) {
    const image = withDigest(source.base);
    const newer = newerBase(image, stored);
    return {
      source,
      spec: engineAsked === undefined ? { ...spec, engine: engineIn(image, stored) } : spec,
      notes: newer === null ? [] : [`${image.name} was baked from an older ${newer} than the store has now.`],
    };
  }
  if (spec.engine === null) return { source, spec, notes: [] };
  const base = source.kind === "store" ? source.base.name : storeName(source.entry, source.build);
  const wanted = { base, engine: spec.engine, arch: spec.arch, diskBytes: spec.diskBytes };
  const { fit, stale } = fittingBake(wanted, stored);
  if (fit !== null) {
    const note = `Using ${base} with ${spec.engine} baked on ${fit.addedAt.slice(0, 10)} (${fit.name}).`;
    return { source: { kind: "store", base: fit }, spec, notes: [note] };
  }
  if (stale === null) return { source, spec, notes: [] };
  const note = `${stale.name} was baked from an older ${base} and is not used. To renew it: hutch image bake ${base} --engine ${spec.engine}`;
  return { source, spec, notes: [note] };
}

/** For a VM's record. */
export function bakedEngine(base: BaseImage): Pick<ImageUse, "engine"> {
  const engine = bakedOrigin(base)?.engine ?? null;
  return engine === null ? {} : { engine };
}

/**
 * What to bake after this VM's engine was installed, so that the next launch like it finds it there; null when there is
 * nothing to offer, or it was offered to an earlier VM of the kind (and hutch is not to bake by itself).
 */
export async function bakeOffer(ctx: Context, { uuid, record }: OwnedMachine): Promise<BakeOffer | null> {
  const { engine, image, spec } = record;
  if (engine === null || image === null || image.engine !== undefined) return null;
  const stored = (await storedBases(ctx)).map(withDigest);
  const base = stored.find(({ volume }) => volume === image.volume);
  if (base === undefined || bakedOrigin(base) !== null) return null;
  const { name } = image;
  if (fittingBake({ base: name, engine: engine.name, arch: spec.arch, diskBytes: spec.diskBytes }, stored).fit !== null)
    return null;
  const auto = ctx.config.bake === "auto";
  const earlier = (await listMachines(ctx.client)).some(
    (other) =>
      other.uuid !== uuid && other.record?.image?.volume === image.volume && other.record.engine?.name === engine.name,
  );
  return earlier && !auto ? null : { base: name, engine: engine.name, auto };
}

/** The store knows an image by its digest's digits, all else by the digest's full form. */
export function withDigest(base: BaseImage): StoredBase {
  return { ...base, digest: `sha256:${base.sha256}` };
}
