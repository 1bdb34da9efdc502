/** Changing VMs that are there, on a private libvirtd: blank disks, paused or running nothing. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { VirDomainModificationImpact as Impact, VirDomainCreateFlags } from "#ffi";
import { withoutRecord } from "../../src/host/definition-text.ts";
import { findMachine, listMachines } from "../../src/host/machines.ts";
import { takeHold } from "../../src/host/mount-holds.ts";
import { updateRecord } from "../../src/host/records.ts";
import { adopt } from "../../src/usecases/adopt.ts";
import { execByAgent } from "../../src/usecases/agent-exec.ts";
import { clone } from "../../src/usecases/clone.ts";
import type { Context } from "../../src/usecases/context.ts";
import { attachDisk, detachDisk } from "../../src/usecases/disks.ts";
import { definition, redefine } from "../../src/usecases/edit.ts";
import { exportMachine } from "../../src/usecases/export.ts";
import { info } from "../../src/usecases/info.ts";
import { launch } from "../../src/usecases/launch.ts";
import { mounts } from "../../src/usecases/mount.ts";
import { addCard } from "../../src/usecases/network-cards.ts";
import { restart, start, stop } from "../../src/usecases/power.ts";
import { rename } from "../../src/usecases/rename.ts";
import { runInGuest } from "../../src/usecases/run-in-guest.ts";
import { discardSaved, pause, resume, save } from "../../src/usecases/suspend.ts";
import { purge, recover, remove } from "../../src/usecases/trash.ts";
import { changeSettings, planSettings } from "../../src/usecases/vm-settings.ts";
import { wait } from "../../src/usecases/wait.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type LaunchGround, layLaunchGround, useOnce } from "../support/launch-ground.ts";
import { plainWorld } from "../support/plain-world.ts";

const MIB = 1024 ** 2;
const NAME = "t-web";

let ground: LaunchGround;
let ctx: Context;

beforeAll(async () => {
  ground = await layLaunchGround();
  await useOnce(ground);
  ctx = await ground.context();
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

afterEach(async () => {
  for (const { uuid, record } of await listMachines(ctx.client)) {
    if (record === null) await ctx.client.call("domain.undefine", { uuid, flags: 0 });
    else {
      await updateRecord(ctx.client, ctx.paths, uuid, (now) => ({ ...now, protected: false }));
      if (record.state === "trashed") await purge(ctx, [uuid]).result;
      else await remove(ctx, { names: [uuid], purge: true }).result;
    }
  }
});

const given = async (power: "stopped" | "running", change: { memoryMiB?: number } = {}) =>
  (
    await launch(ctx, { ...blankVm(NAME, ground.image), ...change, ...(power === "stopped" ? { start: false } : {}) })
      .result
  ).machine;
const seen = () => findMachine(ctx.client, NAME);
const detail = async () => ctx.client.call("domain.detail", { ref: { name: NAME } });

describe("set", () => {
  it("says what counts now and what at the next start, before it does it", async () => {
    await given("running", { memoryMiB: 128 });
    const plan = await planSettings(ctx, NAME, { cpus: 2, memoryMiB: 64, tags: ["prod"] });
    expect(plan.changes).toMatchObject([
      { setting: "cpus", from: "1", to: "2", when: "restart", note: expect.stringContaining("emulated") },
      { setting: "memory", from: "128 MiB", to: "64 MiB", when: "now" },
      { setting: "tags", from: "", to: "prod", when: "now" },
    ]);
    expect((await seen()).record).toMatchObject({ tags: [], pending: expect.not.arrayContaining([/cpus/]) });
  });

  it("keeps what waits for a restart as pending, and the next start settles it", async () => {
    await given("running");
    await changeSettings(ctx, NAME, { cpus: 2 }).result;
    expect((await detail()).vcpus).toBe(1);
    expect((await seen()).record?.pending).toContainEqual("cpus: 2, at its next start");
    await stop(ctx, { names: [NAME], force: true }).result;
    await start(ctx, [NAME], {}).result;
    expect((await detail()).vcpus).toBe(2);
    expect((await seen()).record?.pending.join()).not.toMatch(/cpus/);
  });

  it("plugs CPUs into a running VM that began with room for them", async () => {
    const { uuid } = await given("stopped");
    // As for KVM: a guest that is emulated takes none.
    const { inactiveXml } = await detail();
    const roomy = inactiveXml.replace(/<vcpu[^>]*>1<\/vcpu>/, "<vcpu current='1'>4</vcpu>");
    await ctx.client.call("domain.define", { xml: roomy, validate: true });
    await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({ ...record, accel: "kvm" }));
    await start(ctx, [NAME], {}).result;
    const { changes, warnings } = await changeSettings(ctx, NAME, { cpus: 3 }).result;
    expect(changes).toMatchObject([{ setting: "cpus", to: "3", when: "now" }]);
    expect(warnings).toEqual([expect.stringContaining("nproc")]);
    expect((await detail()).vcpus).toBe(3);
    expect((await detail()).inactiveXml).toContain("current='3'>4<");
    const more = await planSettings(ctx, NAME, { cpus: 5 });
    expect(more.changes).toMatchObject([{ when: "restart", note: "It was started with room for 4." }]);
    const fewer = await planSettings(ctx, NAME, { cpus: 2 });
    expect(fewer.changes).toMatchObject([{ when: "restart", note: expect.stringContaining("give CPUs back") }]);
  });

  it("plugs memory into a running VM, takes it back, and grows at the next start beyond its room", async () => {
    await given("running", { memoryMiB: 2048 });
    expect((await changeSettings(ctx, NAME, { memoryMiB: 3072 }).result).changes).toMatchObject([{ when: "now" }]);
    expect((await detail()).xml).toMatch(/<requested unit='KiB'>1048576</);
    await changeSettings(ctx, NAME, { memoryMiB: 1024 }).result;
    expect((await detail()).xml).toMatch(/<requested unit='KiB'>0</);
    const { inactiveXml } = await detail();
    expect(inactiveXml).not.toContain("virtio-mem");
    expect(inactiveXml).toMatch(/<currentMemory unit='KiB'>1048576</);
  });

  it("changes sizes of a stopped VM at once", async () => {
    await given("stopped");
    const { changes } = await changeSettings(ctx, NAME, { cpus: 3, memoryMiB: 128, diskBytes: 32 * MIB }).result;
    expect(changes.map(({ when }) => when)).toEqual(["now", "now", "now"]);
    const after = await info(ctx, NAME);
    expect(after).toMatchObject({ cpus: 3, memoryBytes: 128 * MIB });
    expect(after.disks[0]).toMatchObject({ target: "vda", virtualBytes: 32 * MIB });
    expect(after.record?.spec).toMatchObject({ cpus: 3, memoryMiB: 128, diskBytes: 32 * MIB });
  });

  it("grows the disk of a running VM, and says that a guest out of reach grows at its next start", async () => {
    await given("running");
    const { warnings } = await changeSettings(ctx, NAME, { diskBytes: 24 * MIB }).result;
    expect(warnings).toEqual([expect.stringMatching(/has not yet.*next start/)]);
    expect((await info(ctx, NAME)).disks[0]?.virtualBytes).toBe(24 * MIB);
    expect((await seen()).record?.pending.join()).toMatch(/file system/);
  });

  it.each([
    [{ diskBytes: 8 * MIB }, /not made smaller/],
    [{ memoryMiB: 2 ** 30 }, /this host has/],
    [{ cpus: 10_000 }, /this host has/],
    [{ tags: ["a b"] }, /"a b"/],
    [{ description: "x".repeat(1001) }, /1001/],
  ])("refuses %j and changes nothing", async (settings, said) => {
    await given("stopped");
    const before = await ground.world();
    await expect(changeSettings(ctx, NAME, settings).result).rejects.toMatchObject({
      code: "E_USAGE",
      exitCode: 2,
      message: expect.stringMatching(said),
    });
    expect(await ground.world()).toEqual(before);
  });

  it("keeps a description of any writing, tags, order, delay and autostart", async () => {
    await given("stopped");
    const description = 'il dit: "<l\'été>" & 服务器\nsecond line';
    const settings = { description, tags: ["prod", "数据"], startOrder: 2, startDelay: 30, autostart: true };
    await changeSettings(ctx, NAME, settings).result;
    expect((await seen()).record).toMatchObject({ description, tags: ["prod", "数据"], startOrder: 2, startDelay: 30 });
    expect((await changeSettings(ctx, NAME, settings).result).changes).toEqual([]);
  });

  it("leaves what has a place in the order to hutch's unit, and what has none to libvirt", async () => {
    await given("stopped");
    const kept = async () => ({
      libvirt: (await detail()).autostart,
      place: (await seen()).record?.startOrder,
      wanted: (await seen()).record?.spec.autostart,
    });
    const { changes } = await changeSettings(ctx, NAME, { startOrder: 2 }).result;
    expect(changes).toMatchObject([{ setting: "order", note: expect.stringContaining("hutch autostart enable") }]);
    expect(await kept()).toEqual({ libvirt: false, place: 2, wanted: true });
    expect((await info(ctx, NAME)).autostart).toBe(true);
    await changeSettings(ctx, NAME, { startOrder: null }).result;
    expect(await kept()).toEqual({ libvirt: true, place: null, wanted: true });
    await changeSettings(ctx, NAME, { startOrder: 1 }).result;
    await changeSettings(ctx, NAME, { autostart: false }).result;
    expect(await kept()).toEqual({ libvirt: false, place: null, wanted: false });
  });
});

describe("a folder that comes by sshfs", () => {
  it("is told at a start when nobody here holds it, with the line to type, and not when somebody does", async () => {
    const { uuid } = await given("stopped");
    const mount = { hostPath: "/srv/my site", guestPath: "/srv/site", readonly: true, by: "sshfs" as const };
    await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({ ...record, mounts: [mount] }));
    expect(await mounts(ctx, NAME)).toEqual([{ ...mount, machine: NAME, held: false }]);
    const [alone] = await start(ctx, [NAME], {}).result;
    expect(alone?.warnings).toEqual([
      expect.stringContaining(`hutch mount --by sshfs --read-only '/srv/my site' ${NAME}:/srv/site`),
    ]);
    expect((await info(ctx, NAME)).problems).toEqual(alone?.warnings);
    using _hold = takeHold(ctx.paths, uuid, mount.guestPath);
    expect(await mounts(ctx, NAME)).toMatchObject([{ held: true }]);
    const [held] = await restart(ctx, { names: [NAME], force: true }).result;
    expect(held?.warnings).toEqual([]);
    expect((await info(ctx, NAME)).problems).toEqual([]);
  });
});

describe("protect", () => {
  it("refuses delete and purge in words until it is taken away", async () => {
    await given("stopped");
    await changeSettings(ctx, NAME, { protected: true }).result;
    const refusal = { code: "E_CONFLICT", exitCode: 5, next: [`hutch set ${NAME} protect=off`] };
    await expect(remove(ctx, { names: [NAME] }).result).rejects.toMatchObject(refusal);
    await expect(remove(ctx, { names: [NAME], purge: true }).result).rejects.toMatchObject(refusal);
    await changeSettings(ctx, NAME, { protected: false }).result;
    await remove(ctx, { names: [NAME] }).result;
    expect((await findMachine(ctx.client, NAME, { trashed: true })).record?.state).toBe("trashed");
  });
});

describe("purge by age", () => {
  it("removes only what has been in the trash for longer", async () => {
    const { uuid } = await given("stopped");
    await remove(ctx, { names: [NAME] }).result;
    expect(await purge(ctx, [], { olderThanMs: 60_000 }).result).toEqual([]);
    await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({
      ...record,
      trash: { at: "2026-01-01T00:00:00.000Z", name: NAME, autostart: false },
    }));
    expect(await purge(ctx, [], { olderThanMs: 60_000 }).result).toMatchObject([{ name: NAME, done: true }]);
  });
});

describe("data disks", () => {
  it.each(["stopped", "running"] as const)("are attached to a %s VM, and detached again", async (power) => {
    await given(power);
    const attached = await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
    expect(attached).toMatchObject({ target: "vdc", bytes: 8 * MIB, live: power === "running" });
    const { disks, record } = await info(ctx, NAME);
    expect(disks.map(({ target }) => target)).toEqual(["vda", "vdb", "vdc"]);
    expect(record?.volumes).toContain(attached.volume);
    if (power === "running") return;
    await detachDisk(ctx, NAME, { target: "vdc" }).result;
    expect((await info(ctx, NAME)).disks.map(({ target }) => target)).toEqual(["vda", "vdb"]);
    expect(await attachDisk(ctx, NAME, { volume: attached.volume }).result).toMatchObject({ volume: attached.volume });
  });

  it("refuses what cannot be, in words", async () => {
    await given("stopped");
    const { volume } = await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
    const before = await ground.world();
    await expect(attachDisk(ctx, NAME, { volume }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: expect.stringContaining(NAME),
    });
    await expect(attachDisk(ctx, NAME, { volume: "nowhere.qcow2" }).result).rejects.toMatchObject({
      code: "E_NOT_FOUND",
    });
    await expect(attachDisk(ctx, NAME, { bytes: 12 }).result).rejects.toMatchObject({ code: "E_USAGE" });
    await expect(detachDisk(ctx, NAME, { target: "vda" }).result).rejects.toMatchObject({ code: "E_CONFLICT" });
    await expect(detachDisk(ctx, NAME, { target: "vdx" }).result).rejects.toMatchObject({
      code: "E_NOT_FOUND",
      next: ['Did you mean "vdc"?', `hutch disk ls ${NAME}`],
    });
    expect(await ground.world()).toEqual(before);
  });
});

describe("pause, resume, save", () => {
  it("hold a VM and let it go; what is saved goes on with start", async () => {
    await given("running");
    const power = async () => (await seen()).status.power;
    await pause(ctx, [NAME]).result;
    expect(await power()).toBe("paused");
    await resume(ctx, [NAME]).result;
    expect(await power()).toBe("running");
    await save(ctx, [NAME]).result;
    expect(await power()).toBe("saved");
    await expect(resume(ctx, [NAME]).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: [`hutch start ${NAME}`],
    });
    await expect(remove(ctx, { names: [NAME] }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: expect.arrayContaining([`hutch save ${NAME} --discard`]),
    });
    await expect(rename(ctx, NAME, "t-other").result).rejects.toMatchObject({ code: "E_CONFLICT" });
    await start(ctx, [NAME], {}).result;
    expect((await seen()).status).toMatchObject({ power: "running", reason: "restored" });
    await save(ctx, [NAME]).result;
    expect(await discardSaved(ctx, [NAME]).result).toMatchObject([{ done: true }]);
    expect(await power()).toBe("stopped");
  });

  it("a saved VM is not given what its saved memory knows nothing of", async () => {
    await given("running");
    await save(ctx, [NAME]).result;
    const before = await ground.world();
    const saved = { code: "E_CONFLICT", message: expect.stringContaining("is saved"), next: expect.any(Array) };
    await expect(attachDisk(ctx, NAME, { bytes: 8 * MIB }).result).rejects.toMatchObject(saved);
    await expect(addCard(ctx, NAME, { kind: "network", network: "default" }).result).rejects.toMatchObject(saved);
    for (const settings of [{ cpus: 2 }, { memoryMiB: 128 }, { diskBytes: 32 * MIB }, { display: true }])
      await expect(changeSettings(ctx, NAME, settings).result).rejects.toMatchObject(saved);
    // Neither before the editor opens nor after: it may be saved meanwhile.
    await expect(definition(ctx, NAME)).rejects.toMatchObject(saved);
    const same = { before: withoutRecord((await detail()).inactiveXml), after: "" };
    await expect(redefine(ctx, NAME, same).result).rejects.toMatchObject(saved);
    expect(await ground.world()).toEqual(before);
  });

  it("what is set of a saved VM holds after its start, and what waits for a boot waits on", async () => {
    await given("running");
    await changeSettings(ctx, NAME, { cpus: 2 }).result;
    await save(ctx, [NAME]).result;
    await changeSettings(ctx, NAME, { tags: ["kept"], description: "since" }).result;
    const { record } = await seen();
    await start(ctx, [NAME], {}).result;
    const after = await seen();
    expect(after.status.reason).toBe("restored");
    expect(after.record).toMatchObject({
      tags: ["kept"],
      description: "since",
      pending: expect.arrayContaining(["cpus: 2, at its next start"]),
    });
    expect(after.record?.revision).toBeGreaterThan(record?.revision ?? 0);
  });

  it("lets a running VM lose a disk that only its stored definition has", async () => {
    await given("running");
    const { volume } = await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
    await stop(ctx, { names: [NAME], force: true }).result;
    await detachDisk(ctx, NAME, { target: "vdc" }).result;
    await start(ctx, [NAME], {}).result;
    const { uuid } = await seen();
    const path = (await ctx.client.call("volume.lookup", { pool: "hutch", name: volume }))?.path ?? "";
    const xml = `<disk type="file"><driver name="qemu" type="qcow2"/><source file="${path}"/><target dev="vdc" bus="virtio"/></disk>`;
    await ctx.client.call("domain.attachDevice", { uuid, xml, flags: Impact.CONFIG });
    expect(await detachDisk(ctx, NAME, { target: "vdc" }).result).toMatchObject({ target: "vdc", live: false });
    expect((await detail()).inactiveXml).not.toContain("vdc");
  });

  it("a paused VM is told apart from one that does not answer", async () => {
    await given("running");
    await pause(ctx, [NAME]).result;
    const paused = { code: "E_CONFLICT", message: expect.stringContaining("is paused") };
    const next = expect.arrayContaining([`hutch resume ${NAME}`]);
    await expect(runInGuest(ctx, NAME, ["true"], {})).rejects.toMatchObject({ ...paused, next });
    await expect(execByAgent(ctx, NAME, ["true"], { onOutput: async () => undefined })).rejects.toMatchObject({
      ...paused,
      next,
    });
    await expect(wait(ctx, NAME, { for: "address", timeoutMs: 500 }).result).rejects.toMatchObject({ ...paused, next });
    await expect(stop(ctx, { names: [NAME] }).result).rejects.toMatchObject({ ...paused, next });
    expect(await stop(ctx, { names: [NAME], force: true }).result).toMatchObject([{ done: true }]);
  });

  it.each([
    ["pause", pause],
    ["resume", resume],
    ["save", save],
  ] as const)("%s of a stopped VM says what it is, and what to type", async (_verb, act) => {
    await given("stopped");
    await expect(act(ctx, [NAME]).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      exitCode: 5,
      message: expect.stringContaining("is stopped"),
      next: [`hutch start ${NAME}`],
    });
  });
});

describe("rename", () => {
  it("gives a stopped VM another name, and says that its host name stays", async () => {
    const { uuid } = await given("stopped");
    const { warnings } = await rename(ctx, NAME, "t-new").result;
    expect(warnings).toEqual([expect.stringContaining(`host name inside stays ${NAME}`)]);
    expect(await findMachine(ctx.client, "t-new")).toMatchObject({ uuid, record: { spec: { name: "t-new" } } });
  });

  it("refuses a running VM, a name that is none and a name that is taken", async () => {
    await given("running");
    await expect(rename(ctx, NAME, "t-new").result).rejects.toMatchObject({
      exitCode: 5,
      next: [`hutch stop ${NAME}`],
    });
    const next = [`hutch rename ${NAME} web-2`];
    await expect(rename(ctx, NAME, "no good").result).rejects.toMatchObject({ exitCode: 2, next });
    await expect(rename(ctx, NAME, NAME).result).rejects.toMatchObject({ exitCode: 5 });
  });
});

describe("clone", () => {
  it.each([false, true])("makes another machine on the same image (full: %s)", async (full) => {
    await given("stopped");
    await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
    const source = await info(ctx, NAME);
    await clone(ctx, NAME, { to: "t-copy", full }).result;
    const copy = await info(ctx, "t-copy");
    expect(copy.uuid).not.toBe(source.uuid);
    expect(copy.record?.mac).not.toBe(source.record?.mac);
    expect(copy.record?.hostKey).not.toBe(source.record?.hostKey);
    expect(copy.record?.address).not.toBe(source.record?.address);
    const sizes = ({ disks }: typeof source) =>
      disks.filter(({ format }) => format === "qcow2").map(({ virtualBytes }) => virtualBytes);
    expect(sizes(copy)).toEqual(sizes(source));
    const { xml } = await ctx.client.call("volume.xml", { pool: "hutch", name: copy.record?.volumes[0] ?? "" });
    expect(xml.includes("<backingStore>")).toBe(!full);
    await remove(ctx, { names: [NAME], purge: true }).result;
    await start(ctx, ["t-copy"], {}).result;
  });

  it("refuses a source that is not off, and a name that is taken", async () => {
    await given("running");
    await expect(clone(ctx, NAME, { to: "t-copy" }).result).rejects.toMatchObject({
      exitCode: 5,
      next: [`hutch stop ${NAME}`],
    });
    await expect(clone(ctx, NAME, { to: NAME }).result).rejects.toMatchObject({ exitCode: 5 });
  });
});

describe("edit", () => {
  it("takes what libvirt takes, keeps hutch's record, and says when it counts", async () => {
    await given("running");
    const { xml: before } = await definition(ctx, NAME);
    expect(before).not.toMatch(/hutch:vm|sshKeys/);
    const after = before.replace(/<on_crash>.*<\/on_crash>/, "<on_crash>restart</on_crash>");
    const { message } = await redefine(ctx, NAME, { before, after }).result;
    expect(message).toBe("defined, from its next start on");
    expect((await detail()).inactiveXml).toContain("<on_crash>restart</on_crash>");
    expect((await seen()).record).toMatchObject({ state: "made", spec: { name: NAME } });
    // On top of what it was: somebody else's change is not written over.
    await expect(redefine(ctx, NAME, { before, after }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: expect.stringContaining("meanwhile"),
    });
  });

  it.each<[string, (xml: string) => string, object]>([
    ["no XML", () => "<domain", { code: "E_INVALID", exitCode: 3 }],
    [
      "an element that libvirt does not know",
      (xml) => xml.replace("<on_crash>", "<bogus/><on_crash>"),
      { code: "E_INVALID" },
    ],
    [
      "a device that cannot be",
      (xml) => xml.replace("bus='virtio'", "bus='nothing'").replace('bus="virtio"', 'bus="nothing"'),
      { code: "E_INVALID" },
    ],
    [
      "another name",
      (xml) => xml.replace(`<name>${NAME}<`, "<name>t-other<"),
      { code: "E_CONFLICT", next: [expect.stringContaining("hutch rename")] },
    ],
  ])("refuses %s, and changes nothing", async (_what, change, refusal) => {
    await given("stopped");
    const look = async () => plainWorld(await ground.world());
    const before = await look();
    const { xml } = await definition(ctx, NAME);
    await expect(redefine(ctx, NAME, { before: xml, after: change(xml) }).result).rejects.toMatchObject(refusal);
    expect(await look()).toEqual(before);
  });
});

describe("adopt", () => {
  it("gives a VM of others a record and changes nothing else", async () => {
    const { inactiveXml } = await given("stopped").then(detail);
    const foreign = inactiveXml
      .replace(/<metadata>[\s\S]*<\/metadata>/, "")
      .replace(/<name>.*<\/name>/, "<name>My VM</name>")
      .replace(/<uuid>.*<\/uuid>/, "")
      .replace(/<mac [^>]*>/, "");
    await ctx.client.call("domain.define", { xml: foreign, validate: true });
    await expect(changeSettings(ctx, "My VM", { cpus: 2 }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      next: expect.arrayContaining(["hutch adopt My VM"]),
    });
    const before = await ctx.client.call("domain.detail", { ref: { name: "My VM" } });
    await adopt(ctx, "My VM", { user: "admin" }).result;
    const after = await ctx.client.call("domain.detail", { ref: { name: "My VM" } });
    expect(after.inactiveXml.replace(/\s*<metadata>[\s\S]*<\/metadata>/, "")).toBe(before.inactiveXml);
    expect((await findMachine(ctx.client, "My VM")).record).toMatchObject({
      state: "made",
      spec: { user: "admin", cpus: 1 },
    });
    await expect(adopt(ctx, "My VM", {}).result).rejects.toMatchObject({ code: "E_CONFLICT" });
    await ctx.client.call("domain.undefine", { uuid: after.uuid, flags: 0 });
  });
});

describe("a paused VM", () => {
  it("of others is let go on by start, and stopped by force", async () => {
    const xml = `<domain type="qemu"><name>My VM</name><memory unit="MiB">32</memory><vcpu>1</vcpu>
      <os><type arch="x86_64">hvm</type></os></domain>`;
    const { uuid } = await ctx.client.call("domain.define", { xml, validate: true });
    await ctx.client.call("domain.start", { uuid, flags: VirDomainCreateFlags.PAUSED });
    await expect(stop(ctx, { names: ["My VM"], foreign: true }).result).rejects.toMatchObject({
      message: expect.stringContaining("is paused"),
      next: ["hutch start 'My VM' --foreign", "hutch stop 'My VM' --force --foreign"],
    });
    await start(ctx, ["My VM"], { foreign: true }).result;
    expect((await findMachine(ctx.client, "My VM")).status.power).toBe("running");
    // Adopted, it has no card that an address could come to: there is nothing to wait for.
    await adopt(ctx, "My VM", {}).result;
    await expect(runInGuest(ctx, "My VM", ["true"], {})).rejects.toMatchObject({
      code: "E_GUEST",
      message: expect.stringContaining("no network card"),
      next: ["hutch console 'My VM'"],
    });
    expect((await wait(ctx, "My VM", { for: "running" }).result).stages).toHaveLength(1);
    await expect(wait(ctx, "My VM", { for: "ssh", timeoutMs: 60_000 }).result).rejects.toMatchObject({
      code: "E_GUEST",
      message: expect.stringContaining("no network card"),
    });
    await stop(ctx, { names: ["My VM"], foreign: true, force: true }).result;
  });

  it("is not renamed, copied or taken apart, and both ways on are told", async () => {
    await given("stopped");
    await attachDisk(ctx, NAME, { bytes: 8 * MIB }).result;
    await start(ctx, [NAME], {}).result;
    await pause(ctx, [NAME]).result;
    const before = await ground.world();
    const refused = { code: "E_CONFLICT", message: expect.stringContaining("is paused") };
    const next = [`hutch resume ${NAME}`, `hutch stop ${NAME} --force`];
    for (const order of [
      rename(ctx, NAME, "t-other"),
      clone(ctx, NAME, { to: "t-copy" }),
      exportMachine(ctx, NAME, { file: `${ground.lane.root}/t-web.hutch` }),
      detachDisk(ctx, NAME, { target: "vdc" }),
    ])
      await expect(order.result).rejects.toMatchObject({ ...refused, next });
    expect(await ground.world()).toEqual(before);
  });
});

describe("the trash", () => {
  it("takes a paused VM only where its power may be cut, and changes nothing before", async () => {
    await given("running");
    await pause(ctx, [NAME]).result;
    const before = await ground.world();
    await expect(remove(ctx, { names: [NAME] }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: expect.stringContaining("is paused"),
      next: [`hutch resume ${NAME}`, `hutch delete ${NAME} --force`],
    });
    expect(await ground.world()).toEqual(before);
    expect(await remove(ctx, { names: [NAME], force: true }).result).toMatchObject([{ done: true }]);
    await recover(ctx, [NAME]).result;
    expect((await seen()).status.power).toBe("stopped");
  });

  it("keeps snapshots", async () => {
    const { createSnapshot, snapshots } = await import("../../src/usecases/snapshots.ts");
    await given("stopped");
    await createSnapshot(ctx, NAME, { snapshot: "kept" }).result;
    await remove(ctx, { names: [NAME] }).result;
    await recover(ctx, [NAME]).result;
    expect(await snapshots(ctx, NAME)).toMatchObject([{ name: "kept", kind: "stopped", current: true }]);
  });
});
