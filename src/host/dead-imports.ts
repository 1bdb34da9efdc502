/** What killed importers, and killed removers of images, left in the pool. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { FileLock, type LibvirtClient } from "#ffi";
import { listBases } from "./base-images.ts";
import { clearDeadLink, deadLinks, isNameless, LINKING } from "./image-links.ts";
import { deadMarks, discardImport, unmarkImport } from "./import-marks.ts";
import type { Paths } from "./paths.ts";
import type { Pool } from "./pool.ts";

/** An image that never became whole or has no name any more, or a link alone; `bytes` is what it takes on the disk. */
export type DeadImport = { readonly volume: string; readonly bytes: number };

type ImportPaths = Pick<Paths, "imageCache" | "locks">;

/** Another hutch that clears away is done in seconds. */
const LOCK_LIMIT_MS = 30_000;

/** Changes nothing. */
export async function findDeadImports(
  client: LibvirtClient,
  pool: Pool,
  paths: ImportPaths,
): Promise<readonly DeadImport[]> {
  const linked = await linkedDead(client, pool, paths);
  const marked = await markedDead(client, pool, paths.imageCache);
  return [...linked, ...marked.filter(({ isWhole }) => !isWhole)].map(({ volume, bytes }) => ({ volume, bytes }));
}

/** Removes that, and resolves to what is gone; what cannot be removed stays for the next. */
export async function sweepDeadImports(
  client: LibvirtClient,
  pool: Pool,
  paths: ImportPaths,
): Promise<readonly DeadImport[]> {
  const { imageCache, locks } = paths;
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  // Between one hutch's look and its act no other may clear away the same: what has that name by then may be a living one's.
  using _lock = await FileLock.acquire(join(locks, "dead-imports.lock"), { timeoutMs: LOCK_LIMIT_MS });
  const gone: DeadImport[] = [];
  for (const { image, volume, bytes } of await linkedDead(client, pool, paths))
    if (await clearDeadLink(client, pool, image, paths)) gone.push({ volume, bytes });
  for (const { volume, bytes, isWhole } of await markedDead(client, pool, imageCache)) {
    if (isWhole) await unmarkImport(client, pool, volume);
    else if (await discardImport(client, pool, volume)) gone.push({ volume, bytes });
  }
  return gone;
}

/** With the link goes its image where that has no name any more. */
async function linkedDead(
  client: LibvirtClient,
  pool: Pool,
  paths: ImportPaths,
): Promise<readonly (DeadImport & { readonly image: string })[]> {
  const { names, bytesOf } = await volumesIn(client, pool);
  const found: (DeadImport & { image: string })[] = [];
  for (const image of await deadLinks(client, pool, names, paths)) {
    const volume = (await isNameless(client, pool, image)) ? image : `${image}${LINKING}`;
    found.push({ image, volume, bytes: bytesOf(volume) });
  }
  return found;
}

/** With those that were whole when they were killed: they lack nothing but their mark's end. */
async function markedDead(
  client: LibvirtClient,
  pool: Pool,
  cache: string,
): Promise<readonly (DeadImport & { readonly isWhole: boolean })[]> {
  const { names, bytesOf } = await volumesIn(client, pool);
  const dead = await deadMarks(client, pool, names, cache);
  if (dead.length === 0) return [];
  const whole = (await listBases(client, pool)).map((base) => base.volume);
  return dead.map((volume) => ({
    volume,
    bytes: bytesOf(volume),
    isWhole: whole.includes(volume),
  }));
}

/** What each takes on the disk is told by its name. */
async function volumesIn(client: LibvirtClient, pool: Pool) {
  const rows = await client.call("volume.list", { pool: pool.name });
  const taken = new Map(rows.map(({ name, allocationBytes }) => [name, allocationBytes]));
  return { names: [...taken.keys()], bytesOf: (name: string): number => taken.get(name) ?? 0 };
}
