import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { BakeRequest } from "../../src/core/bake.ts";
import { bake } from "../../src/usecases/bake.ts";
import { type Context, openContext } from "../../src/usecases/context.ts";
import { importImage } from "../../src/usecases/images.ts";

let folder: string;
let ctx: Context;
let untouched: unknown;

/** What a bake could leave behind, as far as the test driver keeps any of it. */
async function look() {
  const { client, paths } = ctx;
  const domains = (await client.call("domain.list", {})).map(({ name, state }) => ({ name, state }));
  const volumes = (await client.call("volume.list", { pool: "hutch" })).map(({ name }) => name).sort();
  const cache = await stat(paths.imageCache).catch(() => null);
  return { domains, volumes, journals: readdirSync(paths.journal), cache };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-bake-"));
  const blank = join(folder, "blank.qcow2");
  await promisify(execFile)("qemu-img", ["create", "-q", "-f", "qcow2", blank, "1M"]);
  ctx = await openContext({ uri: "test:///default", env: { HOME: join(folder, "home") } });
  for (const name of ["blank", "mine"]) await importImage(ctx, blank, { name }).result;
});
afterAll(async () => {
  await ctx?.client.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  untouched = await look();
});

/** Refused with these words, and nothing made. */
async function expectRefused(request: Partial<BakeRequest>, exitCode: number, message: RegExp) {
  const order = { base: "blank", engine: "docker", ...request };
  // A bake without a name is refused before there is an operation.
  await expect((async () => bake(ctx, order).result)()).rejects.toMatchObject({
    exitCode,
    message: expect.stringMatching(message),
    next: expect.arrayContaining([expect.any(String)]),
    left: [],
  });
  expect(await look()).toEqual(untouched);
}

describe("image bake refuses", () => {
  it.each<[string, Partial<BakeRequest>, number, RegExp]>([
    ["an unknown base", { base: "debain-13" }, 4, /no image "debain-13"/],
    ["a file for a base", { base: import.meta.filename }, 2, /is a file: a base is an image of the store/],
    ["an unknown engine", { engine: "dokcer" }, 2, /no engine "dokcer"/],
    ["nothing to bake", { engine: null }, 2, /nothing to bake/],
    ["nothing to bake under a name", { engine: null, name: "x" }, 2, /nothing to bake/],
    ["packages without a name for the image", { packages: ["git"] }, 2, /needs a name/],
    ["user-data without a name for the image", { engine: null, userData: "#cloud-config\n" }, 2, /needs a name/],
    [
      "a package that a shell would run",
      { packages: ["git;reboot"], name: "x" },
      2,
      /"git;reboot" cannot be a package/,
    ],
    ["a package that is an option", { packages: ["-y"], name: "x" }, 2, /"-y" cannot be a package/],
    ["user-data that is empty", { engine: null, userData: " \n", name: "x" }, 3, /The user-data is empty/],
    ["user-data that is none", { userData: "just words", name: "x" }, 3, /The user-data cannot be used/],
    [
      "user-data that is broken",
      { userData: "#cloud-config\nruncmd: [", name: "x" },
      3,
      /The user-data cannot be used/,
    ],
    ["the name of an image that was not baked", { name: "mine" }, 5, /another image mine in the store/],
    ["a name of the catalogue", { name: "debian-12" }, 5, /debian-12 is an image of the catalogue/],
    ["a name that is a path", { name: "../mine" }, 2, /"\.\.\/mine" cannot be an image's name/],
    ["a name that launch takes for a file", { name: "mine.qcow2" }, 2, /"mine\.qcow2" cannot be an image's name/],
  ])("%s", async (_, request, exitCode, message) => expectRefused(request, exitCode, message));

  it("user-data with a way to check it that there is", async () => {
    const order = { base: "blank", userData: "just words", name: "x" };
    await expect(bake(ctx, order).result).rejects.toMatchObject({
      next: ["hutch launch blank --cloud-init FILE --dry-run: checks it and makes nothing"],
    });
  });
});
