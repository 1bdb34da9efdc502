/** Names of VMs on the host, on a hosts file of the test's own; never the machine's. */
import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../../src/usecases/context.ts";
import { disableNames, enableNames, hostNames } from "../../src/usecases/host-names.ts";
import { launch } from "../../src/usecases/launch.ts";
import { recover, remove } from "../../src/usecases/trash.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type LaunchGround, layLaunchGround } from "../support/launch-ground.ts";

const MINE = "127.0.0.1 localhost\n";
let ground: LaunchGround;
let ctx: Context;

const make = (name: string) => launch(ctx, { ...blankVm(name, ground.image), start: false }).result;
const text = () => readFileSync(ctx.paths.hostsFile, "utf8");

beforeAll(async () => {
  ground = await layLaunchGround();
  const own = await ground.context();
  ctx = { ...own, paths: { ...own.paths, hostsFile: join(ground.lane.root, "hosts") } };
  writeFileSync(ctx.paths.hostsFile, MINE, { mode: 0o644 });
});
afterAll(async () => {
  await ground?.[Symbol.asyncDispose]();
});

describe("NAME.hutch", () => {
  it("is written only once that is asked for", async () => {
    await make("t-one");
    expect(text()).toBe(MINE);
    const names = await enableNames(ctx);
    expect(names).toMatchObject({ enabled: true, current: true, entries: [{ name: "t-one" }] });
    expect(text()).toContain(`\n${names.entries[0]?.address} t-one.hutch\n`);
    expect(statSync(ctx.paths.hostsFile).mode & 0o777).toBe(0o644);
  });

  it("comes with a launch and goes with a purge", async () => {
    await make("t-two");
    expect(text()).toMatch(/t-one\.hutch\n.* t-two\.hutch\n/);
    await remove(ctx, { names: ["t-one"], purge: true }).result;
    expect(text()).not.toContain("t-one");
    expect(await hostNames(ctx)).toMatchObject({ current: true });
  });

  it("follows a VM into the trash and back", async () => {
    await remove(ctx, { names: ["t-two"] }).result;
    expect(text()).not.toContain("t-two");
    await recover(ctx, ["t-two"]).result;
    expect(text()).toContain(" t-two.hutch\n");
  });

  it("is taken back with a launch that fails", async () => {
    const failing = await ground.context(({ step, phase }) => {
      if (step === "network" && phase === "after") throw new Error("broken here");
    });
    const before = text();
    const order = { ...blankVm("t-fails", ground.image), start: false };
    await expect(launch({ ...failing, paths: ctx.paths }, order).result).rejects.toThrow("broken here");
    expect(text()).toBe(before);
  });

  it("keeps no work from being done where the file cannot be written, and says that it is old", async () => {
    const elsewhere = join(ground.lane.root, "a folder");
    mkdirSync(elsewhere);
    const notes: string[] = [];
    const broken = { ...ctx, paths: { ...ctx.paths, hostsFile: elsewhere } };
    const launching = launch(broken, { ...blankVm("t-three", ground.image), start: false });
    for await (const event of launching) if (event.k === "step.note") notes.push(event.text);
    await launching.result;
    expect(notes.join("\n")).toContain("sudo hutch names enable");
    expect(await hostNames(ctx)).toMatchObject({ enabled: true, current: false });
  });

  it("goes without a trace", async () => {
    chmodSync(ctx.paths.hostsFile, 0o640);
    expect(await disableNames(ctx)).toMatchObject({ enabled: false, current: true });
    expect([text(), statSync(ctx.paths.hostsFile).mode & 0o777]).toEqual([MINE, 0o640]);
  });

  it("is nothing for a session, whose VMs share one address", async () => {
    const session = { ...ctx, home: { ...ctx.home, mode: "session" as const } };
    await expect(enableNames(session)).rejects.toMatchObject({
      code: "E_HOST",
      next: ["hutch --connect qemu:///system names status"],
    });
    expect(text()).toBe(MINE);
  });
});
