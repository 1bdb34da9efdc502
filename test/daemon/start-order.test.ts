/** VMs back in order, on a private libvirtd: what the systemd unit would run after a reboot of the host. */
import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PowerResult } from "../../src/core/requests.ts";
import { findMachine } from "../../src/host/machines.ts";
import { updateRecord } from "../../src/host/records.ts";
import type { Context } from "../../src/usecases/context.ts";
import { launch } from "../../src/usecases/launch.ts";
import { startInOrder } from "../../src/usecases/start-in-order.ts";
import { blankVm } from "../support/blank-vm.ts";
import { hutchIn } from "../support/hutch-cli.ts";
import { type LaunchGround, layLaunchGround } from "../support/launch-ground.ts";

let ground: LaunchGround;
let ctx: Context;

async function placed(name: string, startOrder: number | null, startDelay = 0): Promise<string> {
  await launch(ctx, { ...blankVm(name, ground.image), start: false }).result;
  const { uuid } = await findMachine(ctx.client, name);
  await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({ ...record, startOrder, startDelay }));
  return uuid;
}
const power = async (name: string) => (await findMachine(ctx.client, name)).status.power;

beforeAll(async () => {
  ground = await layLaunchGround();
  ctx = await ground.context();
});
afterAll(async () => {
  await ground?.[Symbol.asyncDispose]();
});

describe("start --autostart", () => {
  it("starts those that have a place, in order and with their delays; one that cannot start stops nobody else", async () => {
    await placed("t-late", 9);
    const broken = await placed("t-broken", 2);
    await placed("t-early", 1, 2);
    await placed("t-free", null);
    const { xml } = await ctx.client.call("domain.detail", { ref: { uuid: broken } });
    await ctx.client.call("domain.define", { xml: xml.replaceAll(".qcow2", ".gone"), validate: false });

    const began: { readonly name: string; readonly at: number }[] = [];
    const starting = startInOrder(ctx);
    for await (const event of starting) if (event.k === "step.begin") began.push({ name: event.step, at: event.at });
    const results = await starting.result;
    expect(began.map(({ name }) => name)).toEqual(["start t-early", "start t-broken", "start t-late"]);
    expect((began[2]?.at ?? 0) - (began[1]?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
    expect(results.map(({ name, done }) => [name, done])).toEqual([
      ["t-early", true],
      ["t-broken", false],
      ["t-late", true],
    ]);
    expect(results[1]?.message).not.toBe("");
    expect(await Promise.all(["t-early", "t-broken", "t-late", "t-free"].map(power))).toEqual([
      "running",
      "stopped",
      "running",
      "stopped",
    ]);
  });

  it("is what the command does, and leaves alone what runs", async () => {
    const hutch = hutchIn(ground.lane);
    const { code, stdout } = await hutch.run(["start", "--autostart", "-o", "json"]);
    const { results } = JSON.parse(stdout) as { readonly results: readonly PowerResult[] };
    expect([code, results.map(({ done }) => done)]).toEqual([10, [true, false, true]]);
  });

  it("gives up at once when it is cancelled while it waits", async () => {
    const uuid = (await findMachine(ctx.client, "t-early")).uuid;
    await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({ ...record, startDelay: 600 }));
    for (const name of ["t-early", "t-late"])
      await ctx.client.call("domain.destroy", { uuid: (await findMachine(ctx.client, name)).uuid, flags: 0 });
    const starting = startInOrder(ctx);
    for await (const event of starting) if (event.k === "step.note") starting.cancel();
    await expect(starting.result).rejects.toMatchObject({ code: "E_CANCELLED" });
    expect([await power("t-early"), await power("t-late")]).toEqual(["running", "stopped"]);
  });
});

describe("autostart enable", () => {
  // Where there is one, it is the machine's own: no test may change that.
  it.skipIf(existsSync("/run/systemd/system"))("is refused plainly without systemd, and writes nothing", async () => {
    const hutch = hutchIn(ground.lane);
    const { code, fault } = await hutch.refused(["autostart", "enable"]);
    expect([code, fault.message]).toEqual([6, expect.stringContaining("not run by systemd")]);
    expect((await ground.lane.exec(["ls", "/etc/systemd/system/hutch-autostart.service"])).code).not.toBe(0);
  });
});
