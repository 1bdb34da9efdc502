import { createHash } from "node:crypto";
import { type FileHandle, open, readFile, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ImageError } from "./errors.ts";

/** What must be known to go on with a half-finished file: where it came from, and which version of it. */
export type PartMemo = {
  /** `sourceOf` its address. */
  readonly source: string;
  /** A strong ETag or a date, as the server gave it. */
  readonly validator: string | null;
  readonly totalBytes: number | null;
};

/** Tells addresses apart, and keeps to itself what they have of passwords and signed links. */
export function sourceOf(url: string): string {
  return createHash("sha256").update(url).digest("hex");
}

const memoFile = (part: string): string => `${part}.json`;

export async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/** What is known of a half-finished file, if it came from this address. An unreadable memo means starting over. */
export async function readMemo(part: string, url: string): Promise<PartMemo | undefined> {
  try {
    const memo: unknown = JSON.parse(await readFile(memoFile(part), "utf8"));
    if (typeof memo !== "object" || memo === null || !("source" in memo)) return undefined;
    const source = sourceOf(url);
    if (memo.source !== source) return undefined;
    return {
      source,
      validator: "validator" in memo && typeof memo.validator === "string" ? memo.validator : null,
      totalBytes: "totalBytes" in memo && typeof memo.totalBytes === "number" ? memo.totalBytes : null,
    };
  } catch {
    return undefined;
  }
}

export async function writeMemo(part: string, memo: PartMemo): Promise<void> {
  await writeFile(memoFile(part), JSON.stringify(memo)).catch((error) => {
    throw writeError(part, error);
  });
}

export async function removePart(part: string): Promise<void> {
  await rm(part, { force: true });
  await removeMemo(part);
}

export async function removeMemo(part: string): Promise<void> {
  await rm(memoFile(part), { force: true });
}

/** Fails with `disk-full` when so many bytes cannot be added beside this file. */
export async function assertRoom(part: string, bytes: number): Promise<void> {
  const folder = dirname(part);
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new ImageError("disk-full", `There is not enough space in ${folder}.`, {
    why: `${mib(bytes)} are needed, ${mib(free)} are free.`,
  });
}

const mib = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2)} MiB`;

/** Opens the file to write from `position` on; what is behind it goes. */
export async function openPart(part: string, position: number): Promise<FileHandle> {
  try {
    const handle = await open(part, position === 0 ? "w+" : "r+");
    if (position > 0) await handle.truncate(position);
    return handle;
  } catch (error) {
    throw writeError(part, error);
  }
}

/** What the disk says when a file cannot be written, in our words. */
export function writeError(part: string, error: unknown): ImageError {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new ImageError("disk-full", `There is no space left in ${dirname(part)}.`, {
      why: "The disk, or the share of it that you may use, is full.",
      cause: error,
    });
  }
  return new ImageError("io", `${part} cannot be written.`, { why: String(error), cause: error });
}
