/** Screens and installing by hand, on a private libvirtd: what boots is one sector. */
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LaunchRequest } from "../../src/core/requests.ts";
import { screensIn } from "../../src/host/display.ts";
import { readDomain } from "../../src/host/domain-read.ts";
import { findMachine, listMachines } from "../../src/host/machines.ts";
import { clone } from "../../src/usecases/clone.ts";
import type { Context } from "../../src/usecases/context.ts";
import { detachDisk } from "../../src/usecases/disks.ts";
import { display } from "../../src/usecases/display.ts";
import { info } from "../../src/usecases/info.ts";
import { launch } from "../../src/usecases/launch.ts";
import { start, stop } from "../../src/usecases/power.ts";
import { remove } from "../../src/usecases/trash.ts";
import { changeSettings, planSettings } from "../../src/usecases/vm-settings.ts";
import { blankVm } from "../support/blank-vm.ts";
import { hutchIn } from "../support/hutch-cli.ts";
import { doctorFix, killedEverywhere } from "../support/killed.ts";
import { atPoint, type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";
import { plainWorld } from "../support/plain-world.ts";
import { makeInstallImage } from "./install-image.ts";

const NAME = "t-screen";
const MIB = 1024 ** 2;
/** Of `launch --iso`: from the step *running* on the VM is made. */
const POINTS_ONCE_MADE = 2;
/** The point at which the copy of the image is in the pool. */
const ISO_COPIED = 15;

let ground: LaunchGround;
let ctx: Context;
let iso: string;

beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
  ctx = await ground.context();
  // A name as people give them.
  await mkdir(join(ground.lane.root, "my images"));
  iso = join(ground.lane.root, "my images", "d'installer 安装.iso");
  await makeInstallImage(iso);
});
afterAll(async () => ground?.[Symbol.asyncDispose]());
afterEach(async () => {
  const names = (await listMachines(ctx.client)).map(({ uuid }) => uuid);
  if (names.length > 0) await remove(ctx, { names, purge: true, force: true }).result;
});

const blank = (change: Partial<LaunchRequest> = {}) =>
  launch(ctx, { ...blankVm(NAME, ground.image), ...change }).result;
const byHand = (change: Partial<LaunchRequest> = {}): LaunchRequest => {
  const { image: _, waitFor: _ready, ...order } = blankVm(NAME, ground.image);
  return { ...order, iso, ...change };
};
const detail = () => ctx.client.call("domain.detail", { ref: { name: NAME } });
const record = async () => (await findMachine(ctx.client, NAME)).record;

/** The first that the server says to whoever connects. */
async function banner(port: number): Promise<string> {
  const { stdout } = await ground.lane.exec(["bash", "-c", `exec 3<>/dev/tcp/127.0.0.1/${port}; head -c 12 <&3`]);
  return stdout;
}

describe("a screen", () => {
  it("answers on 127.0.0.1 alone, at the port that is told", async () => {
    await blank({ display: true });
    const seen = await display(ctx, NAME);
    expect(seen).toMatchObject({
      kind: "vnc",
      address: "127.0.0.1",
      url: `vnc://127.0.0.1:${seen.port}`,
      tunnel: null,
    });
    expect(await banner(seen.port)).toBe("RFB 003.008\n");
    const { stdout } = await ground.lane.exec(["ss", "-Hlnt", `sport = :${seen.port}`]);
    expect(stdout.trim().split(/\s+/)[3]).toBe(`127.0.0.1:${seen.port}`);
  });

  it("is printed, with the way there for whoever came by ssh", async () => {
    await blank({ display: true });
    const hutch = hutchIn(ground.lane);
    const { port } = await display(ctx, NAME);
    expect((await hutch.run(["display", NAME])).stdout).toBe(`vnc://127.0.0.1:${port}\n`);
    const env = { SSH_CONNECTION: "10.0.0.9 50000 10.0.0.2 22" };
    const { stdout } = await hutch.run(["vnc", NAME], { env });
    expect(stdout).toBe(`ssh -NL ${port}:127.0.0.1:${port} root@10.0.0.2\nvnc://127.0.0.1:${port}\n`);
    expect((await hutch.run(["info", NAME])).stdout).toMatch(new RegExp(`Screen +hutch display ${NAME}`));
  });

  it("comes to one that runs with its next start, and goes again", async () => {
    await blank();
    await expect(display(ctx, NAME)).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: expect.arrayContaining([expect.stringContaining("display=on: from its next start")]),
    });
    expect((await planSettings(ctx, NAME, { display: true })).changes).toMatchObject([
      { setting: "display", from: "off", to: "on", when: "restart" },
    ]);
    await changeSettings(ctx, NAME, { display: true }).result;
    expect((await record())?.pending).toContain("display: on, at its next start");
    await expect(display(ctx, NAME)).rejects.toMatchObject({ message: expect.stringContaining("next start") });
    await stop(ctx, { names: [NAME], force: true }).result;
    await expect(display(ctx, NAME)).rejects.toMatchObject({ next: [`hutch start ${NAME}`] });
    await start(ctx, [NAME], {}).result;
    expect(await banner((await display(ctx, NAME)).port)).toBe("RFB 003.008\n");
    await stop(ctx, { names: [NAME], force: true }).result;
    const { changes } = await changeSettings(ctx, NAME, { display: false }).result;
    expect(changes).toMatchObject([{ setting: "display", to: "off", when: "now" }]);
    expect(screensIn((await detail()).inactiveXml)).toEqual([]);
    expect((await detail()).inactiveXml).not.toMatch(/<video>|bus='virtio'\/>\s*<graphics|type='tablet'/);
    await start(ctx, [NAME], {}).result;
  });

  it("is as before when setting it breaks", async () => {
    await blank({ start: false });
    const before = plainWorld(await ground.world());
    const broken = await ground.context((point) => {
      if (point.step === "settings" && point.phase === "after") throw new Error("broken");
    });
    await expect(changeSettings(broken, NAME, { display: true }).result).rejects.toThrow("broken");
    expect(plainWorld(await ground.world())).toEqual(before);
  });

  it("comes along with a copy", async () => {
    await blank({ display: true, start: false });
    await clone(ctx, NAME, { to: "t-screen-2" }).result;
    const { inactiveXml } = await ctx.client.call("domain.detail", { ref: { name: "t-screen-2" } });
    expect(screensIn(inactiveXml)).toEqual([{ kind: "vnc", address: "127.0.0.1", port: null }]);
  });
});

describe("launch --iso", () => {
  it("boots the image over an empty disk, with a screen and without a seed, and is through once it runs", async () => {
    const { machine, stages } = await launch(ctx, byHand({ dataDiskBytes: [8 * MIB], network: { kind: "user" } }))
      .result;
    expect(stages.map(({ stage }) => stage)).toEqual(["running"]);
    expect(machine.record).toMatchObject({ state: "made", image: null, seedVolume: null, pending: [] });
    expect((await info(ctx, NAME)).disks).toMatchObject([
      { target: "vda", virtualBytes: 16 * MIB },
      { target: "vdc", virtualBytes: 8 * MIB },
      { target: "sda", format: "raw", source: expect.stringMatching(/-install\.iso$/) },
    ]);
    expect(await banner((await display(ctx, NAME)).port)).toBe("RFB 003.008\n");
    // The firmware went past the empty disk.
    const log = join(ground.lane.root, `log/qemu/hutch-${machine.uuid}.console.log`);
    await expect.poll(() => readFile(log, "utf8"), { timeout: 60_000 }).toContain("ready.");
  });

  it("loses its image while it runs, and its copy in the pool with it; then it starts without", async () => {
    await launch(ctx, byHand()).result;
    await expect(detachDisk(ctx, NAME, { target: "sda" }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: expect.arrayContaining([expect.stringContaining("iso=off")]),
    });
    const { changes } = await changeSettings(ctx, NAME, { iso: null }).result;
    expect(changes).toMatchObject([{ setting: "iso", from: expect.stringMatching(/install\.iso$/), when: "now" }]);
    const { xml, inactiveXml } = await detail();
    for (const each of [xml, inactiveXml])
      expect(readDomain(each).disks.find(({ device }) => device === "cdrom")?.source).toBeNull();
    expect((await record())?.volumes.join()).not.toContain("install.iso");
    expect(existsSync(join(ground.lane.root, `lib/images/hutch/${NAME}-install.iso`))).toBe(false);
    expect((await planSettings(ctx, NAME, { iso: null })).changes).toEqual([]);
    await stop(ctx, { names: [NAME], force: true }).result;
    await start(ctx, [NAME], {}).result;
  });

  it("takes a volume of the pool, and leaves it there", async () => {
    await copyFile(iso, join(ground.lane.root, "lib/images/hutch/shared.iso"));
    await ctx.client.call("pool.refresh", { name: "hutch" });
    await launch(ctx, byHand({ iso: "shared.iso", start: false })).result;
    expect((await record())?.volumes).not.toContain("shared.iso");
    await changeSettings(ctx, NAME, { iso: null }).result;
    expect(await ctx.client.call("volume.lookup", { pool: "hutch", name: "shared.iso" })).not.toBeNull();
    await expect(launch(ctx, byHand({ name: "t-other", iso: "shraed.iso" })).result).rejects.toMatchObject({
      code: "E_NOT_FOUND",
      next: expect.arrayContaining(['Did you mean "shared.iso"?']),
    });
  });

  it("refuses what is no image, or is another VM's, and makes nothing", async () => {
    await launch(ctx, byHand({ name: "t-owner", start: false })).result;
    const own = (await findMachine(ctx.client, "t-owner")).record?.volumes.find((name) => name.endsWith("install.iso"));
    const before = await ground.world();
    for (const [wrong, code] of [
      ["/nowhere/x.iso", "E_NOT_FOUND"],
      [ground.image, "E_IMAGE"],
      [ground.lane.root, "E_IMAGE"],
      [own ?? "", "E_CONFLICT"],
    ] as const)
      await expect(launch(ctx, byHand({ iso: wrong })).result).rejects.toMatchObject({ code });
    for (const extra of [
      { image: "debian-13" },
      { engine: "docker" },
      { userData: "#cloud-config\n" },
      { consolePassword: true },
      { waitFor: "ssh" },
    ] as const)
      await expect(launch(ctx, byHand(extra)).result).rejects.toMatchObject({
        code: "E_USAGE",
        message: expect.stringContaining("do not go together"),
      });
    expect(await ground.world()).toEqual(before);
  });

  it("is taken back whole wherever it breaks", async () => {
    const before = plainWorld(await ground.world());
    let points = 0;
    const counting = await ground.context(() => {
      points++;
    });
    await launch(counting, byHand({ start: false })).result;
    await remove(ctx, { names: [NAME], purge: true }).result;
    for (let point = 0; point < points - 1; point += 2) {
      const broken = await ground.context(
        atPoint(point, () => {
          throw new Error("broken");
        }),
      );
      await expect(launch(broken, byHand({ start: false })).result).rejects.toThrow("broken");
      expect(plainWorld(await ground.world()), `point ${point} of ${points}`).toEqual(before);
    }
  });

  it("is taken back by the doctor, wherever it is killed, until it runs; the next of its name succeeds", {
    timeout: 240_000,
  }, async () => {
    await copyFile(iso, join(ground.lane.root, "install.iso"));
    const again = () => remove(ctx, { names: [NAME], purge: true, force: true }).result;
    await killedEverywhere(ground, { verb: "install", name: NAME, again, through: POINTS_ONCE_MADE });
    expect(await ground.child("install", NAME, ISO_COPIED)).toBe("killed");
    expect(await ground.child("install", NAME)).toMatchObject({ exitCode: 0 });
    expect((await doctorFix(ground)).interrupted).toEqual([]);
    expect((await record())?.state).toBe("made");
  });

  it("is planned without being made, and typed as it is told", async () => {
    const hutch = hutchIn(ground.lane);
    const before = await ground.world();
    const { stdout } = await hutch.run(["launch", "--iso", iso, "--name", NAME, "--dry-run"]);
    expect(stdout).toContain('device="cdrom"');
    expect(await ground.world()).toEqual(before);
    const ran = await hutch.run([
      "create",
      "--iso",
      iso,
      "-n",
      NAME,
      "--memory",
      "64M",
      "--disk",
      "16M",
      "--accel",
      "tcg",
    ]);
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining(`hutch set ${NAME} iso=off`) });
    expect((await hutch.refused(["set", NAME, "iso=other.iso"])).fault).toMatchObject({ code: "E_USAGE" });
    await hutch.json(["set", NAME, "iso=off"]);
  });
});
