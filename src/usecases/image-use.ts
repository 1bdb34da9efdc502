/** Who needs an image of the store. */

import { isStale } from "../core/bake.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { ImageRow } from "../core/requests.ts";
import type { BaseImage } from "../host/image-label.ts";
import { withDigest } from "./baked-image.ts";

export function imageRow(base: BaseImage, machines: readonly MachineView[], bases: readonly BaseImage[]): ImageRow {
  const users = machines.filter(({ record }) => record?.image?.volume === base.volume);
  const digest = `sha256:${base.sha256}`;
  return {
    name: base.name,
    digest,
    volume: base.volume,
    bytes: base.bytes,
    virtualBytes: base.virtualBytes,
    trust: base.trust,
    arch: base.arch,
    origin: base.origin,
    addedAt: base.addedAt,
    usedBy: users.map(({ name }) => name),
    inTrash: users.filter(({ record }) => record?.state === "trashed").map(({ name }) => name),
    bakedFrom: bases
      .filter(({ origin }) => origin?.kind === "baked" && origin.baseDigest === digest)
      .map(({ name }) => name),
    stale: isStale(withDigest(base), bases.map(withDigest)),
  };
}
