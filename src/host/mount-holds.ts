/** Who holds a folder of a VM by sshfs: a lock on this machine, which ends with its process, however that ends. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FileLock } from "#ffi";
import type { Paths } from "./paths.ts";

type LockPaths = Pick<Paths, "locks">;

/** null when another process of this user has it. */
export function takeHold(paths: LockPaths, uuid: string, guestPath: string): Disposable | null {
  mkdirSync(paths.locks, { recursive: true, mode: 0o700 });
  const path = holdFile(paths, uuid, guestPath);
  const lock = FileLock.tryAcquire(path);
  if (lock === null) return null;
  return {
    [Symbol.dispose]: () => {
      rmSync(path, { force: true });
      lock[Symbol.dispose]();
    },
  };
}

export function isHeld(paths: LockPaths, uuid: string, guestPath: string): boolean {
  const path = holdFile(paths, uuid, guestPath);
  if (!existsSync(path)) return false;
  using lock = FileLock.tryAcquire(path);
  return lock === null;
}

function holdFile({ locks }: LockPaths, uuid: string, guestPath: string): string {
  return join(locks, `${uuid}.${createHash("sha256").update(guestPath).digest("hex").slice(0, 12)}.mount`);
}
