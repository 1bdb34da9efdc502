/** An SFTP server for one folder: what a guest's sshfs talks to. Unlike OpenSSH's it shows nothing but that folder. */

import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  statfsSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from "node:fs";
import type { Readable, Writable } from "node:stream";
import { type Answer, DENIED, failed, named, OK, spaceOf, status, versionOf } from "./answers.ts";
import { Folder, normalized } from "./folder.ts";
import {
  ANSWER,
  type Attributes,
  attributesOf,
  field,
  Packets,
  packet,
  REQUEST,
  Reader,
  STATUS,
  u32,
} from "./packets.ts";

export type SftpOptions = { readonly path: string; readonly readonly: boolean };

/** Neither set-user-id nor the like: what a guest writes must not become somebody on this host. */
const PLAIN_MODE = 0o777;
const LONGEST_READ = 128 * 1024;
const NAMES_AT_ONCE = 64;
const MOST_HANDLES = 4096;
const OPEN = { READ: 1, WRITE: 2, APPEND: 4, CREATE: 8, TRUNCATE: 16, EXCLUSIVE: 32 } as const;
const EXTENSIONS = ["posix-rename@openssh.com", "statvfs@openssh.com", "hardlink@openssh.com", "fsync@openssh.com"];

/** Serves until the input ends. Rejects when what comes is no SFTP, or the folder cannot be opened. */
export async function serveFolder(options: SftpOptions, input: Readable, output: Writable): Promise<void> {
  const server = new Server(options);
  const packets = new Packets();
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      for (const { type, body } of packets.take(chunk)) {
        if (!output.write(server.answer(type, body))) await once(output, "drain");
      }
    }
  } finally {
    server.close();
  }
}

type Handle =
  | { readonly kind: "file"; readonly fd: number }
  | { readonly kind: "folder"; readonly path: Buffer; readonly names: Buffer[] };

class Server {
  readonly #folder: Folder;
  readonly #readonly: boolean;
  readonly #handles = new Map<string, Handle>();
  #next = 0;

  constructor({ path, readonly }: SftpOptions) {
    this.#folder = new Folder(path);
    this.#readonly = readonly;
  }

  close(): void {
    for (const handle of this.#handles.values()) if (handle.kind === "file") closeSync(handle.fd);
    this.#handles.clear();
    this.#folder.close();
  }

  answer(type: number, body: Buffer): Buffer {
    const read = new Reader(body);
    const id = read.u32();
    if (type === REQUEST.INIT)
      return packet(ANSWER.VERSION, u32(3), ...EXTENSIONS.flatMap((name) => [field(name), field(versionOf(name))]));
    const [kind, ...parts] = this.#attempt(type, read);
    return packet(kind, u32(id), ...parts);
  }

  #attempt(type: number, read: Reader): Answer {
    try {
      return this.#handle(type, read);
    } catch (error) {
      if (error instanceof RangeError) throw error;
      return failed(error);
    }
  }

  #handle(type: number, read: Reader): Answer {
    switch (type) {
      case REQUEST.OPEN:
        return this.#open(read.bytes(), read.u32(), read.attributes());
      case REQUEST.OPENDIR: {
        const path = Buffer.from(read.bytes());
        const names = this.#folder.pinned(path, (self) => readdirSync(inside(self), { encoding: "buffer" }));
        return this.#remember({ kind: "folder", path, names: [Buffer.from("."), Buffer.from(".."), ...names] });
      }
      case REQUEST.CLOSE:
        return this.#close(read.text());
      case REQUEST.READ:
        return this.#read(this.#file(read.text()), read.u64(), read.u32());
      case REQUEST.WRITE: {
        const [fd, offset, data] = [this.#file(read.text()), read.u64(), read.bytes()];
        for (let done = 0; done < data.length; ) done += writeSync(fd, data, done, data.length - done, offset + done);
        return OK;
      }
      case REQUEST.READDIR:
        return this.#names(read.text());
      case REQUEST.STAT:
      case REQUEST.LSTAT:
        return [ANSWER.ATTRS, this.#folder.entry(read.bytes(), (entry) => attributesOf(lstatSync(entry)))];
      case REQUEST.FSTAT:
        return [ANSWER.ATTRS, attributesOf(fstatSync(this.#file(read.text())))];
      case REQUEST.REALPATH:
        return named(normalized(read.bytes()));
      case REQUEST.READLINK:
        return named(this.#folder.entry(read.bytes(), (entry) => readlinkSync(entry, { encoding: "buffer" })));
      default:
        return this.#change(type, read);
    }
  }

  /** What a read-only folder refuses. */
  #change(type: number, read: Reader): Answer {
    if (type === REQUEST.EXTENDED) return this.#extended(read.text(), read);
    this.#assertWritable();
    switch (type) {
      case REQUEST.SETSTAT:
        return this.#setByPath(read.bytes(), read.attributes());
      case REQUEST.FSETSTAT:
        return setOpened(this.#file(read.text()), read.attributes());
      case REQUEST.REMOVE:
        return this.#on(read.bytes(), unlinkSync);
      case REQUEST.MKDIR: {
        const [path, { mode }] = [read.bytes(), read.attributes()];
        return this.#on(path, (entry) => mkdirSync(entry, (mode ?? PLAIN_MODE) & PLAIN_MODE));
      }
      case REQUEST.RMDIR:
        return this.#on(read.bytes(), (entry) => rmdirSync(entry));
      case REQUEST.RENAME:
        return this.#between(read.bytes(), read.bytes(), (from, to) => {
          // In this version of the protocol a rename never replaces.
          if (lstatSync(to, { throwIfNoEntry: false }) !== undefined)
            throw Object.assign(new Error(), { code: "EEXIST" });
          renameSync(from, to);
        });
      case REQUEST.SYMLINK: {
        // OpenSSH has the two the other way round than the draft, and so has everybody.
        const [target, path] = [Buffer.from(read.bytes()), read.bytes()];
        return this.#on(path, (entry) => symlinkSync(target, entry));
      }
      default:
        return status(STATUS.UNSUPPORTED, "no such request");
    }
  }

  #extended(name: string, read: Reader): Answer {
    switch (name) {
      case "statvfs@openssh.com":
        return [ANSWER.EXTENDED, this.#folder.pinned(read.bytes(), (self) => spaceOf(statfsSync(self)))];
      case "fsync@openssh.com":
        fsyncSync(this.#file(read.text()));
        return OK;
      case "posix-rename@openssh.com":
        this.#assertWritable();
        return this.#between(read.bytes(), read.bytes(), renameSync);
      case "hardlink@openssh.com":
        this.#assertWritable();
        return this.#between(read.bytes(), read.bytes(), linkSync);
      default:
        return status(STATUS.UNSUPPORTED, "no such extension");
    }
  }

  #open(path: Buffer, asked: number, { mode }: Attributes): Answer {
    const writes = (asked & (OPEN.WRITE | OPEN.APPEND | OPEN.CREATE | OPEN.TRUNCATE)) !== 0;
    if (writes) this.#assertWritable();
    const { O_RDWR, O_WRONLY, O_RDONLY, O_CREAT, O_TRUNC, O_EXCL } = constants;
    const access = asked & OPEN.WRITE ? (asked & OPEN.READ ? O_RDWR : O_WRONLY) : O_RDONLY;
    const flags =
      access |
      (asked & OPEN.CREATE ? O_CREAT : 0) |
      (asked & OPEN.TRUNCATE ? O_TRUNC : 0) |
      (asked & OPEN.EXCLUSIVE ? O_EXCL : 0);
    return this.#remember({ kind: "file", fd: this.#folder.open(path, flags, (mode ?? 0o666) & PLAIN_MODE) });
  }

  #remember(handle: Handle): Answer {
    if (this.#handles.size >= MOST_HANDLES) {
      if (handle.kind === "file") closeSync(handle.fd);
      return status(STATUS.FAILURE, "too many open files");
    }
    const name = String(this.#next++);
    this.#handles.set(name, handle);
    return [ANSWER.HANDLE, field(name)];
  }

  #close(name: string): Answer {
    const handle = this.#handles.get(name);
    if (handle === undefined) return status(STATUS.FAILURE, "no such handle");
    this.#handles.delete(name);
    if (handle.kind === "file") closeSync(handle.fd);
    return OK;
  }

  #file(name: string): number {
    const handle = this.#handles.get(name);
    if (handle?.kind === "file") return handle.fd;
    throw new Error("no such handle");
  }

  #read(fd: number, offset: number, wanted: number): Answer {
    const buffer = Buffer.allocUnsafe(Math.min(wanted, LONGEST_READ));
    const got = readSync(fd, buffer, 0, buffer.length, offset);
    return got === 0 ? status(STATUS.EOF, "end of file") : [ANSWER.DATA, field(buffer.subarray(0, got))];
  }

  #names(name: string): Answer {
    const handle = this.#handles.get(name);
    if (handle?.kind !== "folder") return status(STATUS.FAILURE, "no such handle");
    const entries: Buffer[] = [];
    let count = 0;
    for (const each of handle.names.splice(0, NAMES_AT_ONCE)) {
      const path = Buffer.concat([handle.path, Buffer.from("/"), each]);
      try {
        const attributes = this.#folder.entry(path, (entry) => attributesOf(lstatSync(entry)));
        entries.push(field(each), field(each), attributes);
        count += 1;
      } catch {
        // Gone since the folder was read.
      }
    }
    if (count > 0) return [ANSWER.NAME, u32(count), ...entries];
    return handle.names.length > 0 ? this.#names(name) : status(STATUS.EOF, "end of folder");
  }

  #setByPath(path: Buffer, wanted: Attributes): Answer {
    return this.#folder.pinned(path, (self, stats) => {
      if (wanted.owner !== null && changesOwner(wanted.owner, stats)) return DENIED;
      if (wanted.size !== null) {
        if (!stats.isFile()) return DENIED;
        truncateSync(self, wanted.size);
      }
      if (wanted.mode !== null) chmodSync(self, wanted.mode & PLAIN_MODE);
      if (wanted.times !== null) utimesSync(self, wanted.times.atime, wanted.times.mtime);
      return OK;
    });
  }

  #on(path: Buffer, act: (entry: Buffer) => unknown): Answer {
    this.#folder.entry(path, act);
    return OK;
  }

  #between(from: Buffer, to: Buffer, act: (from: Buffer, to: Buffer) => void): Answer {
    this.#folder.entry(from, (first) => this.#folder.entry(to, (second) => act(first, second)));
    return OK;
  }

  #assertWritable(): void {
    if (this.#readonly) throw Object.assign(new Error("read-only"), { code: "EROFS" });
  }
}

/** Of a pinned folder; of a link there is none, so that no link is followed. */
function inside(self: Buffer): Buffer {
  return Buffer.concat([self, Buffer.from("/.")]);
}

function setOpened(fd: number, wanted: Attributes): Answer {
  if (wanted.owner !== null && changesOwner(wanted.owner, fstatSync(fd))) return DENIED;
  if (wanted.size !== null) ftruncateSync(fd, wanted.size);
  if (wanted.mode !== null) fchmodSync(fd, wanted.mode & PLAIN_MODE);
  if (wanted.times !== null) futimesSync(fd, wanted.times.atime, wanted.times.mtime);
  return OK;
}

function changesOwner(wanted: NonNullable<Attributes["owner"]>, is: { readonly uid: number; readonly gid: number }) {
  return wanted.uid !== is.uid || wanted.gid !== is.gid;
}
