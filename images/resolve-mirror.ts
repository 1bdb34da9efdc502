import type { Architecture, CatalogueEntry } from "./catalogue-entry.ts";
import { ImageError, isImageError } from "./errors.ts";
import { assertCarried, assertMirror } from "./mirrors.ts";
import { type ResolvedImage, type ResolveOptions, resolveImage } from "./resolve.ts";

/**
 * The newest build, or the one asked for, as a mirror has it. What is signed with a key that is at hand, the mirror cannot change. All else is
 * compared with the digest that the publisher itself tells; only where the publisher cannot be reached the mirror's own word
 * is taken, and `trust` says so.
 *
 * Fails as `resolveImage`, with `unsupported` (a mirror that does not carry it) and with `digest-mismatch` where mirror and
 * publisher have different builds.
 */
export async function resolveFromMirror(
  entry: CatalogueEntry,
  arch: Architecture,
  mirror: string,
  options: Omit<ResolveOptions, "baseUrl"> = {},
): Promise<ResolvedImage> {
  assertMirror(mirror);
  // Wherever in the entry they stand: before anybody is asked, a mirror that has nothing of this is refused.
  const addresses = JSON.stringify(entry.images[arch] ?? {}).match(/https?:\/\/[^"]+/g) ?? [];
  assertCarried(mirror, entry.title, addresses);
  const mirrored = await resolveImage(entry, arch, { ...options, baseUrl: mirror });
  if (mirrored.signedBy !== null || mirrored.signature !== null) return mirrored;
  const published = await resolveImage(entry, arch, options).catch((error) => {
    if (isImageError(error) && error.kind === "unreachable") return undefined;
    throw error;
  });
  const { host } = new URL(mirrored.url);
  if (published === undefined) {
    return { ...mirrored, trust: `${mirrored.trust}: the mirror's own word, its publisher could not be reached` };
  }
  if (published.digest.hex === mirrored.digest.hex) {
    return { ...mirrored, trust: `${published.trust}; the bytes come from ${host}` };
  }
  throw new ImageError("digest-mismatch", `${host} has another build of ${entry.title} than its publisher.`, {
    why: "A mirror may be some hours behind. The publisher does not sign this image: which of them is right cannot be told.",
    next: ["Try again later.", "The same command without --mirror, or with another one."],
  });
}
