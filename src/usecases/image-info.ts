/** `image info`: what the catalogue says of an image, what the store holds of it, and what vouches for either. */
import { type CatalogueEntry, findImage, releaseTrust } from "#images";
import { type ImageInfo, type ReleaseFacts, storedChain } from "../core/image-trust.ts";
import type { Context } from "./context.ts";
import { imageRows, unknownImage } from "./images.ts";

/** By a name of the store or the catalogue, a digest or a volume. E_NOT_FOUND with near names. */
export async function imageInfo(ctx: Context, word: string): Promise<ImageInfo> {
  const rows = await imageRows(ctx);
  const found = findImage(word);
  const entry = "suggestions" in found ? null : found;
  const stored = rows.filter(
    ({ name, digest, volume, origin }) =>
      [name, digest, digest.replace("sha256:", ""), volume].includes(word) ||
      (entry !== null && (name === entry.name || (origin?.kind === "published" && origin.entry === entry.name))),
  );
  const first = stored[0];
  if (entry === null && first === undefined) throw unknownImage(word, "suggestions" in found ? found.suggestions : []);
  const release = entry ?? entryOf(first?.origin?.kind === "published" ? first.origin.entry : (first?.name ?? ""));
  return {
    name: entry?.name ?? first?.name ?? word,
    release: release === null ? null : factsOf(release),
    stored: stored.map((row) => ({ ...row, chain: storedChain(row) })),
  };
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
