import { open } from "node:fs/promises";
import { type DigestAlgorithm, DigestThread } from "./digest-thread.ts";
import { ImageError, throwIfCancelled } from "./errors.ts";

export type { DigestAlgorithm };
export type Digest = { readonly algorithm: DigestAlgorithm; readonly hex: string };

/** A digest of a file, SHA-256 unless said, in hex. Fails with `io` when the file cannot be read, `cancelled` when the signal fires. */
export async function hashFile(
  file: string,
  signal?: AbortSignal,
  algorithm: DigestAlgorithm = "sha256",
): Promise<string> {
  throwIfCancelled(signal, `Reading ${file}`);
  let stop = (): void => undefined;
  const onAbort = (): void => stop();
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    await using handle = await open(file, "r");
    const { size } = await handle.stat();
    await using thread = new DigestThread();
    thread.begin({ descriptor: handle.fd, algorithm, from: size, memory: new SharedArrayBuffer(0) });
    stop = () => void thread.stop();
    return await thread.finish();
  } catch (error) {
    throwIfCancelled(signal, `Reading ${file}`);
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
