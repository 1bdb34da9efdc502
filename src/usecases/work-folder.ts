/** Where images are unpacked, converted and built: a folder in the cache that goes when the work ends, however it ends. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { lockFile } from "#images";
import { HutchError } from "../core/errors.ts";
import type { Context } from "./context.ts";

/**
 * Its lock is held meanwhile: by that, what a killed hutch left behind is known (see image-prune). E_IMAGE where the cache
 * cannot be written.
 */
export async function inWorkFolder<T>(ctx: Context, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = makeFolder(ctx.paths.imageCache);
  const unlock = await lockFile(`${folder}.lock`);
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await unlock();
  }
}

function makeFolder(cache: string): string {
  try {
    mkdirSync(cache, { recursive: true });
    return mkdtempSync(join(cache, "work-"));
  } catch (error) {
    throw cannotWrite(cache, error);
  }
}

export function cannotWrite(folder: string, error: unknown): HutchError {
  return new HutchError(
    {
      code: "E_IMAGE",
      message: `Nothing can be written in ${folder}.`,
      why: error instanceof Error ? error.message : String(error),
      details: { kind: "io" },
      next: [`ls -ld ${folder}: whose it is, and whether it is a folder`, `df -h ${folder}: how much room there is`],
    },
    error,
  );
}
