/** Snapshots of VMs with blank disks on a private libvirtd: with memory, of disks alone, of stopped ones. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { findMachine, listMachines } from "../../src/host/machines.ts";
import { updateRecord } from "../../src/host/records.ts";
import type { Context } from "../../src/usecases/context.ts";
import { attachDisk, detachDisk } from "../../src/usecases/disks.ts";
import { info } from "../../src/usecases/info.ts";
import { launch } from "../../src/usecases/launch.ts";
import { start } from "../../src/usecases/power.ts";
import { restoreSnapshot } from "../../src/usecases/restore.ts";
import { createSnapshot, removeSnapshots, snapshots } from "../../src/usecases/snapshots.ts";
import { save } from "../../src/usecases/suspend.ts";
import { remove } from "../../src/usecases/trash.ts";
import { changeSettings } from "../../src/usecases/vm-settings.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";

const MIB = 1024 ** 2;
const NAME = "t-snap";

let ground: LaunchGround;
let ctx: Context;

beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
  ctx = await ground.context();
});
afterAll(async () => ground?.[Symbol.asyncDispose]());
afterEach(async () => {
  for (const { uuid } of await listMachines(ctx.client)) {
    await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({ ...record, protected: false }));
    await remove(ctx, { names: [uuid], purge: true }).result;
  }
});

const given = (power: "stopped" | "running") =>
  launch(ctx, { ...blankVm(NAME, ground.image), ...(power === "stopped" ? { start: false } : {}) }).result;
const seen = () => findMachine(ctx.client, NAME);
const names = async () => (await snapshots(ctx, NAME)).map(({ name }) => name);

describe("a snapshot", () => {
  it.each([
    ["running", {}, "memory", "running"],
    ["running", { diskOnly: true }, "disk", "stopped"],
    ["stopped", {}, "stopped", "stopped"],
  ] as const)("of a %s VM (%j) is of kind %s, and restored to a %s VM", async (power, how, kind, restored) => {
    await given(power);
    const { snapshot, quiesced } = await createSnapshot(ctx, NAME, { ...how, description: "vor dem 更新" }).result;
    expect(snapshot).toMatchObject({ name: "snap-1", kind, current: true, description: "vor dem 更新", safety: false });
    expect(quiesced).toBe(kind === "disk" ? false : null);
    expect(await snapshots(ctx, NAME)).toEqual([snapshot]);
    const back = await restoreSnapshot(ctx, NAME, { snapshot: "snap-1" }).result;
    expect(back).toMatchObject({
      snapshot: "snap-1",
      power: restored,
      safety: expect.stringMatching(/^before-restore-/),
    });
    expect((await seen()).status.power).toBe(restored);
    expect((await snapshots(ctx, NAME)).find(({ safety }) => safety)).toMatchObject({
      name: back.safety,
      parent: "snap-1",
    });
    expect((await info(ctx, NAME)).snapshots.map(({ name }) => name)).toEqual(["snap-1", back.safety]);
  });

  it("brings back what is inside, and keeps what the host has for it today", async () => {
    const { machine } = await given("stopped");
    await updateRecord(ctx.client, ctx.paths, machine.uuid, (record) => ({
      ...record,
      hostKey: "ssh-ed25519 THEN",
      engine: null,
    }));
    await createSnapshot(ctx, NAME, { snapshot: "then" }).result;
    await changeSettings(ctx, NAME, { cpus: 3, tags: ["prod"], diskBytes: 32 * MIB, description: "today" }).result;
    const engine = { name: "docker", version: "1", source: "here", installedAt: "2026-01-01T00:00:00.000Z" };
    await updateRecord(ctx.client, ctx.paths, machine.uuid, (record) => ({
      ...record,
      hostKey: "ssh-ed25519 TODAY",
      engine,
    }));
    const { warnings } = await restoreSnapshot(ctx, NAME, { snapshot: "then" }).result;
    const after = await info(ctx, NAME);
    expect(after).toMatchObject({
      cpus: 1,
      record: {
        tags: ["prod"],
        description: "today",
        hostKey: "ssh-ed25519 THEN",
        engine: null,
        address: machine.record?.address,
        spec: { cpus: 1, diskBytes: 16 * MIB },
      },
    });
    expect(after.disks[0]?.virtualBytes).toBe(16 * MIB);
    expect(warnings).toEqual(["Its root disk has 16 MiB again, as then; it had 32 MiB."]);
  });

  it("refuses to go back over disks that came later, until they are detached", async () => {
    await given("stopped");
    await createSnapshot(ctx, NAME, { snapshot: "then" }).result;
    await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
    const before = await ground.world();
    await expect(restoreSnapshot(ctx, NAME, { snapshot: "then" }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: expect.stringContaining("vdc"),
      next: [`hutch disk detach ${NAME} vdc`],
    });
    expect(await ground.world()).toEqual(before);
    await detachDisk(ctx, NAME, { target: "vdc", purge: true }).result;
    await restoreSnapshot(ctx, NAME, { snapshot: "then" }).result;
  });

  it("that needs a disk which is gone is refused", async () => {
    await given("stopped");
    await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
    await createSnapshot(ctx, NAME, { snapshot: "both" }).result;
    await detachDisk(ctx, NAME, { target: "vdc", purge: true }).result;
    await expect(restoreSnapshot(ctx, NAME, { snapshot: "both" }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: expect.stringContaining("removed since"),
    });
  });

  it("is refused under a name that is taken or none, of a saved VM, and of a VM that is not there", async () => {
    await given("running");
    await createSnapshot(ctx, NAME, { snapshot: "one", diskOnly: true }).result;
    await expect(createSnapshot(ctx, NAME, { snapshot: "one" }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      exitCode: 5,
    });
    for (const bad of ["", "1", "a b", "../x", "a\nb", "名"])
      await expect(createSnapshot(ctx, NAME, { snapshot: bad }).result).rejects.toMatchObject({ code: "E_USAGE" });
    await expect(restoreSnapshot(ctx, NAME, { snapshot: "onn" }).result).rejects.toMatchObject({
      code: "E_NOT_FOUND",
      next: ['Did you mean "one"?', `hutch snapshot ls ${NAME}`],
    });
    await expect(createSnapshot(ctx, "t-snop", {}).result).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    await save(ctx, [NAME]).result;
    await expect(createSnapshot(ctx, NAME, {}).result).rejects.toMatchObject({
      exitCode: 5,
      message: expect.stringContaining("saved"),
    });
    await expect(restoreSnapshot(ctx, NAME, { snapshot: "one" }).result).rejects.toMatchObject({ exitCode: 5 });
  });

  it("with memory is refused while hot-plugged CPUs would keep it from being restored", async () => {
    const { machine } = await given("stopped");
    const { inactiveXml } = await ctx.client.call("domain.detail", { ref: { name: NAME } });
    const xml = inactiveXml.replace(/<vcpu[^>]*>1<\/vcpu>/, "<vcpu current='1'>2</vcpu>");
    await ctx.client.call("domain.define", { xml, validate: true });
    await updateRecord(ctx.client, ctx.paths, machine.uuid, (record) => ({ ...record, accel: "kvm" }));
    await start(ctx, [NAME], {}).result;
    await changeSettings(ctx, NAME, { cpus: 2 }).result;
    await expect(createSnapshot(ctx, NAME, {}).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: expect.arrayContaining([`hutch snapshot create ${NAME} --disk-only`]),
    });
    await createSnapshot(ctx, NAME, { diskOnly: true }).result;
  });

  it.each(["running", "stopped"] as const)("of a %s VM that has no disk to hold it is refused", async (power) => {
    const { machine } = await given("stopped");
    const { inactiveXml } = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
    const xml = inactiveXml.replace(/<disk\b(?:(?!<readonly)[\s\S])*?<\/disk>/g, "");
    await ctx.client.call("domain.define", { xml, validate: true });
    if (power === "running") await start(ctx, [NAME], {}).result;
    const before = await ground.world();
    for (const diskOnly of [false, true]) {
      await expect(createSnapshot(ctx, NAME, { diskOnly }).result).rejects.toMatchObject({
        code: "E_CONFLICT",
        message: expect.stringContaining("no disk"),
        next: [expect.stringMatching(/^hutch /)],
      });
    }
    expect(await ground.world()).toEqual(before);
  });

  it("of a protected VM is taken, and not restored", async () => {
    await given("stopped");
    await createSnapshot(ctx, NAME, { snapshot: "one" }).result;
    await changeSettings(ctx, NAME, { protected: true }).result;
    await expect(restoreSnapshot(ctx, NAME, { snapshot: "one" }).result).rejects.toMatchObject({
      exitCode: 5,
      next: [`hutch set ${NAME} protect=off`],
    });
  });

  it("can be removed from between others, running or not", async () => {
    await given("running");
    for (const snapshot of ["a", "b", "c"])
      await createSnapshot(ctx, NAME, { snapshot, diskOnly: snapshot === "b" }).result;
    await removeSnapshots(ctx, NAME, ["b"]).result;
    expect((await snapshots(ctx, NAME)).map(({ name, parent }) => [name, parent])).toEqual([
      ["a", null],
      ["c", "a"],
    ]);
    await expect(removeSnapshots(ctx, NAME, ["a", "z"]).result).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    expect(await names()).toEqual(["a", "c"]);
  });
});

describe("safety snapshots", () => {
  it("are taken before a resize too, told apart by name, and pruned to the last three", async () => {
    await given("stopped");
    await createSnapshot(ctx, NAME, { snapshot: "mine" }).result;
    for (const mib of [20, 24, 28, 32, 36]) await changeSettings(ctx, NAME, { diskBytes: mib * MIB }).result;
    const taken = await snapshots(ctx, NAME);
    expect(taken.filter(({ safety }) => safety)).toHaveLength(3);
    expect(taken[0]?.name).toBe("mine");
    expect((await names()).slice(1).every((name) => name.startsWith("before-resize-"))).toBe(true);
  });
});
