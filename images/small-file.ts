import { ImageError } from "./errors.ts";
import { get, statusError } from "./http.ts";
import { withoutSecrets } from "./proxy.ts";

export type SmallFile = {
  readonly url: string;
  readonly bytes: Buffer;
  /** The server's word for when it was last changed. */
  readonly changedAt: Date | null;
};

const STALL_MS = 20_000;
const BYTES_MAX = 4 * 1024 * 1024;

/**
 * Gets a list of digests, a signature or an index, whole. Fails with `unreachable`, `not-found`, `refused` (other statuses, or
 * over 4 MiB), `interrupted` or `cancelled`.
 */
export async function getSmallFile(url: string, signal: AbortSignal | undefined): Promise<SmallFile> {
  const { status, headers, body } = await get(url, { signal, stallMs: STALL_MS });
  if (status !== 200) {
    body.destroy();
    throw statusError(url, status);
  }
  const shown = withoutSecrets(url);
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > BYTES_MAX) throw new ImageError("refused", `${shown} is too large to be a list of digests.`);
    }
  } catch (error) {
    if (error instanceof ImageError) throw error;
    if (signal?.aborted) throw new ImageError("cancelled", `Getting ${shown} was cancelled.`, { cause: error });
    throw new ImageError("interrupted", `${shown} broke off.`, { why: String(error), cause: error });
  }
  const changed = Date.parse(headers["last-modified"] ?? "");
  return { url, bytes: Buffer.concat(chunks), changedAt: Number.isNaN(changed) ? null : new Date(changed) };
}
