/** What was baked is baked anew when its base is: by the command line, in a real guest. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ImageRow } from "../../src/core/requests.ts";
import { forceOff } from "../../src/host/domains.ts";
import { bake } from "../../src/usecases/bake.ts";
import { openContext } from "../../src/usecases/context.ts";
import { searchDisk } from "../support/disk-search.ts";
import { guestImage } from "../support/guest-image.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import { runTool } from "../support/tool.ts";

const BOOT_MS = 900_000;
/** The root file system begins here on disks that hutch builds. */
const ROOT_OFFSET = 36 * 1024 ** 2;
const MARK = "base-of-today";

let lane: SystemLane;
let hutch: HutchCli;
/** The base with one more file in it. */
let newer: string;

beforeAll(async () => {
  lane = await startSystemLane();
  hutch = hutchIn(lane);
  const file = await guestImage("debian-13");
  await hutch.json(["image", "import", file, "--name", "debian-13"]);
  // What an older bake left, without what was done in its guest: here it is its origin that counts.
  const ctx = await openContext({ uri: lane.uri, env: lane.env });
  try {
    for (const recipe of [{ engine: "docker" }, { packages: ["tree"], name: "dev" }])
      await bake(ctx, { base: "debian-13", ...recipe }, ({ client }, _, uuid) => forceOff(client, uuid)).result;
  } finally {
    await ctx.client.close();
  }
  newer = join(lane.root, "newer.qcow2");
  const mark = join(lane.root, MARK);
  await writeFile(mark, `${MARK}\n`);
  await runTool(["qemu-img", "convert", "-f", "qcow2", "-O", "raw", file, raw()]);
  await runTool(["debugfs", "-w", "-R", `write ${mark} /etc/${MARK}`, `${raw()}?offset=${ROOT_OFFSET}`]);
  await runTool(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw(), newer]);
}, 300_000);
afterAll(() => lane?.stop());

const raw = () => join(lane.root, "disk.raw");
const onDisk = (command: string) => runTool(["debugfs", "-R", command, `${raw()}?offset=${ROOT_OFFSET}`]);
const images = async () => (await hutch.json<{ images: ImageRow[] }>(["image", "ls"])).images;
const named = async (name: string) => (await images()).filter((image) => image.name === name);
const importNewer = async () => {
  const { code, stderr } = await hutch.run(["image", "import", newer, "--name", "debian-13"]);
  if (code !== 0) throw new Error(`The import ended with ${code}: ${stderr}`);
  return stderr.split("\n");
};
const planned = async (...words: readonly string[]) =>
  (await hutch.run(["launch", ...words, "--name", "t-one", "--dry-run"])).stderr;

it("is stale once a newer base is there: said at once, in the list, and at launch", async () => {
  expect(await planned("debian-13", "--engine", "docker")).toContain("Using debian-13 with docker baked on");
  expect(await importNewer()).toEqual(
    expect.arrayContaining([
      "debian-13-docker was baked from an older debian-13. To renew it: hutch image bake debian-13 --engine docker --name debian-13-docker",
      "dev was baked from an older debian-13. To renew it: hutch image bake debian-13 --packages tree --name dev",
    ]),
  );
  const stale = (await images()).filter((image) => image.stale);
  expect(stale.map(({ name }) => name).sort()).toEqual(["debian-13-docker", "dev"]);
  expect((await hutch.run(["image", "ls"])).stdout).toMatch(/^dev .*; its base is newer by now$/m);
  expect(await planned("debian-13", "--engine", "docker")).toContain(
    "debian-13-docker was baked from an older debian-13 and is not used. To renew it: hutch image bake debian-13 --engine docker",
  );
  expect(await planned("dev")).toContain("dev was baked from an older debian-13 than the store has now.");
});

it("is baked anew where the config says so, from what the newer base has in it", { timeout: BOOT_MS }, async () => {
  await hutch.json(["image", "rm", "debian-13-docker", "--yes"]);
  const [before] = await named("dev");
  await hutch.run(["config", "set", "bake", "auto"]);
  const talk = await importNewer();
  expect(talk).toContain("Baking dev anew from debian-13, as the config file says (bake: auto).");
  expect(talk).toContain("Baked dev.");
  const [today, ...older] = await named("dev");
  const [base] = await named("debian-13");
  if (today === undefined) throw new Error("There is no dev.");
  expect(older).toEqual([]);
  expect(today.digest).not.toBe(before?.digest);
  expect(today).toMatchObject({ stale: false, origin: { baseDigest: base?.digest, packages: ["tree"] } });

  await searchDisk(join(lane.root, "lib/images/hutch", today.volume), raw(), { mark: Buffer.from(MARK) });
  expect(await onDisk(`cat /etc/${MARK}`)).toContain(MARK);
  expect(await onDisk("stat /usr/bin/tree")).toContain("Type: regular");
});
