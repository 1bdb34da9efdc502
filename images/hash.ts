import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";
import { ImageError, throwIfCancelled } from "./errors.ts";

export type DigestAlgorithm = "sha256" | "sha512";
export type Digest = { readonly algorithm: DigestAlgorithm; readonly hex: string };

/** The digests of a stream of bytes: always SHA-256, our own name for it, and the one that the publisher gives. */
export class Digests {
  readonly #hashes: ReadonlyMap<DigestAlgorithm, Hash>;

  constructor(published: DigestAlgorithm | undefined) {
    const algorithms = new Set<DigestAlgorithm>(["sha256", published ?? "sha256"]);
    this.#hashes = new Map([...algorithms].map((algorithm) => [algorithm, createHash(algorithm)]));
  }

  update(piece: Uint8Array): void {
    for (const hash of this.#hashes.values()) hash.update(piece);
  }

  /** To be asked once, at the end. */
  hex(): ReadonlyMap<DigestAlgorithm, string> {
    return new Map([...this.#hashes].map(([algorithm, hash]) => [algorithm, hash.digest("hex")]));
  }
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Feeds the first `bytes` of a file (all of it when omitted) to `update`, in pieces of a MiB that are reused: a piece is
 * valid only during the call. Fails with `cancelled`, or with the file system's own error.
 */
async function readPieces(
  file: string,
  update: (piece: Uint8Array) => void,
  signal?: AbortSignal,
  bytes = Number.POSITIVE_INFINITY,
): Promise<void> {
  const handle = await open(file, "r");
  try {
    const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let left = bytes; left > 0; ) {
      throwIfCancelled(signal, `Reading ${file}`);
      const { bytesRead } = await handle.read(buffer, 0, Math.min(CHUNK_BYTES, left));
      if (bytesRead === 0) return;
      update(buffer.subarray(0, bytesRead));
      left -= bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** The digests of the first `bytes` of a file (all of it when omitted). Fails with `io` or `cancelled`. */
export async function digestsOf(
  file: string,
  published: DigestAlgorithm | undefined,
  signal?: AbortSignal,
  bytes?: number,
): Promise<Digests> {
  const digests = new Digests(published);
  try {
    await readPieces(file, (piece) => digests.update(piece), signal, bytes);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  }
  return digests;
}

/** The SHA-256 of a file, in hex. Fails with `io` when the file cannot be read, `cancelled` when the signal fires. */
export async function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  return (await digestsOf(file, undefined, signal)).hex().get("sha256") ?? "";
}
