import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { ImageError, isImageError, throwIfCancelled } from "./errors.ts";
import type { Digest } from "./hash.ts";
import { damaged, type Packing, packingOf, unpacked } from "./packing.ts";
import { writeError } from "./part-file.ts";
import { sparseWriter } from "./sparse-writer.ts";

export type UnpackOptions = {
  readonly signal?: AbortSignal;
  /** Packed bytes that are read, of how many. */
  readonly onProgress?: (doneBytes: number, totalBytes: number) => void;
  /** The publisher's digest of what is inside, where there is one. */
  readonly digest?: Digest;
  /** More than this inside is no image but a bomb. */
  readonly maxBytes?: number;
};

const GIB = 1024 ** 3;
/** The largest disks of cloud images, unpacked, are a tenth of this. */
export const UNPACKED_MAX = 256 * GIB;

/**
 * How a file is packed, by its first bytes. Fails with `io` when it cannot be read, with `unusable` for what is no file: to open
 * a pipe is to wait for who writes into it.
 */
export async function packingOfFile(file: string): Promise<Packing | undefined> {
  try {
    if (!(await stat(file)).isFile())
      throw new ImageError("unusable", `${file} cannot be used as an image.`, { why: "It is no file." });
    await using handle = await open(file, "r");
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0);
    return packingOf(buffer.subarray(0, bytesRead));
  } catch (error) {
    if (isImageError(error)) throw error;
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  }
}

/**
 * Writes what is inside a packed file to `targetFile`, whole or not at all. Stretches of zeros take no space on the disk.
 *
 * Fails with `unusable` (damaged, or more than `maxBytes` inside), `digest-mismatch`, `disk-full`, `io`, `tools` or
 * `cancelled`.
 */
export async function unpackFile(file: string, targetFile: string, options: UnpackOptions = {}): Promise<void> {
  const { signal, onProgress, digest, maxBytes = UNPACKED_MAX } = options;
  const packing = await packingOfFile(file);
  if (packing === undefined) throw new ImageError("unusable", `${file} is not packed in a way that hutch knows.`);
  const hash = digest === undefined ? undefined : createHash(digest.algorithm);
  try {
    const { size } = await stat(file);
    await using target = await open(targetFile, "w").catch((error) => {
      throw writeError(targetFile, error);
    });
    // Not before somebody reads it: what a stream with a listener gives meanwhile is lost.
    const packed = createReadStream(file, { highWaterMark: 1024 * 1024 });
    let read = 0;
    packed.on("data", (chunk) => {
      read += chunk.length;
      onProgress?.(read, size);
    });
    let inside = 0;
    await pipeline(
      unpacked(packed, packing, signal),
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          inside += chunk.length;
          if (inside > maxBytes) throw tooMuch(file, maxBytes);
          hash?.update(chunk);
          yield chunk;
        }
      },
      sparseWriter(targetFile, target),
      signal === undefined ? {} : { signal },
    );
    if (digest !== undefined && hash?.digest("hex") !== digest.hex) {
      throw new ImageError("digest-mismatch", `What is inside ${file} is not what its publisher describes.`);
    }
  } catch (error) {
    await rm(targetFile, { force: true });
    throwIfCancelled(signal, "Unpacking");
    throw isImageError(error) ? error : damaged(packing, error instanceof Error ? error.message : String(error));
  }
}

/** `unusable`: what a bomb does is said, not done. */
export function tooMuch(file: string, maxBytes: number): ImageError {
  return new ImageError("unusable", `${file} is refused: it unpacks to more than ${Math.round(maxBytes / GIB)} GiB.`, {
    why: "A small file that unpacks to a huge one is used to fill disks.",
  });
}
