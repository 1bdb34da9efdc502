import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PortForward } from "../../src/core/machine/spec.ts";
import { readDomain } from "../../src/host/domain-read.ts";
import { liveForwards } from "../../src/host/live-forwards.ts";
import { findMachine } from "../../src/host/machines.ts";
import type { Context } from "../../src/usecases/context.ts";
import { launch } from "../../src/usecases/launch.ts";
import { addPorts, ports, removePorts } from "../../src/usecases/ports.ts";
import { changeSettings, planSettings } from "../../src/usecases/vm-settings.ts";
import { blankVm } from "../support/blank-vm.ts";
import { type LaunchGround, layLaunchGround } from "../support/launch-ground.ts";

const NAME = "t-ports";
const forward = (hostPort: number, guestPort = 80, protocol: "tcp" | "udp" = "tcp"): PortForward => ({
  protocol,
  hostAddress: "127.0.0.1",
  hostPort,
  guestPort,
});

let ground: LaunchGround;
let ctx: Context;

beforeAll(async () => {
  ground = await layLaunchGround();
  ctx = await ground.context();
  await launch(ctx, { ...blankVm(NAME, ground.image), network: { kind: "user" }, publish: [forward(21_080)] }).result;
  const off = {
    ...blankVm("t-off", ground.image),
    network: { kind: "user" },
    publish: [forward(21_090)],
    start: false,
  };
  await launch(ctx, { ...off, network: { kind: "user" } }).result;
});
afterAll(async () => ground?.[Symbol.asyncDispose]());

/** What QEMU forwards now, what the definition says, and what the record says: each as `host-port/protocol`. */
async function everywhere() {
  const { uuid, record } = await findMachine(ctx.client, NAME);
  const { inactiveXml } = await ctx.client.call("domain.detail", { ref: { uuid } });
  const { result } = await ctx.client.call("domain.monitor", { uuid, command: "info usernet", hmp: true });
  const told = (forwards: readonly PortForward[]) =>
    forwards.map(({ hostPort, guestPort, protocol }) => `${hostPort}:${guestPort}/${protocol}`).sort();
  return {
    live: told(liveForwards(result)),
    defined: told(readDomain(inactiveXml).forwards),
    recorded: told(record?.forwards ?? []),
  };
}

const published = async () => (await ports(ctx, NAME)).filter(({ purpose }) => purpose === "published");

describe("ports of a running VM in user-mode networking", () => {
  it("are added at once, in the definition and in the record alike, and taken away again", async () => {
    const before = await everywhere();
    expect(before.live).toEqual(before.recorded);
    await addPorts(ctx, NAME, [forward(21_081), forward(21_053, 53, "udp")]).result;
    const after = await everywhere();
    expect(after.live).toEqual([...before.live, "21053:53/udp", "21081:80/tcp"].sort());
    expect(after).toEqual({ live: after.live, defined: after.live, recorded: after.live });
    expect((await findMachine(ctx.client, NAME)).record?.spec.publish).toHaveLength(3);

    await removePorts(ctx, NAME, [forward(21_081), forward(21_053, 53, "udp")]).result;
    expect(await everywhere()).toEqual(before);
    expect(await published()).toEqual([{ ...forward(21_080), purpose: "published" }]);
  });

  it("are refused when another VM has them, running or off, or another program; nothing changes", async () => {
    const before = await everywhere();
    const server = await new Promise<Server>((resolve) => {
      const listening = createServer().listen(21_099, "127.0.0.1", () => resolve(listening));
    });
    const cases: readonly (readonly [PortForward, string])[] = [
      [forward(21_080), NAME],
      [forward(21_090), "t-off"],
      [forward(21_099), "Another program"],
    ];
    for (const [wanted, why] of cases)
      await expect(addPorts(ctx, NAME, [forward(21_082), wanted]).result).rejects.toMatchObject({
        code: "E_CONFLICT",
        why: expect.stringContaining(why),
      });
    await expect(addPorts(ctx, NAME, [forward(21_082), forward(21_082)]).result).rejects.toMatchObject({
      code: "E_USAGE",
    });
    server.close();
    expect(await everywhere()).toEqual(before);
  });

  it("ssh's own stays, and one that leads nowhere is not found", async () => {
    const [ssh] = (await ports(ctx, NAME)).filter(({ purpose }) => purpose === "ssh");
    if (ssh === undefined) throw new Error("no way in");
    await expect(removePorts(ctx, NAME, [ssh]).result).rejects.toMatchObject({ code: "E_CONFLICT" });
    await expect(removePorts(ctx, NAME, [forward(1)]).result).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  });

  it.each(["undo", "after"] as const)("are as before when it breaks (%s)", async (phase) => {
    const before = await everywhere();
    const broken = await ground.context((point) => {
      if (point.step === "port-add" && point.phase === phase) throw new Error("broken");
    });
    await expect(addPorts(broken, NAME, [forward(21_083)]).result).rejects.toThrow("broken");
    const after = await everywhere();
    // Once the record says so it is done.
    const done = phase === "after" ? ["21083:80/tcp"] : [];
    expect(after).toEqual({
      live: [...before.live, ...done].sort(),
      defined: [...before.defined, ...done].sort(),
      recorded: [...before.recorded, ...done].sort(),
    });
  });

  it("of a VM that is off are in its definition, and free for nobody else", async () => {
    await addPorts(ctx, "t-off", [forward(21_091)]).result;
    const { uuid } = await findMachine(ctx.client, "t-off");
    const { inactiveXml } = await ctx.client.call("domain.detail", { ref: { uuid } });
    expect(readDomain(inactiveXml).forwards.map(({ hostPort }) => hostPort)).toContain(21_091);
    await expect(addPorts(ctx, NAME, [forward(21_091)]).result).rejects.toMatchObject({ code: "E_CONFLICT" });
  });

  it("are added by set too, once, and said before", async () => {
    const before = await everywhere();
    const wanted = [forward(21_080), forward(21_084)];
    const plan = await planSettings(ctx, NAME, { publish: wanted });
    expect(plan.changes).toMatchObject([
      { setting: "publish", to: expect.stringContaining("127.0.0.1:21084:80/tcp"), when: "now" },
    ]);
    expect(await everywhere()).toEqual(before);
    await changeSettings(ctx, NAME, { publish: wanted, tags: ["web"] }).result;
    const after = await everywhere();
    expect(after.live).toEqual([...before.live, "21084:80/tcp"].sort());
    expect(after).toEqual({ live: after.live, defined: after.live, recorded: after.live });
    expect((await planSettings(ctx, NAME, { publish: wanted })).changes).toEqual([]);
    await expect(changeSettings(ctx, NAME, { publish: [forward(21_090)], tags: [] }).result).rejects.toMatchObject({
      code: "E_CONFLICT",
    });
    expect((await findMachine(ctx.client, NAME)).record?.tags).toEqual(["web"]);
    await removePorts(ctx, NAME, [forward(21_084)]).result;
    expect(await everywhere()).toEqual(before);
  });

  it("are none of a VM on a network", async () => {
    await launch(ctx, { ...blankVm("t-nat", ground.image), start: false }).result;
    await expect(addPorts(ctx, "t-nat", [forward(21_095)]).result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: expect.stringContaining("an address of its own"),
    });
  });
});
