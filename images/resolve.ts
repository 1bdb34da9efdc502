import { type Architecture, type CatalogueEntry, trustIn } from "./catalogue-entry.ts";
import { digestFrom } from "./digest-file.ts";
import { ImageError } from "./errors.ts";
import type { Digest } from "./hash.ts";
import { getText } from "./http.ts";
import { addressOn } from "./mirrors.ts";

/** An image to be downloaded, and the digest that its bytes must have. */
export type ResolvedImage = {
  /** The file's own name at the publisher, another for each architecture. */
  readonly name: string;
  readonly url: string;
  readonly digest: Digest;
  /** In one sentence: what vouches for the bytes. */
  readonly trust: string;
};

export type ResolveOptions = {
  /** A mirror that is known by its name, or an address in the place of the publishers' scheme and host. */
  readonly baseUrl?: string;
  readonly signal?: AbortSignal;
};

const STALL_MS = 20_000;

/**
 * Asks the publisher for the digest of the newest build. Publishers replace that build now and then: when a download that
 * follows fails with `digest-mismatch`, resolve once more.
 *
 * Fails with `unsupported` (no such architecture), `unreachable`, `not-found`, `refused`, `digest-missing` or `cancelled`.
 */
export async function resolveImage(
  entry: CatalogueEntry,
  arch: Architecture,
  { baseUrl, signal }: ResolveOptions = {},
): Promise<ResolvedImage> {
  const image = entry.images[arch];
  if (image === undefined) {
    const known = Object.keys(entry.images).join(", ");
    throw new ImageError("unsupported", `${entry.title} has no image for ${arch}, only for ${known}.`);
  }
  const url = baseUrl === undefined ? image.latest : addressOn(baseUrl, image.latest);
  const { file, format, algorithm } = entry.digests;
  const list = new URL(file, url).href;
  const text = await getText(list, { signal, stallMs: STALL_MS });
  const name = new URL(url).pathname.split("/").at(-1) ?? "";
  const hex = digestFrom(text, format, algorithm, name);
  if (hex === undefined) {
    throw new ImageError("digest-missing", `${list} gives no ${algorithm} digest for ${url}.`, {
      why: "An image whose bytes cannot be checked is not used.",
    });
  }
  return { name, url, digest: { algorithm, hex }, trust: trustIn(entry.signature, algorithm, list) };
}
