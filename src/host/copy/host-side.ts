/** This host's end of a copy. A file is written under another name first, so that none is ever half there. */
import { randomUUID } from "node:crypto";
import { constants, createReadStream, createWriteStream } from "node:fs";
import { access, chmod, lstat, mkdir, realpath, rename, rm, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { entryName } from "../../core/copy.ts";
import { HutchError } from "../../core/errors.ts";
import { runPiped } from "../processes.ts";
import { counted, feed, type Payload, type ReceiveHow } from "./payload.ts";

const CHUNK_BYTES = 1024 ** 2;

/** E_NOT_FOUND, E_USAGE for a folder that was not asked for or what is neither, E_FAILED for what may not be read. */
export async function assertSendable(path: string, recursive: boolean): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    throw new HutchError({
      code: found.code === "ENOENT" || found.code === "ENOTDIR" ? "E_NOT_FOUND" : "E_FAILED",
      message: `There is no ${path} here.`,
      ...(found.code === "ENOENT" ? {} : { why: found.message }),
      next: [`A file of a VM is written NAME:${path}`],
    });
  }
  if (found.isDirectory() && !recursive) throw needsRecursive(path);
  if (!found.isDirectory() && !found.isFile())
    throw new HutchError({ code: "E_USAGE", message: `${path} is neither a file nor a folder.` });
  await access(path, constants.R_OK).catch((error: Error) => {
    throw new HutchError({ code: "E_FAILED", message: `${path} may not be read.`, why: error.message });
  });
}

export function needsRecursive(place: string): HutchError {
  return new HutchError({ code: "E_USAGE", message: `${place} is a folder.`, next: ["Copy it with -r."] });
}

export async function sendFromHost(path: string, recursive: boolean, signal: AbortSignal): Promise<Payload> {
  await assertSendable(path, recursive);
  const found = await stat(path);
  const name = entryName(path);
  if (found.isDirectory()) {
    const tar = runPiped(["tar", "-C", path, "-cf", "-", "."], { signal });
    return { about: { kind: "folder", name }, data: tar.stdout, whole: () => assertTar(tar.ended, path) };
  }
  const about = {
    kind: "file",
    name,
    bytes: found.size,
    mode: found.mode & 0o777,
    mtime: Math.floor(found.mtimeMs / 1000),
  } as const;
  const data = createReadStream(path, { highWaterMark: CHUNK_BYTES, signal });
  return { about, data, whole: async () => undefined };
}

/** A stream of the caller's, as a file without a name. */
export function sendFromStream(input: NodeJS.ReadableStream, now: number): Payload {
  const about = { kind: "file", name: "", bytes: null, mode: 0o666, mtime: Math.floor(now / 1000) } as const;
  return { about, data: new Readable().wrap(input), whole: async () => undefined };
}

/** E_NOT_FOUND for a folder that is not there, E_CONFLICT for something else in its place, E_FAILED for what may not be written. */
export async function receiveOnHost(payload: Payload, to: string, how: ReceiveHow): Promise<void> {
  const { about } = payload;
  const there = await stat(to).catch(() => null);
  if (!there?.isDirectory() && (how.into || (about.kind === "file" && to.endsWith("/")))) throw noFolder(to);
  const target = there?.isDirectory() === true ? join(to, about.name) : to;
  const around = dirname(target);
  if (!(await stat(around).catch(() => null))?.isDirectory()) throw noFolder(around);
  if (about.kind === "folder") await unpack(payload, target, how);
  else await replaceFile(payload, await leadsTo(target), how);
}

async function unpack(payload: Payload, target: string, how: ReceiveHow): Promise<void> {
  const there = await stat(target).catch(() => null);
  if (there !== null && !there.isDirectory()) throw inTheWay(target, "folder");
  if (there === null) await mkdir(target);
  const kept = how.preserve ? ["-p"] : ["-m", "--no-same-permissions"];
  const tar = runPiped(["tar", "-C", target, "-x", "-o", ...kept, "-f", "-"], { signal: how.signal });
  await feed(counted(payload, how.onBytes), tar, how.signal);
  await assertTar(tar.ended, target);
  await payload.whole();
}

async function replaceFile(payload: Payload, target: string, how: ReceiveHow): Promise<void> {
  const { about } = payload;
  if (about.kind !== "file") return;
  const there = await stat(target).catch(() => null);
  if (there !== null && !there.isFile()) throw inTheWay(target, "file");
  const mode = how.preserve ? about.mode : there === null ? about.mode & ~process.umask() : there.mode & 0o777;
  const draft = join(dirname(target), `.hutch-${randomUUID()}`);
  try {
    await pipeline(counted(payload, how.onBytes), createWriteStream(draft, { flags: "wx", mode: 0o600 }), {
      signal: how.signal,
    });
    await payload.whole();
    await chmod(draft, mode);
    if (how.preserve) await utimes(draft, about.mtime, about.mtime);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { force: true });
    await payload.whole();
    throw cannotWrite(target, error);
  }
}

/** The file that a link leads to is replaced, not the link. */
async function leadsTo(target: string): Promise<string> {
  const found = await lstat(target).catch(() => null);
  return found?.isSymbolicLink() === true ? await realpath(target).catch(() => target) : target;
}

/** 1 says that a file changed while it was read. */
async function assertTar(ended: ReturnType<typeof runPiped>["ended"], path: string): Promise<void> {
  const { code, stderr } = await ended;
  if (code === 0 || code === 1) return;
  throw new HutchError({
    code: "E_FAILED",
    message: `Not all of ${path} could be copied.`,
    why: stderr.trim() || "tar broke off.",
  });
}

function noFolder(path: string): HutchError {
  return new HutchError({ code: "E_NOT_FOUND", message: `There is no folder ${path} here.` });
}

function inTheWay(path: string, wanted: string): HutchError {
  return new HutchError({
    code: "E_CONFLICT",
    message: `${path} is there already, and is no ${wanted}.`,
    next: [`Copy to another name than ${basename(path)}.`],
  });
}

function cannotWrite(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return error;
  return /^E[A-Z]+$/.test(error.code) && !error.code.startsWith("E_")
    ? new HutchError({ code: "E_FAILED", message: `${path} could not be written.`, why: error.message }, error)
    : error;
}
