import { setTimeout as delay } from "node:timers/promises";
import { DigestThread } from "./digest-thread.ts";
import { DigestedFile } from "./digested-file.ts";
import { receive } from "./direct-body.ts";
import { ImageError, throwIfCancelled } from "./errors.ts";
import type { Digest } from "./hash.ts";
import { type Answer, get, statusError } from "./http.ts";
import { assertRoom, openPart, type PartMemo, readMemo, removePart, sizeOf, sourceOf, writeMemo } from "./part-file.ts";
import { withoutSecrets } from "./proxy.ts";

export type Source = {
  readonly url: string;
  readonly digest?: Digest;
  /** Sent to the address, but to no other host that it redirects to. */
  readonly headers?: Readonly<Record<string, string>>;
};

export type Timing = {
  /** Without a byte for so long, a connection counts as broken. */
  readonly stallMs: number;
  /** How often in a row a transfer may break without a MiB of progress. */
  readonly attempts: number;
  /** The pause after the first break; it doubles with each one that follows. */
  readonly backoffMs: number;
};

export type TransferOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((doneBytes: number, totalBytes: number | undefined) => void) | undefined;
  readonly timing: Timing;
};

/** `digest` is that of the bytes that came, in the publisher's way of digesting, or SHA-256 where no digest was known. */
export type Transferred = { readonly bytes: number; readonly digest: Digest };

const PROGRESS_BYTES = 1024 * 1024;

/** A break that may pass by itself; `failure` is what it means when it does not. */
class Break {
  readonly failure: ImageError;
  constructor(failure: ImageError) {
    this.failure = failure;
  }
}

/**
 * Gets the source into the file `part`, going on with what is there already where the server can, again after each break.
 * A server that was never reached is not asked twice. What was got stays in `part` on failure, for the next time, except when
 * the disk is full.
 */
export async function transfer(source: Source, part: string, options: TransferOptions): Promise<Transferred> {
  const { signal, timing } = options;
  const state = { answered: false };
  let mark = await sizeOf(part);
  for (let breaks = 1; ; breaks++) {
    try {
      return await attempt(source, part, options, state);
    } catch (error) {
      throwIfCancelled(signal, "The download");
      if (error instanceof ImageError && error.kind === "disk-full") await removePart(part);
      if (!(error instanceof Break)) throw error;
      const size = await sizeOf(part);
      if (size >= mark + PROGRESS_BYTES) breaks = 1;
      mark = Math.max(mark, size);
      if (breaks >= timing.attempts) throw error.failure;
      await delay(timing.backoffMs * 2 ** (breaks - 1), undefined, { signal }).catch(() => {
        throwIfCancelled(signal, "The download");
      });
    }
  }
}

async function attempt(
  source: Source,
  part: string,
  options: TransferOptions,
  state: { answered: boolean },
): Promise<Transferred> {
  const { signal, timing } = options;
  // It comes up while the server is asked.
  await using thread = new DigestThread();
  const memo = await readMemo(part, source.url);
  // Without a version or a digest nothing would tell two halves of different files apart.
  const resumable = memo !== undefined && (memo.validator !== null || source.digest !== undefined);
  const have = resumable ? await sizeOf(part) : 0;

  const headers = { ...source.headers, ...rangeHeaders(have, memo) };
  const answer = await get(source.url, { headers, signal, stallMs: timing.stallMs }).catch((error) => {
    if (state.answered && error instanceof ImageError && error.kind === "unreachable") throw new Break(error);
    throw error;
  });
  state.answered = true;
  const position = await startOf(answer, source.url, part, have, memo);

  const handle = await openPart(part, position === "complete" ? have : position);
  const algorithm = source.digest?.algorithm ?? "sha256";
  let total: number | undefined;
  let bytes = position === "complete" ? have : position;
  const file = new DigestedFile({
    path: part,
    handle,
    thread,
    algorithm,
    from: bytes,
    onWritten: (size) => {
      bytes = size;
      options.onProgress?.(size, total);
    },
  });
  try {
    if (position !== "complete") {
      const length = numberIn(answer.headers["content-length"]);
      // Some servers send a piece of what is left, however much is asked for.
      const whole = answer.status === 206 ? numberIn(rangeOf(answer)?.[2]) : undefined;
      total = whole ?? (length === undefined ? undefined : position + length);
      try {
        if (total !== undefined) await assertRoom(part, total - position);
        await writeMemo(part, {
          source: sourceOf(source.url),
          validator: validatorOf(answer),
          totalBytes: total ?? null,
        });
        options.onProgress?.(position, total);
        try {
          await receive(answer.body, answer.connection, length, file);
        } finally {
          // What came is kept, however it ended.
          await file.flush();
        }
      } catch (error) {
        throw error instanceof ImageError ? error : new Break(brokenOff(source.url, bytes, total, error));
      }
      if (total !== undefined && bytes !== total) throw new Break(brokenOff(source.url, bytes, total, undefined));
    }
    return { bytes, digest: { algorithm, hex: await file.finish() } };
  } finally {
    answer.body.destroy();
    await file.stop();
    await handle.close();
  }
}

function rangeHeaders(have: number, memo: PartMemo | undefined): Readonly<Record<string, string>> {
  if (have === 0) return {};
  const validator = memo?.validator ?? null;
  return { range: `bytes=${have}-`, ...(validator === null ? {} : { "if-range": validator }) };
}

/** Where the answer's body belongs in the file: after what we have, at its start, or nowhere as nothing is missing. */
async function startOf(
  answer: Answer,
  url: string,
  part: string,
  have: number,
  memo: PartMemo | undefined,
): Promise<number | "complete"> {
  const { status, body } = answer;
  if (status === 200) return 0;
  const range = rangeOf(answer);
  const continues =
    status === 206 &&
    range?.[1] === String(have) &&
    [null, undefined, validatorOf(answer)].includes(memo?.validator) &&
    [null, undefined, Number(range[2])].includes(memo?.totalBytes);
  if (continues) return have;
  body.destroy();
  if (status === 416 && have > 0 && range?.[2] === String(have)) return "complete";
  if (status === 206 || status === 416) {
    await removePart(part);
    throw new Break(
      new ImageError(
        "refused",
        `${withoutSecrets(url)} was answered with another piece than was asked for (${status}).`,
      ),
    );
  }
  const failure = statusError(url, status);
  throw status >= 500 || status === 429 || status === 408 ? new Break(failure) : failure;
}

/** Of a piece: where it begins, and how long the whole is, where the server says so. */
function rangeOf({ headers }: Answer): RegExpExecArray | null {
  return /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers["content-range"] ?? "");
}

const numberIn = (digits: string | undefined): number | undefined =>
  digits !== undefined && /^\d+$/.test(digits) ? Number(digits) : undefined;

/** Only a strong ETag names bytes; the date serves where there is none. */
function validatorOf({ headers }: Answer): string | null {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith("W/")) return etag;
  return headers["last-modified"] ?? null;
}

function brokenOff(url: string, done: number, total: number | undefined, cause: unknown): ImageError {
  const reason = cause instanceof Error ? ` (${cause.message})` : "";
  return new ImageError("interrupted", `The download of ${withoutSecrets(url)} broke off again and again.`, {
    why: `${done} of ${total ?? "an unknown number of"} bytes came${reason}.`,
    next: ["Try again: what was downloaded is kept and the rest is added to it."],
    cause,
  });
}
