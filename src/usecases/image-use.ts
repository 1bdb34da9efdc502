/** Who needs an image of the store. */
import { isStale } from "../core/bake.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { ImageRow } from "../core/requests.ts";
import { volumesByBacking } from "../host/backing.ts";
import type { BaseImage } from "../host/image-label.ts";
import { listMachines } from "../host/machines.ts";
import type { Pool } from "../host/pool.ts";
import { withDigest } from "./baked-image.ts";
import type { Context } from "./context.ts";

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

/** What stands on an image. */
type Users = {
  readonly machines: readonly string[];
  /** Those of them that are not in the trash. */
  readonly living: readonly string[];
  readonly volumes: readonly string[];
};

export async function usersOf(
  ctx: Context,
  pool: Pool,
): Promise<(base: { readonly volume: string; readonly path: string | null }) => Users> {
  const machines = await listMachines(ctx.client);
  const backing = await volumesByBacking(ctx.client, pool);
  return (base) => {
    const standing = machines.filter(({ record }) => record?.image?.volume === base.volume);
    return {
      machines: standing.map(({ name }) => name),
      living: standing.filter(({ record }) => record?.state !== "trashed").map(({ name }) => name),
      volumes: base.path === null ? [] : (backing.get(base.path) ?? []),
    };
  };
}

export function isFree({ machines, volumes }: Pick<Users, "machines" | "volumes">): boolean {
  return machines.length + volumes.length === 0;
}
