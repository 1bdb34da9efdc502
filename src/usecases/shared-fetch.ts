/** One fetch for all who want the same image at the same time, in whatever process. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isImageError, lockFile, tryLockFile } from "#images";
import { isHutchError } from "../core/errors.ts";
import type { BaseImage } from "../host/image-label.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { cannotWrite } from "./work-folder.ts";

/** Beside the file that is fetched, held from its first byte until it is in the store: so `image prune` leaves it alone. */
export const FETCH_LOCK = ".fetch.lock";

export type SharedFetch = {
  /** Its name in the cache. */
  readonly name: string;
  /** What the store has of it already, asked when it is our turn. */
  readonly stored: () => Promise<BaseImage | undefined>;
  /** Gets it there by way of this file, which then goes. */
  readonly fetch: (file: string) => Promise<BaseImage>;
};

/**
 * Fetches an image unless the store has it by now. Who comes while another is at it waits, and takes what that one got. After
 * a failure or a cancel the file stays in the cache, and whoever wants it next goes on with it; but not where the bytes
 * are whole and no image, nor where the cache or the pool is full: there it would be in the way. E_IMAGE where the cache
 * cannot be written, else as `fetch`.
 */
export async function fetchOnce(ctx: Context, what: SharedFetch, step: StepScope): Promise<BaseImage> {
  const { imageCache } = ctx.paths;
  const file = join(imageCache, what.name);
  const unlock = await aloneWith(imageCache, `${what.name}${FETCH_LOCK}`, "fetching it", step);
  try {
    const stored = await what.stored();
    if (stored !== undefined) {
      step.note("It is in the store already.");
      return stored;
    }
    const base = await what.fetch(file);
    rmSync(file, { force: true });
    return base;
  } catch (error) {
    if (isOfNoUse(error)) rmSync(file, { force: true });
    throw error;
  } finally {
    await unlock();
  }
}

function isOfNoUse(error: unknown): boolean {
  if (isImageError(error)) return error.kind === "unusable" || error.kind === "disk-full";
  return isHutchError(error) && /no space left/i.test(error.why ?? "");
}

/**
 * Alone with what this lock file of the cache stands for, among all processes of this user; whoever has to wait is told that
 * another hutch is at it. Gives back what lets go of it. E_IMAGE where the cache cannot be written.
 */
export async function aloneWith(
  cache: string,
  name: string,
  doing: string,
  step: StepScope,
): Promise<() => Promise<void>> {
  const lock = join(cache, name);
  try {
    mkdirSync(cache, { recursive: true });
    const unlock = await tryLockFile(lock);
    if (unlock !== undefined) return unlock;
    step.note(`Another hutch is ${doing}: waiting for that.`);
    return await lockFile(lock, step.signal);
  } catch (error) {
    if (isImageError(error)) throw error;
    throw cannotWrite(cache, error);
  }
}
