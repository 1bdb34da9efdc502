import { rename, stat } from "node:fs/promises";
import { ImageError, throwIfCancelled } from "./errors.ts";
import { lockFile } from "./file-lock.ts";
import { type Digest, hashFile } from "./hash.ts";
import { removeMemo, removePart, sizeOf } from "./part-file.ts";
import { withoutSecrets } from "./proxy.ts";
import { type Source, type Timing, transfer } from "./transfer.ts";

export type DownloadOptions = {
  readonly signal?: AbortSignal;
  /** Bytes that are there, of how many when the server says so. Called once a write, many times a second. */
  readonly onProgress?: (doneBytes: number, totalBytes: number | undefined) => void;
  /** Patience with bad connections. */
  readonly timing?: Partial<Timing>;
};

export type Downloaded = {
  readonly bytes: number;
  /** Of the bytes: in the publisher's way of digesting where it was given, else SHA-256. */
  readonly digest: Digest;
  /** True when a digest was given, which the bytes then have; false when there was none to check. */
  readonly verified: boolean;
};

const TIMING: Timing = { stallMs: 30_000, attempts: 5, backoffMs: 500 };

/**
 * Gets a file by http or https into `targetFile`, by way of `targetFile.part` in the same folder; the target appears whole,
 * digested and checked, or not at all. A target that has the digest already is left as it is. Of several callers, in any
 * process, one transfers and the others wait and take what it got.
 *
 * Breaks, stalls and errors of the server are retried, going on where it stopped. Fails with `unreachable`, `not-found`,
 * `refused`, `interrupted`, `digest-mismatch` (the bytes are removed), `disk-full` (likewise), `io`, `tools` or `cancelled`.
 * After `interrupted` and `cancelled` the `.part` stays, with a `.part.json` beside it, and the next call goes on with it.
 */
export async function download(source: Source, targetFile: string, options: DownloadOptions = {}): Promise<Downloaded> {
  const { url, digest } = source;
  const { signal, onProgress } = options;
  const before = await versionOf(targetFile);
  const unlock = await lock(targetFile, signal);
  try {
    const sharedOrKept = await versionOf(targetFile);
    if (sharedOrKept !== undefined && (digest !== undefined || sharedOrKept !== before)) {
      const there = await takeExisting(targetFile, digest, signal);
      if (there !== undefined) return there;
    }

    const part = `${targetFile}.part`;
    const timing = { ...TIMING, ...options.timing };
    const came = await transfer(source, part, { signal, onProgress, timing });
    if (digest !== undefined && came.digest.hex !== digest.hex) {
      await removePart(part);
      throw mismatch(url, digest, came.digest.hex);
    }
    await rename(part, targetFile);
    await removeMemo(part);
    return { ...came, verified: digest !== undefined };
  } finally {
    await unlock();
  }
}

async function lock(targetFile: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  try {
    return await lockFile(`${targetFile}.lock`, signal);
  } catch (error) {
    throwIfCancelled(signal, "The download");
    if (error instanceof ImageError) throw error;
    throw new ImageError("io", `Nothing can be written beside ${targetFile}.`, { why: String(error), cause: error });
  }
}

/** Changes whenever another file takes the place of this one. */
async function versionOf(file: string): Promise<string | undefined> {
  const facts = await stat(file, { bigint: true }).catch(() => undefined);
  return facts === undefined ? undefined : `${facts.ino} ${facts.mtimeNs}`;
}

async function takeExisting(
  file: string,
  digest: Digest | undefined,
  signal: AbortSignal | undefined,
): Promise<Downloaded | undefined> {
  const algorithm = digest?.algorithm ?? "sha256";
  const hex = await hashFile(file, signal, algorithm);
  if (digest !== undefined && hex !== digest.hex) return undefined;
  return { bytes: await sizeOf(file), digest: { algorithm, hex }, verified: digest !== undefined };
}

function mismatch(url: string, digest: Digest, got: string): ImageError {
  return new ImageError("digest-mismatch", `${withoutSecrets(url)} is not the file that its publisher describes.`, {
    why: `Its ${digest.algorithm} should be ${digest.hex} and is ${got}.`,
    next: ["Try again: the publisher may have replaced the file meanwhile."],
  });
}
