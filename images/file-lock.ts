import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { run } from "./process.ts";

/**
 * Waits until this caller alone holds the lock file, and gives back what lets go of it. The kernel keeps the lock with our
 * open file, so it ends with the process, however that ends; callers in one process wait for each other as well.
 *
 * Fails with `cancelled`, `tools` (no `flock` program), or the file system's own error.
 */
export async function lockFile(path: string, signal?: AbortSignal): Promise<() => Promise<void>> {
  for (;;) {
    const handle = await open(path, "a");
    try {
      await run(["flock", "--exclusive", "3"], { signal, fd3: handle.fd });
      if (await isStillThere(path, handle)) {
        return async () => {
          await rm(path, { force: true });
          await handle.close();
        };
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    // The holder before us removed the file as it let go: what we locked is no longer what others look at.
    await handle.close();
  }
}

/** The same without waiting: undefined while another holds it. */
export async function tryLockFile(path: string): Promise<(() => Promise<void>) | undefined> {
  const handle = await open(path, "a");
  try {
    const { code } = await run(["flock", "--exclusive", "--nonblock", "3"], { fd3: handle.fd });
    if (code === 0 && (await isStillThere(path, handle))) {
      return async () => {
        await rm(path, { force: true });
        await handle.close();
      };
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  await handle.close();
  return undefined;
}

async function isStillThere(path: string, handle: FileHandle): Promise<boolean> {
  const mine = await handle.stat({ bigint: true });
  const theirs = await stat(path, { bigint: true }).catch(() => undefined);
  return theirs?.ino === mine.ino && theirs.dev === mine.dev;
}
