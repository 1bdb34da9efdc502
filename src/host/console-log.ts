/** What a guest writes to its serial console, from the file that libvirt keeps of it. */
import { readdirSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LibvirtClient } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { ConsoleLines, type OnPrompt, whenChanged } from "./console-lines.ts";
import { readDomain } from "./domain-read.ts";
import type { Home } from "./home.ts";
import type { Paths } from "./paths.ts";

const LOOK_EVERY_MS = 250;
const CHUNK = 64 * 1024;

/** Where a VM's console is to be written, on the hypervisor's host; null where the driver writes none. */
export function consoleLogPath(home: Home, paths: Pick<Paths, "sessionLogs">, uuid: string): string | null {
  if (home.driver !== "qemu") return null;
  return join(logFolder(home, paths), nameOf(uuid));
}

/** Where libvirt writes what QEMU itself says; null where that is on another host, or nowhere. */
export function qemuLogPath(home: Home, paths: Pick<Paths, "sessionLogs">, domain: string): string | null {
  if (home.driver !== "qemu" || home.remote) return null;
  return join(logFolder(home, paths), `${domain}.log`);
}

function logFolder(home: Home, paths: Pick<Paths, "sessionLogs">): string {
  return home.mode === "session" ? paths.sessionLogs : "/var/log/libvirt/qemu";
}

function nameOf(uuid: string): string {
  return `hutch-${uuid}.console.log`;
}

/**
 * Removes the log of a VM that is gone, rotated ones too: libvirt leaves it where it is. Only one that hutch named; what
 * this user may not remove (or is on another host) stays.
 */
export function removeConsoleLog(path: string, uuid: string): void {
  if (basename(path) !== nameOf(uuid)) return;
  try {
    for (const name of readdirSync(dirname(path))) {
      if (name === nameOf(uuid) || name.startsWith(`${nameOf(uuid)}.`))
        rmSync(join(dirname(path), name), { force: true });
    }
  } catch {
    // A log of some kilobytes is no reason to fail.
  }
}

/** Where its serial console is written to; null when it writes none, or is gone. */
export async function consoleLogOf(client: LibvirtClient, uuid: string): Promise<string | null> {
  return readDomain((await client.call("domain.detail", { ref: { uuid } })).xml).consoleLog;
}

/**
 * Lines as they come, cleaned of escapes, from the log's beginning or from now on; until the abort. Goes on over a log that
 * is made later, cut off at a new start or rotated away. E_HOST when this user may not read it.
 */
export async function* followConsole(
  path: string,
  {
    signal,
    fromStart = false,
    onPrompt,
  }: { readonly signal: AbortSignal; readonly fromStart?: boolean; readonly onPrompt?: OnPrompt | undefined },
): AsyncGenerator<string> {
  const tail = new Tail(path);
  const tell = whenChanged(onPrompt);
  try {
    if (!fromStart) await tail.skip();
    while (!signal.aborted) {
      yield* await tail.next();
      tell(tail.rest());
      await pause(LOOK_EVERY_MS, signal);
    }
  } finally {
    await tail.close();
  }
}

/** All lines that are there now, cleaned. None when there is no log yet; E_HOST when this user may not read it. */
export async function* readConsole(path: string): AsyncGenerator<string> {
  const tail = new Tail(path);
  try {
    yield* await tail.next();
    yield* tail.rest();
  } finally {
    await tail.close();
  }
}

/** A file that is read on and on, whatever happens to its name. */
class Tail {
  readonly #path: string;
  #file: FileHandle | null = null;
  #inode = 0;
  #offset = 0;
  readonly #lines = new ConsoleLines();

  constructor(path: string) {
    this.#path = path;
  }

  async skip(): Promise<void> {
    const file = await this.#open();
    if (file !== null) this.#offset = (await file.stat()).size;
  }

  /** The whole lines since the last look. */
  async next(): Promise<readonly string[]> {
    const lines: string[] = [];
    if (this.#file !== null) lines.push(...(await this.#read(this.#file)));
    if (await this.#isReplaced()) {
      await this.close();
      const file = await this.#open();
      if (file !== null) lines.push(...(await this.#read(file)));
    }
    return lines;
  }

  /** What stands after the last whole line. */
  rest(): readonly string[] {
    return this.#lines.rest();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = null;
    this.#offset = 0;
  }

  async #isReplaced(): Promise<boolean> {
    if (this.#file === null) return true;
    const now = await this.#openAgain();
    if (now === null) return false;
    const { ino } = await now.stat();
    await now.close();
    return ino !== this.#inode;
  }

  async #open(): Promise<FileHandle | null> {
    this.#file = await this.#openAgain();
    if (this.#file !== null) this.#inode = (await this.#file.stat()).ino;
    return this.#file;
  }

  async #openAgain(): Promise<FileHandle | null> {
    try {
      return await open(this.#path, "r");
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return null;
      throw new HutchError(
        {
          code: "E_HOST",
          message: `The log ${this.#path} cannot be read.`,
          ...(code === "EACCES" ? { why: "It belongs to root." } : {}),
          next: ["As root it can: the same command, after sudo."],
        },
        error,
      );
    }
  }

  async #read(file: FileHandle): Promise<readonly string[]> {
    const { size } = await file.stat();
    if (size < this.#offset) this.#offset = 0;
    const lines: string[] = [];
    const buffer = Buffer.alloc(CHUNK);
    while (this.#offset < size) {
      const { bytesRead } = await file.read(buffer, 0, CHUNK, this.#offset);
      if (bytesRead === 0) break;
      this.#offset += bytesRead;
      lines.push(...this.#lines.take(buffer.subarray(0, bytesRead)));
    }
    return lines;
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end, { once: true });
  });
}
