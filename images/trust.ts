import type { CatalogueEntry, SignatureSource } from "./catalogue-entry.ts";
import { addressOf } from "./finder.ts";
import type { DigestAlgorithm } from "./hash.ts";

/**
 * In a few words: what vouches for an image whose digest is published at this address. `signer` is the key whose signature
 * was found good, and undefined before that was tried.
 */
export function trustIn(
  signature: SignatureSource,
  algorithm: DigestAlgorithm,
  address: string,
  signer?: string,
): string {
  const { protocol, host } = new URL(address);
  return `${bySignature(signature, signer)}; ${algorithm} published by ${host} over ${protocol.slice(0, -1)}`;
}

function bySignature(signature: SignatureSource, signer: string | undefined): string {
  if (signature === null) return "unsigned upstream";
  if (signer !== undefined) return `signature by ${signer} checked`;
  return `signed by ${signature.keys.join(" or ")}`;
}

/** What vouches for a download of this release, sentence by sentence. */
export function releaseTrust({ title, digests, signature, images, arches, trust }: CatalogueEntry): readonly string[] {
  const [first] = arches;
  const latest = first === undefined ? undefined : images[first]?.latest;
  const where = latest === undefined ? "" : addressOf(latest);
  const list = digests.format === "index" ? "the index that names it" : digests.file.replace(/\{\w+\}/g, "*");
  return [
    `${title} is published at ${where}.`,
    `Its ${digests.algorithm} stands in ${list}; every download is checked against it while it comes.`,
    signedHow(signature, digests.format === "index" ? "the image" : list),
    `In short: ${trust}.`,
  ];
}

function signedHow(signature: SignatureSource, list: string): string {
  if (signature === null) return "Its publisher signs neither: what vouches for the digest is https alone.";
  const what = signature.kind === "detached" && signature.over === "image" ? "the image itself" : list;
  const { keysAt } = signature;
  const key = `key ${signature.keys.join(" or ")}${keysAt === null ? "" : ` (fetched from ${keysAt}, and held to this fingerprint)`}`;
  return `Its publisher signs ${what} with ${key}; without a good signature by it the image is refused.`;
}
