import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { FileLock } from "#ffi";
import { buildImage } from "#images";
import { CHECKOUT, TEST_CACHE } from "./lane-namespace.ts";

/** What an image is made by: other sources, another image. */
const RECIPE = join(CHECKOUT, "images/build");

/**
 * A cloud image that guests of tests start from: built here when it is not in the cache yet (one to two minutes), else at
 * once. Tests that ask at the same time build it once. Everybody can read the file; nobody may write to it.
 */
export async function guestImage(name: string): Promise<string> {
  await mkdir(TEST_CACHE, { recursive: true });
  const file = join(TEST_CACHE, `${name}-${await recipeKey()}.qcow2`);
  using _lock = await FileLock.acquire(join(TEST_CACHE, `${name}.lock`));
  if (existsSync(file)) return file;

  const older = (await readdir(TEST_CACHE)).filter((each) => each.startsWith(`${name}-`));
  await Promise.all(older.map((each) => rm(join(TEST_CACHE, each), { force: true })));
  const workDir = await mkdtemp(join(TEST_CACHE, "build-"));
  try {
    await buildImage(name, {
      targetFile: file,
      workDir,
      onNote: (line) => console.error(`${name}: ${line}`),
    });
    await chmod(file, 0o444);
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
  return file;
}

async function recipeKey(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(RECIPE)).sort()) hash.update(name).update(await readFile(join(RECIPE, name)));
  return hash.digest("hex").slice(0, 12);
}
