/**
 * The `.importing` volume beside an image that is on its way into the pool: made before it and removed at the end, so that what a
 * killed importer leaves is known as ours.
 *
 * It holds the name of the importer's work folder in the cache of images. On the machine of that importer the folder's lock tells
 * whether it lives. On any other, and where the folder is gone, only the time does.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { FileLock, type LibvirtClient, VirErrorNumber } from "#ffi";
import { libvirtCode } from "./faults.ts";
import type { Pool } from "./pool.ts";
import { createUnlessThere, deleteVolume, volume, writeWhole } from "./volumes.ts";
import { parseXml, textAt } from "./xml.ts";

const MARK = ".importing";
/** As `inWorkFolder` names it; what else a mark holds is nobody's path. */
const WORK_FOLDER = /^work-\w+$/;
/** What has not been written to for this long is dead, in milliseconds. */
const STALE_MS = 30 * 60_000;

/** False where another importer is at work, or was. */
export async function markImport(
  client: LibvirtClient,
  pool: Pool,
  image: string,
  workFolder: string,
): Promise<boolean> {
  const owner = Buffer.from(basename(workFolder));
  const mark = `${image}${MARK}`;
  if ((await createUnlessThere(client, pool, volume(mark, owner.length, "raw", "0600"))) === null) return false;
  await writeWhole(client, pool.name, mark, owner);
  return true;
}

export function unmarkImport(client: LibvirtClient, pool: Pool, image: string): Promise<void> {
  return deleteVolume(client, pool.name, `${image}${MARK}`);
}

/** Takes back an import, as far as that can be done now; false where something of it stays for the next to clear away. */
export async function discardImport(client: LibvirtClient, pool: Pool, image: string): Promise<boolean> {
  try {
    await deleteVolume(client, pool.name, image);
    await unmarkImport(client, pool, image);
    return true;
  } catch {
    return false;
  }
}

/** Of these volumes the images that are marked and whose importer is dead. `cache` has the work folders of this user's own. */
export async function deadMarks(
  client: LibvirtClient,
  pool: Pool,
  volumes: readonly string[],
  cache: string,
): Promise<readonly string[]> {
  const dead: string[] = [];
  for (const mark of volumes.filter((name) => name.endsWith(MARK))) {
    const image = mark.slice(0, -MARK.length);
    const lives = await importerLives(client, pool, mark, cache);
    if (lives ?? !(await isStale(client, pool, volumes.includes(image) ? image : mark))) continue;
    dead.push(image);
  }
  return dead;
}

/** Whether nothing was written to it for so long that whoever made it is dead. */
export async function isStale(client: LibvirtClient, pool: Pool, name: string): Promise<boolean> {
  const { xml } = await client.call("volume.xml", { pool: pool.name, name }).catch(() => ({ xml: "" }));
  const written = xml === "" ? null : textAt(parseXml(xml, "a volume"), "target", "timestamps", "mtime");
  return written !== null && Date.now() - Number(written) * 1000 > STALE_MS;
}

/** null where that cannot be told here. */
async function importerLives(client: LibvirtClient, pool: Pool, mark: string, cache: string): Promise<boolean | null> {
  const owner = await ownerOf(client, pool, mark);
  if (!WORK_FOLDER.test(owner) || !existsSync(join(cache, owner))) return null;
  using lock = FileLock.tryAcquire(join(cache, `${owner}.lock`));
  return lock === null;
}

async function ownerOf(client: LibvirtClient, pool: Pool, mark: string): Promise<string> {
  try {
    const { data } = await client.call("volume.read", { pool: pool.name, name: mark, offset: 0, length: 64 });
    return Buffer.from(data).toString("utf8");
  } catch (error) {
    const code = libvirtCode(error);
    if (code === VirErrorNumber.NO_SUPPORT || code === VirErrorNumber.NO_STORAGE_VOL) return "";
    throw error;
  }
}
