/**
 * Base images: immutable volumes of the pool that the disks of VMs stand on.
 *
 * A base is two volumes: the image, and a small `.json` beside it that says what it is. The second is made when the
 * first is whole, and making it is the moment at which the image counts: libvirt makes a volume of one name only once, so
 * of several importers of the same bytes one wins, and what a killed one leaves behind is never taken for an image.
 *
 * The same bytes under several names are one image volume with several labels. Who adds a label to it, or takes the last one
 * away, holds its link meanwhile (see image-links).
 */
import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { type LibvirtClient, VirErrorNumber, type VolumeRow } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { foundation } from "../core/image-trust.ts";
import { libvirtCode } from "./faults.ts";
import { digestVolume } from "./image-check.ts";
import { type BaseImage, encodeLabel, type Label, labelOf, listLabelled, readLabel } from "./image-label.ts";
import { atWork, type LinkPaths, whileLinking } from "./image-links.ts";
import { discardImport, markImport, unmarkImport } from "./import-marks.ts";
import type { Pool } from "./pool.ts";
import { createUnlessThere, deleteVolume, volume, writeWhole } from "./volumes.ts";

export type ImportAbout = Pick<
  BaseImage,
  "name" | "sha256" | "format" | "virtualBytes" | "trust" | "arch" | "origin" | "addedAt"
>;
export type ImportHow = LinkPaths & {
  /** By the lock of this folder of `inWorkFolder` others know whether this importer lives. */
  readonly workFolder: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
};

/** Between making a label and writing it lie milliseconds; one that stays empty this long was left by a killed importer. */
const LABEL_LIMIT_MS = 5_000;

/** All that are whole, by name, the newest first. */
export async function listBases(client: LibvirtClient, pool: Pool): Promise<readonly BaseImage[]> {
  const found = await listLabelled(client, pool);
  return found.flatMap(({ path, ...label }) => (path === null ? [] : [{ ...label, path }]));
}

/**
 * Streams a local image file into the pool; bytes that are there under that name already are not sent again, and under another
 * only where they are damaged. Of what is there the better founded word is kept. Fails with libvirt's refusal or E_CANCELLED,
 * having removed what it sent.
 */
export async function importBase(
  client: LibvirtClient,
  pool: Pool,
  file: string,
  about: ImportAbout,
  how: ImportHow,
): Promise<BaseImage> {
  const stem = stemOf(about);
  const there = await findBase(client, pool, stem);
  if (there !== null)
    return foundation(about) > foundation(there)
      ? relabelBase(client, pool, { ...there, ...labelOf(about) }, how)
      : there;
  const twin = await soundTwin(client, pool, about.sha256, how);
  const shared = twin === null ? null : await shareBytes(client, pool, stem, { ...twin, ...labelOf(about) }, how);
  if (shared !== null) return shared;

  const sent = await send(client, pool, file, stem, about.format, how);
  const label: Label = { ...labelOf(about), volume: sent.name, bytes: sent.bytes };
  try {
    for (;;) {
      if (await attachLabel(client, pool, stem, label)) {
        await unmarkImport(client, pool, sent.name);
        return { ...label, path: sent.path };
      }
      const winner = await waitForLabel(client, pool, stem);
      if (winner === null) continue;
      await discardImport(client, pool, sent.name);
      return winner;
    }
  } catch (error) {
    await discardImport(client, pool, sent.name);
    throw error;
  }
}

/**
 * Says of an image that is there what is known of it now. In the label's place, and blanks over the rest of a longer one: a kill
 * leaves no image without a label. Fails as `removeBase`, or with E_NOT_FOUND when the name is gone by then.
 */
export async function relabelBase(
  client: LibvirtClient,
  pool: Pool,
  base: BaseImage,
  paths: LinkPaths,
): Promise<BaseImage> {
  const { path: _, ...label } = base;
  const name = `${stemOf(base)}.json`;
  return whileLinking(client, pool, base.volume, paths, async () => {
    const row = await client.call("volume.lookup", { pool: pool.name, name });
    await writeWhole(client, pool.name, name, encodeLabel(label, row?.capacityBytes));
    return base;
  });
}

/**
 * Takes the name away, and the bytes when no other name has them. Gone already is no failure; E_CONFLICT while another hutch
 * is at it.
 */
export async function removeBase(
  client: LibvirtClient,
  pool: Pool,
  base: Pick<BaseImage, "name" | "sha256" | "volume">,
  paths: LinkPaths,
): Promise<void> {
  await whileLinking(client, pool, base.volume, paths, async () => {
    await deleteVolume(client, pool.name, `${stemOf(base)}.json`);
    const others = (await listBases(client, pool)).some(({ volume: image }) => image === base.volume);
    if (!others) await deleteVolume(client, pool.name, base.volume);
  });
}

/** An image of these bytes under another name that still has them: a damaged one is not given more names. */
async function soundTwin(
  client: LibvirtClient,
  pool: Pool,
  sha256: string,
  { signal, onProgress }: ImportHow,
): Promise<BaseImage | null> {
  const seen = new Set<string>();
  for (const base of await listBases(client, pool)) {
    if (base.sha256 !== sha256 || seen.has(base.volume)) continue;
    seen.add(base.volume);
    const found = await digestVolume(client, pool, base.volume, {
      ...(signal === undefined ? {} : { signal }),
      onProgress: (done) => onProgress?.(done, Math.max(done, base.bytes)),
    });
    if (found === "unreadable" || (found !== "missing" && found.hex === sha256)) return base;
  }
  return null;
}

/** A second name for bytes that are there; null when they are not any more. */
async function shareBytes(
  client: LibvirtClient,
  pool: Pool,
  stem: string,
  base: BaseImage,
  paths: LinkPaths,
): Promise<BaseImage | null> {
  const { path, ...label } = base;
  return whileLinking(client, pool, label.volume, paths, async () => {
    if ((await client.call("volume.lookup", { pool: pool.name, name: label.volume })) === null) return null;
    if (await attachLabel(client, pool, stem, label)) return { ...label, path };
    return waitForLabel(client, pool, stem);
  });
}

/** Takes an import back, at whatever point it was cut off; what it had made whole goes too. Nothing there is no failure. */
export async function takeBackImport(
  client: LibvirtClient,
  pool: Pool,
  about: Pick<BaseImage, "name" | "sha256" | "format">,
  paths: LinkPaths,
): Promise<void> {
  const stem = stemOf(about);
  const base = await findBase(client, pool, stem);
  if (base !== null) return removeBase(client, pool, base, paths);
  await deleteVolume(client, pool.name, `${stem}.json`);
  await discardImport(client, pool, `${stem}.${about.format}`);
}

async function findBase(client: LibvirtClient, pool: Pool, stem: string): Promise<BaseImage | null> {
  const row = await client.call("volume.lookup", { pool: pool.name, name: `${stem}.json` });
  const label = row === null ? null : await readLabel(client, pool, row.name, row.capacityBytes, stem);
  const image = label === null ? null : await client.call("volume.lookup", { pool: pool.name, name: label.volume });
  return label === null || image === null ? null : { ...label, path: image.path };
}

type Sent = { readonly name: string; readonly path: string; readonly bytes: number };

/** Under the plain name, or beside it where another importer is at work under that. */
async function send(
  client: LibvirtClient,
  pool: Pool,
  file: string,
  stem: string,
  format: BaseImage["format"],
  { workFolder, signal, onProgress }: ImportHow,
): Promise<Sent> {
  const { size } = await stat(file);
  const names = [`${stem}.${format}`, `${stem}.${randomBytes(4).toString("hex")}.${format}`];
  const made = await makeEmpty(client, pool, names, size, workFolder);
  const how = { ...(signal === undefined ? {} : { signal }), ...(onProgress === undefined ? {} : { onProgress }) };
  try {
    await client.call("volume.upload", { pool: pool.name, name: made.name, file }, how);
  } catch (error) {
    // The test driver stores no bytes; there the volume alone stands for the image.
    if (libvirtCode(error) !== VirErrorNumber.NO_SUPPORT) {
      await client.settled();
      await discardImport(client, pool, made.name);
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
  workFolder: string,
): Promise<VolumeRow> {
  for (const name of names) {
    if (!(await markImport(client, pool, name, workFolder))) continue;
    try {
      const made = await createUnlessThere(client, pool, volume(name, bytes, "raw", "0644"));
      if (made !== null) return made;
    } catch (error) {
      await discardImport(client, pool, name);
      throw error;
    }
    await unmarkImport(client, pool, name);
  }
  throw atWork();
}

/** False when somebody else's label is there. */
async function attachLabel(client: LibvirtClient, pool: Pool, stem: string, label: Label): Promise<boolean> {
  const name = `${stem}.json`;
  const bytes = encodeLabel(label);
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
