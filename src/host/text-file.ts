/** Small files of text that other programs read too: read whole, written whole. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type StatsListener,
  statSync,
  unwatchFile,
  watchFile,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { HutchError } from "../core/errors.ts";

/** Empty when there is none. E_INVALID when it cannot be read. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw new HutchError({ code: "E_INVALID", message: `${file} cannot be read.` }, error);
  }
}

/** Between two looks. Milliseconds. */
const LOOK_EVERY_MS = 2000;

/** Looks at it now and then, for an editor puts another file in its place; it may come later. Keeps no process alive. */
export function watchText(file: string, changed: () => void): () => void {
  const look: StatsListener = (now, before) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino || now.size !== before.size) changed();
  };
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, look);
  return () => unwatchFile(file, look);
}

/** The whole file or the old one, never half; links are followed, mode and owner stay. E_HOST when it cannot be written. */
export function writeText(file: string, text: string): void {
  const temporary = (target: string) => `${target}.${randomBytes(6).toString("hex")}`;
  let made: string | null = null;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const before = statSync(file, { throwIfNoEntry: false });
    const target = before === undefined ? file : realpathSync(file);
    made = temporary(target);
    writeFileSync(made, text, { mode: 0o600, flush: true });
    if (before !== undefined) {
      chmodSync(made, before.mode & 0o7777);
      if (process.getuid?.() === 0) chownSync(made, before.uid, before.gid);
    }
    renameSync(made, target);
  } catch (error) {
    if (made !== null) rmSync(made, { force: true });
    throw new HutchError(
      {
        code: "E_HOST",
        message: `${file} cannot be written.`,
        why: error instanceof Error ? error.message : String(error),
        next: [`ls -ld ${dirname(file)}`],
      },
      error,
    );
  }
}
