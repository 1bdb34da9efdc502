import { closeSync, openSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { koffi } from "./native/koffi.ts";
import { libc } from "./native/libc.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;

/** The lock did not come free in time. */
export class LockTimeout extends Error {
  override readonly name = "LockTimeout";
  readonly path: string;

  constructor(path: string) {
    super(`${path} is still locked by another process.`);
    this.path = path;
  }
}

/**
 * An exclusive lock on a file (flock), held against other processes and against other holders in this one. It ends with
 * `[Symbol.dispose]()` or with the process, however that ends. The file is made if missing and never removed.
 */
export class FileLock implements Disposable {
  readonly path: string;
  #fd: number | null;

  private constructor(path: string, fd: number) {
    this.path = path;
    this.#fd = fd;
  }

  /** Null when somebody else has it. Fails with the file system's own error when the file cannot be opened. */
  static tryAcquire(path: string): FileLock | null {
    const fd = openSync(path, "a", 0o600);
    if (libc().flock(fd, LOCK_EX | LOCK_NB) === 0) return new FileLock(path, fd);
    const errno = koffi().errno();
    closeSync(fd);
    if (errno === koffi().os.errno["EWOULDBLOCK"]) return null;
    throw new Error(`${path} cannot be locked (errno ${errno}).`);
  }

  /** Waits until it is free. Fails with LockTimeout after `timeoutMs`, or with the signal's reason. */
  static async acquire(path: string, options: { signal?: AbortSignal; timeoutMs?: number } = {}): Promise<FileLock> {
    const { signal, timeoutMs = Number.POSITIVE_INFINITY } = options;
    const deadline = performance.now() + timeoutMs;
    for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
      signal?.throwIfAborted();
      const lock = FileLock.tryAcquire(path);
      if (lock !== null) return lock;
      if (performance.now() >= deadline) throw new LockTimeout(path);
      // An abort ends the pause early; the loop then throws its reason.
      await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }

  [Symbol.dispose](): void {
    if (this.#fd === null) return;
    closeSync(this.#fd);
    this.#fd = null;
  }
}
