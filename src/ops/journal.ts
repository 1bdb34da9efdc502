/**
 * The write-ahead journal of one operation: a file of JSON lines, locked for as long as its process lives. Whoever can
 * take the lock of a journal knows that its operation died.
 */
import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import type { UndoEntry } from "./undo.ts";

/** Takes a file's lock, or null when another process holds it. */
export type TryLock = (path: string) => Disposable | null;

export type JournalHead = {
  readonly id: string;
  readonly host: string;
  readonly kind: string;
  readonly title: string;
  readonly subject: string;
  readonly at: number;
};

type Line =
  | ({ readonly k: "begin" } & JournalHead)
  | { readonly k: "undo"; readonly n: number; readonly entry: UndoEntry }
  | { readonly k: "undone"; readonly n: number };

export type OpenEntry = { readonly n: number; readonly entry: UndoEntry };

/** What a journal says is still to be undone, in the order in which it was done. */
export type JournalContent = { readonly head: JournalHead; readonly open: readonly OpenEntry[] };

const SUFFIX = ".ndjson";

export class Journal {
  readonly path: string;
  readonly #fd: number;
  readonly #lock: Disposable;

  private constructor(path: string, fd: number, lock: Disposable) {
    this.path = path;
    this.#fd = fd;
    this.#lock = lock;
  }

  /** Locked before it gets its name, so that nobody finds it unlocked while its operation lives. */
  static begin(directory: string, head: JournalHead, tryLock: TryLock): Journal {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, head.id + SUFFIX);
    const unnamed = `${path}.new`;
    const fd = openSync(unnamed, "ax", 0o600);
    const lock = tryLock(unnamed);
    if (lock === null) throw new Error(`the new journal ${unnamed} is locked by somebody else`);
    const journal = new Journal(path, fd, lock);
    journal.#write({ k: "begin", ...head });
    renameSync(unnamed, path);
    return journal;
  }

  /** Takes over the journal of a dead operation; null while it is alive, or when it is gone. */
  static takeOver(path: string, tryLock: TryLock): Journal | null {
    let fd: number;
    try {
      fd = openSync(path, constants.O_WRONLY | constants.O_APPEND);
    } catch {
      return null;
    }
    const lock = tryLock(path);
    if (lock !== null) return new Journal(path, fd, lock);
    closeSync(fd);
    return null;
  }

  registered(n: number, entry: UndoEntry): void {
    this.#write({ k: "undo", n, entry });
  }

  undone(n: number): void {
    this.#write({ k: "undone", n });
  }

  /** `forget`: nothing is open any more, the file goes. Otherwise it stays for `doctor --fix`. */
  end(forget: boolean): void {
    if (forget) rmSync(this.path, { force: true });
    closeSync(this.#fd);
    this.#lock[Symbol.dispose]();
  }

  #write(line: Line): void {
    writeSync(this.#fd, `${JSON.stringify(line)}\n`);
    fsyncSync(this.#fd);
  }
}

export function journalsIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((name) => name.endsWith(SUFFIX))
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** null when there is no journal any more, or its first line was never written whole. */
export function readJournal(path: string): JournalContent | null {
  let head: JournalHead | null = null;
  const open = new Map<number, UndoEntry>();
  for (const line of linesOf(path)) {
    if (line.k === "begin") head = line;
    else if (line.k === "undo") open.set(line.n, line.entry);
    else open.delete(line.n);
  }
  return head && { head, open: [...open].map(([n, entry]) => ({ n, entry })) };
}

/** A process killed in the middle of a write leaves half a line at the end: what was not written was not yet done. */
function* linesOf(path: string): Generator<Line> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return;
  }
  for (const line of text.split("\n").slice(0, -1)) yield JSON.parse(line) as Line;
}
