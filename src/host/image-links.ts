/**
 * The `.linking` volume beside an image: whoever makes it is alone among all that give names to these bytes or take them away.
 *
 * Its size is a number that its maker drew, and by which a lock in the maker's folder of locks is named, held as long as the
 * volume is there: a size is there from the first moment, what is written into it only later. Where that folder is, for the same
 * user on the same machine, the lock tells at once whether the maker lives; for everybody else only the time does.
 */
import { randomInt } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FileLock, type LibvirtClient } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { volumesByBacking } from "./backing.ts";
import { listLabelled } from "./image-label.ts";
import { discardImport, isStale, markImport } from "./import-marks.ts";
import type { Paths } from "./paths.ts";
import type { Pool } from "./pool.ts";
import { createUnlessThere, deleteVolume, volume } from "./volumes.ts";

export type LinkPaths = Pick<Paths, "locks">;

export const LINKING = ".linking";
/** In bytes, of a file that takes no room: what every file system can hold. */
const SIZE_MAX = 2 ** 31 - 1;
/** Others are done within milliseconds, or within seconds where a slow disk gives up a large image. */
const LINK_LIMIT_MS = 5_000;

/** Of these volumes the images whose link was left by a killed one; changes nothing. */
export async function deadLinks(
  client: LibvirtClient,
  pool: Pool,
  volumes: readonly string[],
  { locks }: LinkPaths,
): Promise<readonly string[]> {
  const dead: string[] = [];
  for (const link of volumes.filter((name) => name.endsWith(LINKING)))
    if (await ifDead(client, pool, link, locks)) dead.push(link.slice(0, -LINKING.length));
  return dead;
}

/**
 * Alone among all that add names to these bytes or take them away; what a killed one left is ended first. E_CONFLICT while
 * another hutch is at it.
 */
export async function whileLinking<T>(
  client: LibvirtClient,
  pool: Pool,
  image: string,
  { locks }: LinkPaths,
  act: () => Promise<T>,
): Promise<T> {
  mkdirSync(locks, { recursive: true, mode: 0o700 });
  const size = randomInt(1024, SIZE_MAX);
  const lock = lockOf(locks, size);
  const link = `${image}${LINKING}`;
  using _lock = FileLock.tryAcquire(lock);
  try {
    const limit = Date.now() + LINK_LIMIT_MS;
    while ((await createUnlessThere(client, pool, volume(link, size, "raw", "0600"))) === null) {
      if (await clearDeadLink(client, pool, image, { locks })) continue;
      if (Date.now() > limit) throw atWork();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    try {
      return await act();
    } finally {
      await deleteVolume(client, pool.name, link);
    }
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Ends what a killed one was at, and takes its link away; false where the maker of that lives, or may live. */
export function clearDeadLink(
  client: LibvirtClient,
  pool: Pool,
  image: string,
  { locks }: LinkPaths,
): Promise<boolean> {
  return ifDead(client, pool, `${image}${LINKING}`, locks, async (lock) => {
    if (await isNameless(client, pool, image)) {
      // By that name somebody may be bringing the bytes anew.
      if (await markImport(client, pool, image, lock)) await discardImport(client, pool, image);
    }
    await deleteVolume(client, pool.name, `${image}${LINKING}`);
    rmSync(lock, { force: true });
  });
}

/** Whether an image is there that has no name any more and on which nothing stands, as a killed removal leaves it. */
export async function isNameless(client: LibvirtClient, pool: Pool, image: string): Promise<boolean> {
  const row = await client.call("volume.lookup", { pool: pool.name, name: image });
  if (row === null || (await listLabelled(client, pool)).some((label) => label.volume === image)) return false;
  return !(await volumesByBacking(client, pool)).has(row.path);
}

export function atWork(): HutchError {
  return new HutchError({
    code: "E_CONFLICT",
    message: "Others are importing or removing this image.",
    next: ["Try again in a moment."],
  });
}

/** While `act` runs, nobody else of this user and machine finds the same link dead. */
async function ifDead(
  client: LibvirtClient,
  pool: Pool,
  link: string,
  locks: string,
  act: (lock: string) => Promise<void> = async () => undefined,
): Promise<boolean> {
  const sizeOf = async () => (await client.call("volume.lookup", { pool: pool.name, name: link }))?.capacityBytes;
  const size = await sizeOf();
  if (size === undefined) return false;
  const path = lockOf(locks, size);
  if (!existsSync(path)) {
    if (!(await isStale(client, pool, link))) return false;
    await act(path);
    return true;
  }
  using lock = FileLock.tryAcquire(path);
  // Who lives takes the volume away before it lets go of its lock: where that is still there, its maker is dead.
  if (lock === null || (await sizeOf()) !== size) return false;
  await act(path);
  return true;
}

function lockOf(locks: string, size: number): string {
  return join(locks, `linking-${size}.lock`);
}
