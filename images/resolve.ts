import type { Architecture, CatalogueEntry, CatalogueImage, Compression } from "./catalogue-entry.ts";
import { ImageError } from "./errors.ts";
import type { Digest } from "./hash.ts";
import { type PinnedKey, shippedKeys } from "./keys/shipped.ts";
import { type Located, located } from "./locate.ts";
import { addressOn } from "./mirrors.ts";
import { withoutSecrets } from "./proxy.ts";
import { type Publisher, publisherOf } from "./publisher.ts";
import { type KeysOf, pinnedKeys } from "./publisher-keys.ts";
import { getSignature, verifyFile } from "./signature.ts";
import { trustIn } from "./trust.ts";

/** An image to be downloaded, and the digest that its bytes must have. */
export type ResolvedImage = {
  /** The file's own name at the publisher, another for each architecture. */
  readonly name: string;
  readonly url: string;
  readonly digest: Digest;
  /** In one sentence: what vouches for the bytes. */
  readonly trust: string;
  /** How the file is packed; `digest` is that of the packed file. */
  readonly compression: Compression | null;
  /**
   * The publisher's name for the build; else when its digests were signed, or last changed (ISO 8601). Null when it tells
   * neither, and where only the image is signed, before that was checked.
   */
  readonly version: string | null;
  /** Primary fingerprint of the key that signed the digest; null where none did, or none did yet. */
  readonly signedBy: string | null;
  /** When it did (ISO 8601), as the signature itself says. */
  readonly signedAt: string | null;
  /** A signature over the image itself, to be checked by `verifyImage` when it is here; null where there is none to check. */
  readonly signature: ImageSignature | null;
};

export type ImageSignature = { readonly url: string; readonly keys: readonly PinnedKey[]; readonly trust: string };

export type ResolveOptions = {
  /** A mirror that is known by its name, or an address in the place of the publishers' scheme and host. */
  readonly baseUrl?: string;
  /** One build by the publisher's name for it; the newest, unless said. */
  readonly build?: string | null;
  readonly signal?: AbortSignal;
  /** Which keys are at hand; those that hutch brings along, unless said. */
  readonly keysOf?: KeysOf;
};

/**
 * Asks the publisher for the digest of an image, and checks its signature where there is one. Publishers replace their newest
 * build now and then: when a download that follows fails with `digest-mismatch`, resolve once more.
 *
 * Fails with `unsupported` (no such architecture or build), `unreachable`, `not-found`, `refused`, `digest-missing`,
 * `signature`, `tools` (no gpgv) or `cancelled`.
 */
export async function resolveImage(
  entry: CatalogueEntry,
  arch: Architecture,
  { baseUrl, build = null, signal, keysOf = shippedKeys }: ResolveOptions = {},
): Promise<ResolvedImage> {
  const image = imageOf(entry, arch);
  const at = (address: string): string => (baseUrl === undefined ? address : addressOn(baseUrl, address));
  let asked: Promise<readonly PinnedKey[]> | undefined;
  const keys = () => (asked ??= pinnedKeys(entry.signature, { at, keysOf, signal }));
  const publisher = publisherOf(entry, arch, { at, keys, signal });
  const place = await located(publisher, image, build);
  const name = new URL(place.url).pathname.split("/").at(-1) ?? "";
  const { digest, list } = await digestOf(publisher, entry, place, name);
  const { signature } = entry;
  const trust = (signer?: string) => trustIn(signature, digest.algorithm, list.url, signer);
  const date = list.date?.toISOString() ?? null;
  const overImage = signature?.kind === "detached" && signature.over === "image";
  return {
    name,
    url: place.url,
    digest,
    trust: overImage ? trust() : trust(list.signer),
    compression: entry.compression,
    // A server's word for when an image changed is none of its signer's.
    version: place.build ?? (overImage ? null : date),
    signedBy: list.signer ?? null,
    signedAt: list.signer === undefined ? null : date,
    signature: overImage
      ? {
          url: new URL(signature.file.replaceAll("{file}", name), place.url).href,
          keys: await keys(),
          trust: trustIn(signature, digest.algorithm, list.url, SIGNER),
        }
      : null,
  };
}

/** Stands in an `ImageSignature`'s trust for the key, which is known when the signature was checked. */
const SIGNER = "{signer}";

export type OwnSignature = { readonly signedBy: string; readonly signedAt: string; readonly trust: string };

/** The downloaded file's own signature: by whom and when, and what vouches for the image then. Fails as `verifyFile`. */
export async function verifyImage(
  file: string,
  { url, keys, trust }: ImageSignature,
  what: string,
  signal?: AbortSignal,
): Promise<OwnSignature> {
  const options = { keys, what, signal };
  const { fingerprint, madeAt } = await verifyFile(file, await getSignature(url, options), options);
  return { signedBy: fingerprint, signedAt: madeAt.toISOString(), trust: trust.replace(SIGNER, fingerprint) };
}

function imageOf(entry: CatalogueEntry, arch: Architecture): CatalogueImage {
  const image = entry.images[arch];
  if (image !== undefined) return image;
  const known = Object.keys(entry.images).join(", ");
  throw new ImageError("unsupported", `${entry.title} has no image for ${arch}, only for ${known}.`);
}

type DigestSaid = {
  readonly digest: Digest;
  readonly list: { readonly url: string; readonly signer?: string; readonly date: Date | null };
};

async function digestOf(
  publisher: Publisher,
  { digests }: CatalogueEntry,
  at: Located,
  name: string,
): Promise<DigestSaid> {
  const { algorithm } = digests;
  if (digests.format === "index") {
    if (at.sha256 === undefined) throw noDigest(at.url, algorithm, at.url);
    return { digest: { algorithm, hex: at.sha256 }, list: { url: at.url, date: null } };
  }
  const list = await publisher.digests(at.url, name, at.build);
  const hex = list.digestOf(name);
  if (hex === undefined) throw noDigest(list.url, algorithm, at.url);
  return { digest: { algorithm, hex }, list };
}

function noDigest(list: string, algorithm: string, url: string): ImageError {
  return new ImageError(
    "digest-missing",
    `${withoutSecrets(list)} gives no ${algorithm} digest for ${withoutSecrets(url)}.`,
    {
      why: "An image whose bytes cannot be checked is not used.",
    },
  );
}
