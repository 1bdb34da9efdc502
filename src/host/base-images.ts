/**
 * Base images: immutable volumes of the pool that the disks of VMs stand on.
 *
 * A base is two volumes: the image, and a small `.json` beside it that says what it is. The second is made when the
 * first is whole, and making it is the moment at which the image counts: libvirt makes a volume of one name only once, so
 * of several importers of the same bytes one wins, and what a killed one leaves behind is never taken for an image. An
 * `.importing` volume is made before the image and removed at the end: by it, left-overs are known as ours.
 *
 * The same bytes under several names are one image volume with several labels. Who adds a label to it, or takes the last one
 * away, holds its `.linking` volume meanwhile.
 */
import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { type LibvirtClient, VirErrorNumber, type VolumeRow } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { libvirtCode } from "./faults.ts";
import { type BaseImage, type Label, labelOf, readLabel } from "./image-label.ts";
import type { Pool } from "./pool.ts";
import { create, deleteVolume, volume, writeWhole } from "./volumes.ts";
import { parseXml, textAt } from "./xml.ts";
import type { XmlElement } from "./xml-emit.ts";

export type ImportAbout = Pick<
  BaseImage,
  "name" | "sha256" | "format" | "virtualBytes" | "trust" | "arch" | "origin" | "addedAt"
> & {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
};

const LINKING = ".linking";
const LABEL = /^(?<stem>.+-[0-9a-f]{12})\.json$/;
/** An import that has not written for this long is dead, in milliseconds. */
const STALE_MS = 30 * 60_000;
/** Between making a label and writing it lie milliseconds; one that stays empty this long was left by a killed importer. */
const LABEL_LIMIT_MS = 5_000;

/** All that are whole, by name, the newest first. */
export async function listBases(client: LibvirtClient, pool: Pool): Promise<readonly BaseImage[]> {
  const found = await listLabelled(client, pool);
  return found.flatMap(({ path, ...label }) => (path === null ? [] : [{ ...label, path }]));
}

/** As `listBases`, and with those whose label is there and whose image is not: their path is null. */
export async function listLabelled(
  client: LibvirtClient,
  pool: Pool,
): Promise<readonly (Label & { readonly path: string | null })[]> {
  const rows = await client.call("volume.list", { pool: pool.name });
  const found: (Label & { path: string | null })[] = [];
  for (const { name, capacityBytes } of rows) {
    const stem = LABEL.exec(name)?.groups?.["stem"];
    if (stem === undefined) continue;
    const label = await readLabel(client, pool, name, capacityBytes, stem);
    if (label !== null) found.push({ ...label, path: rows.find((row) => row.name === label.volume)?.path ?? null });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name) || b.addedAt.localeCompare(a.addedAt));
}

/**
 * Streams a local image file into the pool; bytes that are there under that name already are not sent again. Fails with
 * libvirt's refusal or E_CANCELLED, having removed what it sent.
 */
export async function importBase(
  client: LibvirtClient,
  pool: Pool,
  file: string,
  about: ImportAbout,
): Promise<BaseImage> {
  const stem = stemOf(about);
  const there = await findBase(client, pool, stem);
  if (there !== null) return there;
  await sweepDeadImports(client, pool);
  const twin = (await listBases(client, pool)).find(({ sha256 }) => sha256 === about.sha256);
  const shared = twin === undefined ? null : await shareBytes(client, pool, stem, { ...twin, ...labelOf(about) });
  if (shared !== null) return shared;

  const sent = await send(client, pool, file, stem, about);
  const label: Label = { ...labelOf(about), volume: sent.name, bytes: sent.bytes };
  try {
    for (;;) {
      if (await attachLabel(client, pool, stem, label)) {
        await deleteVolume(client, pool.name, markOf(sent.name));
        return { ...label, path: sent.path };
      }
      const winner = await waitForLabel(client, pool, stem);
      if (winner === null) continue;
      await discard(client, pool, sent.name);
      return winner;
    }
  } catch (error) {
    await discard(client, pool, sent.name);
    throw error;
  }
}

/**
 * Takes the name away, and the bytes when no other name has them. Gone already is no failure; E_CONFLICT while another hutch
 * is at it.
 */
export async function removeBase(
  client: LibvirtClient,
  pool: Pool,
  base: Pick<BaseImage, "name" | "sha256" | "volume">,
): Promise<void> {
  await whileLinking(client, pool, base.volume, async () => {
    await deleteVolume(client, pool.name, `${stemOf(base)}.json`);
    const others = (await listBases(client, pool)).some(({ volume: image }) => image === base.volume);
    if (!others) await deleteVolume(client, pool.name, base.volume);
  });
}

/** Removes what killed importers left behind, and says how many images of theirs that were. */
export async function sweepDeadImports(client: LibvirtClient, pool: Pool): Promise<number> {
  const names = (await client.call("volume.list", { pool: pool.name })).map(({ name }) => name);
  for (const link of names.filter((name) => name.endsWith(LINKING)))
    if (await isStale(client, pool, link)) await deleteVolume(client, pool.name, link);
  const dead: string[] = [];
  for (const mark of names.filter((name) => name.endsWith(markOf("")))) {
    const name = mark.slice(0, -markOf("").length);
    if (await isStale(client, pool, names.includes(name) ? name : mark)) dead.push(name);
  }
  if (dead.length === 0) return 0;
  const whole = (await listBases(client, pool)).map((base) => base.volume);
  for (const name of dead) {
    if (whole.includes(name)) await deleteVolume(client, pool.name, markOf(name));
    else await discard(client, pool, name);
  }
  return dead.filter((name) => !whole.includes(name)).length;
}

/** A second name for bytes that are there; null when they are not any more. */
async function shareBytes(client: LibvirtClient, pool: Pool, stem: string, base: BaseImage): Promise<BaseImage | null> {
  const { path, ...label } = base;
  return whileLinking(client, pool, label.volume, async () => {
    if ((await client.call("volume.lookup", { pool: pool.name, name: label.volume })) === null) return null;
    if (await attachLabel(client, pool, stem, label)) return { ...label, path };
    return waitForLabel(client, pool, stem);
  });
}

/** Alone among all that add names to these bytes or take them away. */
async function whileLinking<T>(client: LibvirtClient, pool: Pool, image: string, act: () => Promise<T>): Promise<T> {
  const link = `${image}${LINKING}`;
  const limit = Date.now() + LABEL_LIMIT_MS;
  while ((await createUnlessThere(client, pool, volume(link, 1, "raw", "0600"))) === null) {
    if (Date.now() > limit) throw atWork();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  try {
    return await act();
  } finally {
    await deleteVolume(client, pool.name, link);
  }
}

function atWork(): HutchError {
  return new HutchError({
    code: "E_CONFLICT",
    message: "Others are importing or removing this image.",
    next: ["Try again in a moment."],
  });
}

/** Takes an import back, at whatever point it was cut off; what it had made whole goes too. Nothing there is no failure. */
export async function takeBackImport(
  client: LibvirtClient,
  pool: Pool,
  about: Pick<BaseImage, "name" | "sha256" | "format">,
): Promise<void> {
  const stem = stemOf(about);
  const base = await findBase(client, pool, stem);
  if (base !== null) return removeBase(client, pool, base);
  await deleteVolume(client, pool.name, `${stem}.json`);
  await discard(client, pool, `${stem}.${about.format}`);
}

async function findBase(client: LibvirtClient, pool: Pool, stem: string): Promise<BaseImage | null> {
  const row = await client.call("volume.lookup", { pool: pool.name, name: `${stem}.json` });
  const label = row === null ? null : await readLabel(client, pool, row.name, row.capacityBytes, stem);
  const image = label === null ? null : await client.call("volume.lookup", { pool: pool.name, name: label.volume });
  return label === null || image === null ? null : { ...label, path: image.path };
}

type Sent = { readonly name: string; readonly path: string; readonly bytes: number };

/** Under the plain name, or beside it where another importer is at work under that. */
async function send(client: LibvirtClient, pool: Pool, file: string, stem: string, about: ImportAbout): Promise<Sent> {
  const { size } = await stat(file);
  const made = await makeEmpty(
    client,
    pool,
    [`${stem}.${about.format}`, `${stem}.${randomBytes(4).toString("hex")}.${about.format}`],
    size,
  );
  const { signal, onProgress } = about;
  const how = { ...(signal === undefined ? {} : { signal }), ...(onProgress === undefined ? {} : { onProgress }) };
  try {
    await client.call("volume.upload", { pool: pool.name, name: made.name, file }, how);
  } catch (error) {
    // The test driver stores no bytes; there the volume alone stands for the image.
    if (libvirtCode(error) !== VirErrorNumber.NO_SUPPORT) {
      await client.settled();
      await discard(client, pool, made.name);
      throw error;
    }
  }
  return { name: made.name, path: made.path, bytes: size };
}

/** As raw bytes at first: libvirt finds out the format when they have arrived. */
async function makeEmpty(
  client: LibvirtClient,
  pool: Pool,
  names: readonly string[],
  bytes: number,
): Promise<VolumeRow> {
  for (const name of names) {
    if (!(await createUnlessThere(client, pool, volume(markOf(name), 1, "raw", "0600")))) continue;
    try {
      const made = await createUnlessThere(client, pool, volume(name, bytes, "raw", "0644"));
      if (made !== null) return made;
    } catch (error) {
      await discard(client, pool, name);
      throw error;
    }
    await deleteVolume(client, pool.name, markOf(name));
  }
  throw atWork();
}

async function createUnlessThere(client: LibvirtClient, pool: Pool, xml: XmlElement): Promise<VolumeRow | null> {
  try {
    return await create(client, pool, xml);
  } catch (error) {
    if (libvirtCode(error) === VirErrorNumber.STORAGE_VOL_EXIST) return null;
    throw error;
  }
}

function markOf(name: string): string {
  return `${name}.importing`;
}

/** Takes back an import, as far as that can be done now; the next import does the rest. */
async function discard(client: LibvirtClient, pool: Pool, name: string): Promise<void> {
  await deleteVolume(client, pool.name, name)
    .then(() => deleteVolume(client, pool.name, markOf(name)))
    .catch(() => undefined);
}

/** False when somebody else's label is there. */
async function attachLabel(client: LibvirtClient, pool: Pool, stem: string, label: Label): Promise<boolean> {
  const name = `${stem}.json`;
  const bytes = Buffer.from(`${JSON.stringify(label)}\n`);
  if ((await createUnlessThere(client, pool, volume(name, bytes.length, "raw", "0644"))) === null) return false;
  await writeWhole(client, pool.name, name, bytes);
  return true;
}

/** The winner's base; null when its label never came to be, and was removed for the next to try. */
async function waitForLabel(client: LibvirtClient, pool: Pool, stem: string): Promise<BaseImage | null> {
  const limit = Date.now() + LABEL_LIMIT_MS;
  while (Date.now() < limit) {
    const base = await findBase(client, pool, stem);
    if (base !== null) return base;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await deleteVolume(client, pool.name, `${stem}.json`);
  return null;
}

async function isStale(client: LibvirtClient, pool: Pool, name: string): Promise<boolean> {
  const { xml } = await client.call("volume.xml", { pool: pool.name, name }).catch(() => ({ xml: "" }));
  const written = xml === "" ? null : textAt(parseXml(xml, "a volume"), "target", "timestamps", "mtime");
  return written !== null && Date.now() - Number(written) * 1000 > STALE_MS;
}

function stemOf({ name, sha256 }: Pick<BaseImage, "name" | "sha256">): string {
  return `${volumeName(name)}-${sha256.slice(0, 12)}`;
}

/** A name as a part of a file's name. E_USAGE when nothing of it is left. */
function volumeName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[.-]+/, "")
    .slice(0, 80);
  if (safe === "")
    throw new HutchError({
      code: "E_USAGE",
      message: `"${name}" cannot be an image's name.`,
      next: ["Use letters, digits, dots and hyphens: my-image"],
    });
  return safe;
}
