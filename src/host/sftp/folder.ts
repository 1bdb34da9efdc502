/**
 * One folder of this host, and nothing outside of it, for somebody who is not trusted. Each part of a path is opened from
 * the folder before it and never through a link, so that no link, and no change in between, leads out.
 */
import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";

/** Names the very thing that was found, not what a path leads to by now. Linux's own number, the same on all its machines. */
const O_PATH = 0o10000000;
const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** A path under an open folder, for Node's functions to take. Valid while the function that got it runs. */
export type Entry = Buffer;

export class Folder {
  readonly #root: number;

  /** Throws as open does. */
  constructor(path: string) {
    this.#root = openSync(path, O_PATH | O_DIRECTORY);
  }

  close(): void {
    closeSync(this.#root);
  }

  /** Acts on the entry that `path` names; the last part is not followed either, unless `act` does so. */
  entry<T>(path: Buffer, act: (entry: Entry) => T): T {
    const parts = partsOf(path);
    const last = parts.pop();
    const opened: number[] = [];
    try {
      let folder = this.#root;
      for (const part of parts) {
        folder = openSync(under(folder, part), O_PATH | O_DIRECTORY | O_NOFOLLOW);
        opened.push(folder);
      }
      return act(under(folder, last ?? Buffer.from(".")));
    } finally {
      for (const each of opened) closeSync(each);
    }
  }

  /** Acts on the thing itself by a path that means it and nothing else. A link is the link. */
  pinned<T>(path: Buffer, act: (self: Entry, stats: Stats) => T): T {
    const pin = this.entry(path, (entry) => openSync(entry, O_PATH | O_NOFOLLOW));
    try {
      return act(Buffer.from(`/proc/self/fd/${pin}`), fstatSync(pin));
    } finally {
      closeSync(pin);
    }
  }

  /** A plain file, and nothing that an opening could hang on. */
  open(path: Buffer, flags: number, mode: number): number {
    const file = this.entry(path, (entry) => openSync(entry, flags | O_NOFOLLOW | O_NONBLOCK, mode));
    if (fstatSync(file).isFile()) return file;
    closeSync(file);
    throw Object.assign(new Error("no plain file"), { code: "EACCES" });
  }
}

/** The path within the folder, `..` undone by name: it never leads above the root. */
export function normalized(path: Buffer): Buffer {
  return Buffer.concat([Buffer.from("/"), join(partsOf(path))]);
}

function partsOf(path: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (const part of split(path)) {
    const name = part.toString("latin1");
    if (name === "..") parts.pop();
    else if (name !== "" && name !== ".") parts.push(part);
  }
  return parts;
}

/** Names are bytes; only the slash means something. */
function* split(path: Buffer): Generator<Buffer> {
  let from = 0;
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", from)) {
    yield path.subarray(from, at);
    from = at + 1;
  }
  yield path.subarray(from);
}

function join(parts: readonly Buffer[]): Buffer {
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from("/"), part])));
}

function under(folder: number, name: Buffer): Entry {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name]);
}
