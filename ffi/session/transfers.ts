/**
 * Bytes into and out of volumes by libvirt's streams: the one way that works for every caller, local or remote.
 *
 * Between chunks a transfer looks whether its caller has given up; it then aborts the stream and fails with kind
 * `aborted`. What was already written stays in the volume.
 */
import { closeSync, fstatSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { LibvirtFault, ownFault } from "../fault.ts";
import { VirStorageVolUploadFlags } from "../generated/enums.gen.ts";
import { virStorageVolInfo } from "../generated/structs.gen.ts";
import { reader } from "../native/memory.ts";
import type { Handle } from "../native/types.ts";
import type { Connection } from "./connection.ts";
import type { CallContext, Handlers } from "./handlers.ts";
import { withVolume } from "./objects.ts";
import { scoped } from "./scope.ts";

export type Transfers = "volume.upload" | "volume.download" | "volume.write" | "volume.read";

/** The most that every libvirt takes in one message; larger and smaller ones were slower. */
const CHUNK = 262_120;
const ZEROS = Buffer.alloc(CHUNK);

type Stream = Handle<"virStream">;

export const transferHandlers: Handlers<Transfers> = {
  "volume.upload": (c, { file, ...ref }, context) =>
    withVolume(c, ref, (volume) =>
      withFile(file, "r", (fd) => {
        const total = fstatSync(fd).size;
        const source = (buffer: Buffer) => readSync(fd, buffer, 0, buffer.length, null);
        const bytes = withStream(c, (stream) => {
          c.call("virStorageVolUpload", volume, stream, 0, total, VirStorageVolUploadFlags.SPARSE_STREAM);
          return send(c, stream, { source, total, sparse: true }, context);
        });
        return { bytes };
      }),
    ),

  "volume.write": (c, { offset, data, ...ref }, context) =>
    withVolume(c, ref, (volume) => {
      let at = 0;
      const source = (buffer: Buffer) => {
        const part = data.subarray(at, at + buffer.length);
        buffer.set(part);
        at += part.length;
        return part.length;
      };
      withStream(c, (stream) => {
        c.call("virStorageVolUpload", volume, stream, offset, data.length, 0);
        return send(c, stream, { source, total: data.length, sparse: false }, context);
      });
      return null;
    }),

  "volume.download": (c, { file, ...ref }, context) =>
    withVolume(c, ref, (volume) =>
      withFile(file, "wx", (fd) => {
        const sink = (chunk: Buffer) => {
          for (let at = 0; at < chunk.length; ) at += writeSync(fd, chunk, at);
        };
        const bytes = withStream(c, (stream) => {
          c.call("virStorageVolDownload", volume, stream, 0, 0, 0);
          return receive(c, stream, sink, expectedBytes(c, volume), context);
        });
        return { bytes };
      }),
    ),

  "volume.read": (c, { offset, length, ...ref }, context) =>
    withVolume(c, ref, (volume) => {
      const chunks: Buffer[] = [];
      withStream(c, (stream) => {
        c.call("virStorageVolDownload", volume, stream, offset, length, 0);
        return receive(c, stream, (chunk) => chunks.push(Buffer.from(chunk)), length, context);
      });
      return { data: new Uint8Array(Buffer.concat(chunks)) };
    }),
};

/** How long the container file is, as near as libvirt tells. */
function expectedBytes(c: Connection, volume: Handle<"virStorageVol">): number {
  const bytes = Buffer.alloc(virStorageVolInfo.size);
  c.call("virStorageVolGetInfo", volume, bytes);
  return reader(virStorageVolInfo, bytes)("allocation");
}

/** Opens a local file for the length of `work`; a file that was made for it is removed again if it fails. */
function withFile<T>(path: string, mode: "r" | "wx", work: (fd: number) => T): T {
  const fd = openFile(path, mode);
  try {
    return work(fd);
  } catch (error) {
    if (mode === "wx") rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

function openFile(path: string, mode: "r" | "wx"): number {
  try {
    return openSync(path, mode, 0o600);
  } catch (cause) {
    throw fileFault(path, cause);
  }
}

function fileFault(path: string, cause: unknown): LibvirtFault {
  const { errno = 0, message = String(cause) } = cause as NodeJS.ErrnoException;
  return new LibvirtFault(
    { kind: "file", fn: "open", message: `${path}: ${message}`, code: 0, domain: 0, level: 2, errno: Math.abs(errno) },
    { cause },
  );
}

/** A finished stream tells the errors that came late; a failed one is given up, and its first error is what counts. */
function withStream<T>(c: Connection, work: (stream: Stream) => T): T {
  return scoped(c, (own) => {
    const stream = own("virStreamFree", c.call("virStreamNew", c.handle, 0));
    let result: T;
    try {
      result = work(stream);
    } catch (error) {
      try {
        c.call("virStreamAbort", stream);
      } catch {
        // Already broken, by the same cause.
      }
      throw error;
    }
    c.call("virStreamFinish", stream);
    return result;
  });
}

type Outgoing = {
  /** Fills the buffer and says with how much; 0 is the end. */
  readonly source: (into: Buffer) => number;
  readonly total: number;
  /** Zeros are told and not sent, for what is made empty and reads as zeros where nothing was written. */
  readonly sparse: boolean;
};

/** Returns the bytes that `source` gave. */
function send(c: Connection, stream: Stream, { source, total, sparse }: Outgoing, context: CallContext): number {
  const buffer = Buffer.allocUnsafe(CHUNK);
  const report = reporter(context);
  let done = 0;
  let hole = 0;
  const endHole = (): void => {
    if (hole > 0) c.call("virStreamSendHole", stream, hole, 0);
    hole = 0;
  };
  for (let filled = source(buffer); filled > 0; filled = source(buffer)) {
    stopIfAborted(context);
    const chunk = buffer.subarray(0, filled);
    if (sparse && chunk.equals(ZEROS.subarray(0, filled))) hole += filled;
    else {
      endHole();
      sendAll(c, stream, chunk, context);
    }
    done += filled;
    report(done, total);
  }
  endHole();
  context.progress(done, total);
  return done;
}

function sendAll(c: Connection, stream: Stream, chunk: Buffer, context: CallContext): void {
  for (let sent = 0; sent < chunk.length; ) {
    stopIfAborted(context);
    sent += c.call("virStreamSend", stream, chunk.subarray(sent), chunk.length - sent);
  }
}

/** `sink` gets each chunk before the next one overwrites it. `expected` is for progress only. Returns the bytes received. */
function receive(
  c: Connection,
  stream: Stream,
  sink: (chunk: Buffer) => void,
  expected: number,
  context: CallContext,
): number {
  const buffer = Buffer.allocUnsafe(CHUNK);
  const report = reporter(context);
  let done = 0;
  for (;;) {
    stopIfAborted(context);
    const got = c.call("virStreamRecv", stream, buffer, CHUNK);
    if (got === 0) break;
    sink(buffer.subarray(0, got));
    done += got;
    report(done, Math.max(done, expected));
  }
  context.progress(done, done);
  return done;
}

function stopIfAborted({ aborted }: CallContext): void {
  if (aborted()) throw ownFault("aborted", "virStreamAbort", "The transfer was given up.");
}

/** Progress at most ten times a second: a local transfer makes thousands of chunks in that time. */
function reporter({ progress }: CallContext): (done: number, total: number) => void {
  let last = performance.now();
  return (done, total) => {
    const now = performance.now();
    if (now - last < 100) return;
    last = now;
    progress(done, total);
  };
}
