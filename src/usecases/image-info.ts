/** `image info`: what the catalogue says of an image, what the store holds of it, and what vouches for either. */
import { type CatalogueEntry, findImage, imageWord, releaseTrust } from "#images";
import { bakedOrigin, lineage } from "../core/bake.ts";
import { isHutchError } from "../core/errors.ts";
import { isMeantBy } from "../core/image.ts";
import { type ImageInfo, type ImageInfoAnywhere, type ReleaseFacts, storedChain } from "../core/image-trust.ts";
import type { ImageRow } from "../core/requests.ts";
import { shellWord } from "../core/shell-word.ts";
import { type Context, type ContextOptions, openContext } from "./context.ts";
import { imageRows } from "./images.ts";
import { missingImage, missingStored } from "./missing-image.ts";

/**
 * By a name of the store or the catalogue, or by what else means a stored one (see `isMeantBy`). A build of a release by its name
 * is told of where the store has it. E_NOT_FOUND with near names of both.
 */
export async function imageInfo(ctx: Context, word: string): Promise<ImageInfo> {
  const rows = await imageRows(ctx);
  const entry = entryOf(word);
  const isOne = imageWord(word).build !== null;
  const stored = rows.filter(
    (row) =>
      isMeantBy(word, row) ||
      row.digest === `sha256:${word}` ||
      (entry !== null && !isOne && (row.name === entry.name || isPublishedAs(row, entry.name))),
  );
  const first = stored[0];
  if (first === undefined && (entry === null || isOne)) {
    if (entry === null) throw missingImage(word, rows);
    throw missingStored(word, rows, [`hutch image pull ${shellWord(word)}`, `hutch image info ${entry.name}`]);
  }
  const release = entry ?? entryOf(first?.origin?.kind === "published" ? first.origin.entry : (first?.name ?? ""));
  return {
    name: (isOne ? first?.name : entry?.name) ?? first?.name ?? word,
    release: release === null ? null : factsOf(release),
    stored: stored.map((row) => ({ ...row, chain: chainOf(row, rows) })),
  };
}

function isPublishedAs({ origin }: ImageRow, name: string): boolean {
  return origin?.kind === "published" && origin.entry === name;
}

/** With that of the very base that it was baked from, as far as the store has it. */
function chainOf(row: ImageRow, stored: readonly ImageRow[]): readonly string[] {
  const [, base] = lineage(row, stored);
  const chain = storedChain(row);
  if (base === undefined || base.digest !== bakedOrigin(row)?.baseDigest) return chain;
  const others = stored.filter((each) => each !== row);
  return [...chain, `What vouches for its base ${base.name}:`, ...chainOf(base, others)];
}

/**
 * The same where libvirt is not installed or does not answer: of what the catalogue has, its word is told then. Anything
 * else may be an image of the store: E_HOST. E_USAGE for a URI that is none, E_INVALID for a config file that cannot be read.
 */
export async function imageInfoAnywhere(options: ContextOptions, word: string): Promise<ImageInfoAnywhere> {
  let ctx: Context;
  try {
    ctx = await openContext({ ...options, readonly: true });
  } catch (error) {
    const entry = entryOf(word);
    if (entry === null || imageWord(word).build !== null || !isHutchError(error) || error.code !== "E_HOST")
      throw error;
    return { name: entry.name, release: factsOf(entry), stored: null };
  }
  try {
    return await imageInfo(ctx, word);
  } finally {
    await ctx.client.close();
  }
}

function entryOf(name: string): CatalogueEntry | null {
  const found = findImage(name);
  return "suggestions" in found ? null : found;
}

function factsOf(entry: CatalogueEntry): ReleaseFacts {
  const { title, arches, user, packages, configuration, endOfLife, note, images } = entry;
  return {
    title,
    arches,
    user,
    firmware: Object.fromEntries(arches.map((arch) => [arch, images[arch]?.firmware ?? []])),
    packages,
    configuration,
    cpuLevel: images.x86_64?.level ?? null,
    endOfLife,
    pinnedBuild: (images.x86_64 ?? images.aarch64)?.pinned?.build ?? null,
    trust: releaseTrust(entry),
    note,
  };
}
