/** What killed importers left in the pool. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { FileLock, type LibvirtClient } from "#ffi";
import { LINKING, listBases } from "./base-images.ts";
import { deadMarks, discardImport, isStale, unmarkImport } from "./import-marks.ts";
import type { Paths } from "./paths.ts";
import type { Pool } from "./pool.ts";
import { deleteVolume } from "./volumes.ts";

/** An image that never became whole; `bytes` is what it takes on the disk. */
export type DeadImport = { readonly volume: string; readonly bytes: number };

type ImportPaths = Pick<Paths, "imageCache" | "locks">;

/** Another hutch that clears away is done in seconds. */
const LOCK_LIMIT_MS = 30_000;

/** Changes nothing. */
export async function findDeadImports(
  client: LibvirtClient,
  pool: Pool,
  { imageCache }: Pick<ImportPaths, "imageCache">,
): Promise<readonly DeadImport[]> {
  const marked = await markedDead(client, pool, imageCache);
  return marked.filter(({ isWhole }) => !isWhole).map(({ volume, bytes }) => ({ volume, bytes }));
}

/** Removes that, and resolves to what is gone; what cannot be removed stays for the next. */
export async function sweepDeadImports(
  client: LibvirtClient,
  pool: Pool,
  { imageCache, locks }: ImportPaths,
): Promise<readonly DeadImport[]> {
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  // Between one hutch's look and its act no other may clear away the same: what has that name by then may be a living one's.
  using _lock = await FileLock.acquire(join(locks, "dead-imports.lock"), { timeoutMs: LOCK_LIMIT_MS });
  for (const { name } of await client.call("volume.list", { pool: pool.name }))
    if (name.endsWith(LINKING) && (await isStale(client, pool, name))) await deleteVolume(client, pool.name, name);
  const gone: DeadImport[] = [];
  for (const { volume, bytes, isWhole } of await markedDead(client, pool, imageCache)) {
    if (isWhole) await unmarkImport(client, pool, volume);
    else if (await discardImport(client, pool, volume)) gone.push({ volume, bytes });
  }
  return gone;
}

/** With those that were whole when they were killed: they lack nothing but their mark's end. */
async function markedDead(
  client: LibvirtClient,
  pool: Pool,
  cache: string,
): Promise<readonly (DeadImport & { readonly isWhole: boolean })[]> {
  const rows = await client.call("volume.list", { pool: pool.name });
  const names = rows.map(({ name }) => name);
  const dead = await deadMarks(client, pool, names, cache);
  if (dead.length === 0) return [];
  const whole = (await listBases(client, pool)).map((base) => base.volume);
  return dead.map((volume) => ({
    volume,
    bytes: rows.find(({ name }) => name === volume)?.allocationBytes ?? 0,
    isWhole: whole.includes(volume),
  }));
}
