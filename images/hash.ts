import { stat } from "node:fs/promises";
import { ImageError, throwIfCancelled } from "./errors.ts";
import { type DigestAlgorithm, Follower } from "./follower.ts";

export type { DigestAlgorithm };
export type Digest = { readonly algorithm: DigestAlgorithm; readonly hex: string };

/** A digest of a file, in hex. Fails with `io` when the file cannot be read, `cancelled` when the signal fires. */
export async function digestFile(file: string, algorithm: DigestAlgorithm, signal?: AbortSignal): Promise<string> {
  throwIfCancelled(signal, `Reading ${file}`);
  const follower = new Follower(file, algorithm);
  const stop = (): void => void follower.stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    return await follower.finish((await stat(file)).size);
  } catch (error) {
    throwIfCancelled(signal, `Reading ${file}`);
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  } finally {
    signal?.removeEventListener("abort", stop);
    await follower.stop();
  }
}

/** The SHA-256 of a file, in hex. Fails with `io` when the file cannot be read, `cancelled` when the signal fires. */
export function hashFile(file: string, signal?: AbortSignal): Promise<string> {
  return digestFile(file, "sha256", signal);
}
