/** VMs as files: written on one private libvirtd, read by another that has no image of theirs. */
import { copyFile, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ArchiveManifest } from "../../src/core/archive.ts";
import { isHutchError } from "../../src/core/errors.ts";
import { ArchiveReader } from "../../src/host/archive-file.ts";
import { tarHeader } from "../../src/host/tar.ts";
import type { Context } from "../../src/usecases/context.ts";
import { attachDisk } from "../../src/usecases/disks.ts";
import { exportMachine } from "../../src/usecases/export.ts";
import { importMachine } from "../../src/usecases/import.ts";
import { info } from "../../src/usecases/info.ts";
import { launch } from "../../src/usecases/launch.ts";
import { start } from "../../src/usecases/power.ts";
import { remove } from "../../src/usecases/trash.ts";
import { changeSettings } from "../../src/usecases/vm-settings.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type LaunchGround, layLaunchGround } from "../support/launch-ground.ts";

const MIB = 1024 ** 2;
const NAME = "t-moved";
/** With all that a path may have in it. */
const FOLDER = "über 'quoted' \"doubly\"\nnext 数";

let here: LaunchGround;
let there: LaunchGround;
let ctx: Context;
let other: Context;
let folder: string;
let file: string;

beforeAll(async () => {
  [here, there] = await Promise.all([layLaunchGround(), layLaunchGround()]);
  ctx = await here.context();
  other = await there.context();
  folder = join(here.lane.root, FOLDER);
  await mkdir(folder);
  file = join(folder, "whole.tar");
  await launch(ctx, { ...blankVm(NAME, here.image), start: false }).result;
  await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
  await changeSettings(ctx, NAME, { tags: ["prod"], description: "eins" }).result;
  // What an import shares with others is there from the first on.
  await launch(other, { ...blankVm("t-first", there.image), start: false }).result;
  await remove(other, { names: ["t-first"], purge: true }).result;
});
afterAll(async () => {
  await here?.[Symbol.asyncDispose]();
  await there?.[Symbol.asyncDispose]();
});

describe("export", () => {
  it("writes a file with disks, record and checksums, and nothing beside it", async () => {
    const before = await here.world();
    const done = await exportMachine(ctx, NAME, { file }).result;
    expect(done).toEqual({ name: NAME, file, bytes: (await stat(file)).size });
    expect(await readdir(folder)).toEqual(["whole.tar"]);
    expect(await here.world()).toEqual(before);
    const { stdout } = await here.lane.exec(["tar", "-tf", file]);
    expect(stdout.trim().split("\n")).toEqual(["manifest.json", "disk0.qcow2", "disk1.qcow2"]);
  });

  it("goes on beside another one of the same VM; the second to end replaces nothing unasked", async () => {
    const before = await here.world();
    const target = join(folder, "twice.tar");
    const ends = await Promise.allSettled([1, 2].map(() => exportMachine(ctx, NAME, { file: target }).result));
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(ends.find(({ status }) => status === "rejected")).toMatchObject({
      reason: { code: "E_CONFLICT", left: [] },
    });
    const { stdout } = await here.lane.exec(["tar", "-tf", target]);
    expect(stdout.trim().split("\n")).toHaveLength(3);
    await rm(target);
    expect(await readdir(folder)).toEqual(["whole.tar"]);
    expect(await here.world()).toEqual(before);
    await expect(exportMachine(ctx, NAME, { file: join(folder, "none", "x.tar") }).result).rejects.toMatchObject({
      code: "E_NOT_FOUND",
    });
  });

  it("to a disk that is full says so, and leaves nothing", async () => {
    const full = join(here.lane.root, "full");
    await mkdir(full);
    const mounted = (...argv: string[]) => here.lane.exec(argv);
    await mounted("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", full);
    try {
      const { code, stderr } = await here.lane.hutch(["export", NAME, join(full, "x.tar"), "-o", "json"]);
      expect([code, stderr]).toEqual([6, expect.stringContaining("no space left on its disk")]);
      expect((await mounted("ls", "-A", full)).stdout).toBe("");
    } finally {
      await mounted("umount", full);
    }
  });

  it("replaces nothing unasked, and leaves no partial file when it is cancelled", async () => {
    await expect(exportMachine(ctx, NAME, { file }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: [expect.stringContaining("--force")],
    });
    const before = await here.world();
    const cancelling = await here.context(({ step, phase }) => {
      if (step === "export" && phase === "undo") operation.cancel();
    });
    const operation = exportMachine(cancelling, NAME, { file: join(folder, "half.tar") });
    await expect(operation.result).rejects.toMatchObject({ code: "E_CANCELLED", left: [] });
    expect(await readdir(folder)).toEqual(["whole.tar"]);
    expect(await here.world()).toEqual(before);
  });

  it("refuses a running VM in words", async () => {
    await launch(ctx, blankVm("t-on", here.image)).result;
    await expect(exportMachine(ctx, "t-on", { file: join(folder, "on.tar") }).result).rejects.toMatchObject({
      exitCode: 5,
      next: ["hutch stop t-on"],
    });
    await remove(ctx, { names: ["t-on"], purge: true }).result;
  });
});

describe("import", () => {
  it("makes the same machine on a host that has no image of it", async () => {
    // Folders that are made once, and stay.
    await importMachine(other, { file }).result;
    await start(other, [NAME], {}).result;
    await remove(other, { names: [NAME], purge: true }).result;
    const before = await there.world();
    await importMachine(other, { file }).result;
    const [was, is] = [await info(ctx, NAME), await info(other, NAME)];
    expect(is).toMatchObject({
      uuid: was.uuid,
      macs: was.macs,
      status: { power: "stopped" },
      record: { state: "made", tags: ["prod"], description: "eins", hostKey: was.record?.hostKey, pending: [] },
    });
    expect(is.disks.filter(({ format }) => format === "qcow2").map(({ virtualBytes }) => virtualBytes)).toEqual([
      16 * MIB,
      8 * MIB,
    ]);
    await start(other, [NAME], {}).result;
    await expect(importMachine(other, { file }).result).rejects.toMatchObject({ code: "E_CONFLICT" });
    await expect(importMachine(other, { file, name: "t-else" }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: expect.stringContaining("here already"),
    });
    await remove(other, { names: [NAME], purge: true }).result;
    expect(await there.world()).toEqual(before);
  });

  it("takes one without its base image only where that image is", async () => {
    const small = join(folder, "small.tar");
    await exportMachine(ctx, NAME, { file: small, withoutBase: true }).result;
    const strange = await layLaunchGround();
    try {
      const context = await strange.context();
      await expect(importMachine(context, { file: small }).result).rejects.toMatchObject({
        code: "E_IMAGE",
        message: expect.stringContaining("sha256:"),
      });
    } finally {
      await strange[Symbol.asyncDispose]();
    }
    await importMachine(other, { file: small, name: "t-small" }).result;
    await start(other, ["t-small"], {}).result;
    await remove(other, { names: ["t-small"], purge: true }).result;
    await rm(small);
  });

  describe("of a file that is not right makes nothing", () => {
    const manifest = async () => {
      const archive = await ArchiveReader.open(file);
      await archive.close();
      return archive.manifest;
    };
    const damaged = async (change: (copy: string) => Promise<void>) => {
      const copy = join(folder, "damaged.tar");
      await copyFile(file, copy);
      await change(copy);
      return copy;
    };
    const overwrite = async (copy: string, bytes: Uint8Array, at: number) => {
      const handle = await open(copy, "r+");
      await handle.write(bytes, 0, bytes.length, at);
      await handle.close();
    };
    const withManifest = (change: (before: ArchiveManifest) => object) => async (copy: string) => {
      const text = Buffer.alloc(256 * 1024, "\n");
      text.write(JSON.stringify(change(await manifest())));
      await overwrite(copy, text, 512);
    };
    const FIRST_DISK = 512 + 256 * 1024;

    it.each<[string, RegExp, (copy: string) => Promise<void>]>([
      ["is cut off", /ends too early/, async (copy) => truncate(copy, FIRST_DISK + 2000)],
      ["has one other byte in a disk", /checksum/, (copy) => overwrite(copy, Buffer.from("x"), FIRST_DISK + 5000)],
      ["has a wrong checksum in its header", /damaged/, (copy) => overwrite(copy, Buffer.from("9"), FIRST_DISK + 124)],
      ["is no archive", /tar archive/, (copy) => writeFile(copy, "x".repeat(4096))],
      ["is empty", /ends too early/, (copy) => writeFile(copy, "")],
      ["is newer", /newer hutch \(format 2\)/, withManifest((before) => ({ ...before, version: 2 }))],
      ["is of others", /no VM that hutch exported/, withManifest(() => ({ hello: "world" }))],
      ["has no JSON in its manifest", /manifest cannot be read/, (copy) => overwrite(copy, Buffer.from("{{"), 512)],
      ["has a broken record", /record/, withManifest((before) => ({ ...before, record: { spec: {} } }))],
      [
        "names a disk outside",
        /names its disks wrongly/,
        withManifest((before) => ({
          ...before,
          disks: before.disks.map((disk) => ({ ...disk, file: "../../etc/passwd" })),
        })),
      ],
      [
        "has an entry that leads outside",
        /leads elsewhere/,
        (copy) => overwrite(copy, tarHeader({ name: "../evil", bytes: 0 }, 0), FIRST_DISK),
      ],
      [
        "has an absolute entry",
        /leads elsewhere/,
        (copy) => overwrite(copy, tarHeader({ name: "/etc/cron.d/evil", bytes: 0 }, 0), FIRST_DISK),
      ],
      [
        "claims another disk size",
        /not what its manifest says/,
        withManifest((before) => ({
          ...before,
          disks: before.disks.map((disk) => ({ ...disk, virtualBytes: 4 * MIB })),
        })),
      ],
    ])("that %s", async (_what, said, change) => {
      const copy = await damaged(change);
      const before = await there.world();
      const refusal = await importMachine(other, { file: copy }).result.catch((error: unknown) => error);
      expect(refusal).toMatchObject({ code: "E_INVALID", exitCode: 3, left: [] });
      expect(isHutchError(refusal) && `${refusal.message} ${refusal.why}`).toMatch(said);
      expect(await there.world()).toEqual(before);
    });

    it("that has a link in it", async () => {
      const copy = await damaged(async (path) => {
        const header = Buffer.from((await readFile(path)).subarray(FIRST_DISK, FIRST_DISK + 512));
        header.write("2", 156);
        header.write("        ", 148);
        const sum = header.reduce((total, byte) => total + byte, 0);
        header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
        await overwrite(path, header, FIRST_DISK);
      });
      await expect(importMachine(other, { file: copy }).result).rejects.toMatchObject({
        code: "E_INVALID",
        why: expect.stringContaining("no regular file"),
      });
    });

    it("that is not there", async () => {
      await expect(importMachine(other, { file: join(folder, "nowhere") }).result).rejects.toMatchObject({
        code: "E_NOT_FOUND",
      });
    });
  });
});
