/** Where images are unpacked, converted and built: a folder in the cache that goes when the work ends, however it ends. */
import { mkdirSync, mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { lockFile } from "#images";
import type { Context } from "./context.ts";

/** Its lock is held meanwhile: by that, what a killed hutch left behind is known (see image-prune). */
export async function inWorkFolder<T>(ctx: Context, act: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(ctx.paths.imageCache, { recursive: true });
  const folder = mkdtempSync(join(ctx.paths.imageCache, "work-"));
  const unlock = await lockFile(`${folder}.lock`);
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    await unlock();
  }
}
