/** Networks, pools, statistics, events and QEMU's log on a private libvirtd with paused, diskless guests. */
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect as connectLibvirt, type LibvirtClient } from "#ffi";
import type { FaultData } from "../../src/core/errors.ts";
import type { HostEvent } from "../../src/core/host-event.ts";
import type { MachineStats } from "../../src/core/stats.ts";
import type { NetworkInfo, PoolInfo } from "../../src/core/surroundings.ts";
import { openContext } from "../../src/usecases/context.ts";
import { createNetwork } from "../../src/usecases/network-create.ts";
import { removeNetwork } from "../../src/usecases/networks.ts";
import { addPool } from "../../src/usecases/pools.ts";
import { type HutchCli, hutchIn } from "../support/hutch-cli.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import { CHECKOUT } from "../support/lane-namespace.ts";
import { world } from "../support/world.ts";

let lane: SystemLane;
let client: LibvirtClient;
let hutch: HutchCli;

const guest = (
  name: string,
  network?: string,
) => `<domain type="qemu"><name>${name}</name><memory unit="MiB">32</memory>
  <vcpu>1</vcpu><os><type arch="x86_64" machine="pc">hvm</type></os><devices>${
    network === undefined
      ? ""
      : `<interface type="network"><source network="${network}"/><model type="virtio"/></interface>`
  }</devices></domain>`;

async function startPaused(name: string, network?: string): Promise<string> {
  const { uuid } = await client.call("domain.define", { xml: guest(name, network), validate: true });
  await client.call("domain.start", { uuid, flags: 1 });
  return uuid;
}
/** In the background, until it is interrupted. */
const spawn = (...args: readonly string[]) => lane.spawn([process.execPath, join(CHECKOUT, "dist/hutch.js"), ...args]);
const network = async (...args: readonly string[]) =>
  (await hutch.json<{ network: NetworkInfo }>(["network", ...args])).network;
const refused = async (...args: readonly string[]): Promise<FaultData & { readonly exit: number }> => {
  const { code, fault } = await hutch.refused(args);
  return { ...fault, exit: code };
};

beforeAll(async () => {
  lane = await startSystemLane();
  client = await connectLibvirt({ uri: lane.uri });
  hutch = hutchIn(lane);
});
afterAll(async () => {
  await client?.close();
  await lane?.stop();
});

describe("networks", () => {
  it("of every kind are made, run, and start with the host", async () => {
    expect(await network("create", "t-nat")).toMatchObject({ mode: "nat", active: true, autostart: true });
    expect(await network("create", "t-alone", "--mode", "isolated", "--bridge", "virbr-t")).toMatchObject({
      mode: "isolated",
      bridge: "virbr-t",
    });
    expect(await network("create", "t-routed", "--mode", "routed", "--subnet", "10.77.0.0/28")).toMatchObject({
      mode: "routed",
      subnets: ["10.77.0.1/28"],
    });
    expect(await network("create", "t-lan", "--mode", "bridge", "--bridge", "virbr-t")).toMatchObject({
      mode: "bridge",
      subnets: [],
      dhcp: null,
    });
    const { stdout } = await lane.exec(["ip", "-4", "-br", "addr", "show", "virbr-t"]);
    expect(stdout).toContain("192.168.124.1/24");
    expect(readdirSync(join(lane.root, "etc/qemu/networks/autostart"))).toContain("t-nat.xml");
  });

  it("do not clash with the host's routes, with one another, or with the host's devices", async () => {
    await lane.exec(["ip", "route", "add", "192.168.77.0/24", "dev", "lo"]);
    expect(await refused("network", "create", "x", "--subnet", "192.168.77.128/25")).toMatchObject({
      code: "E_CONFLICT",
      exit: 5,
      message: "--subnet 192.168.77.128/25 overlaps 192.168.77.0/24, which is a route of this host over lo.",
    });
    expect(await refused("network", "create", "x", "--subnet", "10.77.0.0/24")).toMatchObject({
      message: expect.stringContaining("the network t-routed"),
    });
    expect(await refused("network", "create", "x", "--bridge", "tap0")).toMatchObject({
      message: expect.stringContaining("has a device tap0"),
    });
  });

  it("tell who uses them, running or not, and are kept for those", async () => {
    const uuid = await startPaused("t-user", "t-nat");
    await client.call("domain.define", { xml: guest("t-off", "t-nat"), validate: true });
    expect((await network("info", "t-nat")).usedBy).toEqual(["t-off", "t-user"]);
    expect(await refused("network", "rm", "t-nat", "--yes")).toMatchObject({
      code: "E_CONFLICT",
      message: "The network t-nat is used by t-off, t-user.",
    });
    expect((await network("info", "t-nat")).active).toBe(true);
    await client.call("domain.destroy", { uuid, flags: 0 });
  });

  it("list the addresses that they gave", async () => {
    const mac = "52:54:00:aa:bb:cc";
    const bridge = (await network("info", "t-nat")).bridge ?? "";
    // As dnsmasq's helper writes it down for libvirt.
    const lease = { "ip-address": "192.168.123.77", "mac-address": mac, hostname: "web", "expiry-time": 4_000_000_000 };
    writeFileSync(join(lane.root, `lib/dnsmasq/${bridge}.status`), JSON.stringify([lease]));
    const { leases } = await hutch.json<{ leases: unknown }>(["network", "leases", "t-nat"]);
    expect(leases).toEqual([
      { address: "192.168.123.77", mac, hostname: "web", expiresAt: "2096-10-02T07:06:40.000Z", machine: null },
    ]);
    expect((await hutch.json<{ leases: unknown }>(["network", "leases", "default"])).leases).toEqual([]);
  });

  it("are removed with everything that was made for them", async () => {
    for (const name of ["t-lan", "t-alone", "t-routed"]) await hutch.json(["network", "rm", name, "--yes"]);
    const { stdout } = await lane.exec(["ip", "-br", "link", "show", "type", "bridge"]);
    expect(stdout).not.toContain("virbr-t");
    const { networks } = await hutch.json<{ networks: readonly { name: string }[] }>(["network", "ls"]);
    expect(networks.map(({ name }) => name)).toEqual(["default", "t-nat"]);
  });

  it("leave the world as it was when a step of making or removing one breaks", async () => {
    const broken = new Error("broken here");
    const before = await world(client, { lane });
    for (const [step, phase] of [
      ["define", "undo"],
      ["define", "after"],
      ["start", "after"],
    ]) {
      const ctx = await openContext({
        uri: lane.uri,
        env: lane.env,
        probe: (at) => {
          if (at.step === step && at.phase === phase) throw broken;
        },
      });
      await expect(createNetwork(ctx, { name: "t-broken", mode: "nat" }).result).rejects.toThrow("broken here");
      expect(await world(client, { lane })).toEqual(before);
      await ctx.client.close();
    }
    const ctx = await openContext({
      uri: lane.uri,
      env: lane.env,
      probe: ({ step, phase }) => {
        if (step === "remove" && phase === "after") throw broken;
      },
    });
    await createNetwork(ctx, { name: "t-kept", mode: "isolated" }).result;
    const kept = await world(client, { lane });
    await expect(removeNetwork(ctx, "t-kept").result).rejects.toThrow("broken here");
    expect((await world(client, { lane })).networks).toEqual(kept.networks);
    await ctx.client.close();
    await hutch.json(["network", "rm", "t-kept", "--yes"]);
  });
});

describe("pools", () => {
  const at = (name: string) => join(lane.root, name);

  it("are made of a folder, which is made where it is not there", async () => {
    const add = async (name: string, path: string) =>
      (await hutch.json<{ pool: PoolInfo }>(["pool", "add", name, path])).pool;
    mkdirSync(at("there"));
    writeFileSync(at("there/a.img"), Buffer.alloc(4096));
    expect(await add("t-there", at("there"))).toMatchObject({
      path: at("there"),
      active: true,
      autostart: true,
      volumes: [{ name: "a.img", virtualBytes: 4096 }],
    });
    for (const [index, name] of ["deep/new folder 日本", `it's "odd" & <so> on`, "two\nlines"].entries())
      expect(await add(`t-new-${index}`, at(name))).toMatchObject({ path: at(name), active: true, volumes: [] });
  });

  it("refuse a file, a folder below a file, and a folder of another pool", async () => {
    writeFileSync(at("file"), "");
    for (const [path, message] of [
      [at("file"), "is a file, not a folder"],
      [at("file/below"), "leads through a file"],
      [at("there"), "belongs to the pool t-there"],
      [at("there/below"), "lie in one another"],
    ] as const)
      expect(await refused("pool", "add", "x", path)).toMatchObject({ message: expect.stringContaining(message) });
  });

  it("leave nothing behind when making one breaks, and never somebody's folder", async () => {
    mkdirSync(at("mine"));
    const ctx = await openContext({
      uri: lane.uri,
      env: lane.env,
      probe: ({ step, phase }) => {
        if (step === "add" && phase === "after") throw new Error("broken here");
      },
    });
    const before = await world(client);
    await expect(addPool(ctx, "t-broken", at("gone")).result).rejects.toThrow("broken here");
    await expect(addPool(ctx, "t-broken", at("mine")).result).rejects.toThrow("broken here");
    expect((await world(client)).pools).toEqual(before.pools);
    expect(readdirSync(lane.root)).toContain("mine");
    expect(readdirSync(lane.root)).not.toContain("gone");
    await ctx.client.close();
  });
});

describe("what is seen of running VMs", () => {
  it("is sampled in one call for all", async () => {
    await Promise.all(["t-a", "t-b"].map((name) => startPaused(name)));
    const { machines } = await hutch.json<{ machines: readonly MachineStats[] }>(["stats"]);
    expect(machines.map(({ name }) => name)).toEqual(["t-a", "t-b"]);
    for (const each of machines) {
      expect(each).toMatchObject({ vcpus: 1, memoryBytes: 32 * 1024 ** 2, cpuPercent: expect.any(Number) });
      // Paused: next to nothing, and its process is there.
      expect(each.cpuPercent).toBeLessThan(50);
      expect(each.memoryUsedBytes).toBeGreaterThan(0);
    }
    expect(await refused("stats", "t-off")).toMatchObject({ code: "E_CONFLICT", next: ["hutch start t-off"] });
  });

  it("goes on a line a round until it is interrupted", async () => {
    const running = spawn("stats", "t-a", "-f", "--every", "0.2s", "-o", "ndjson");
    let lines = 0;
    for await (const chunk of running.child.stdout) {
      lines += String(chunk).split("\n").length - 1;
      if (lines >= 3) break;
    }
    running.kill("SIGINT");
    expect((await running.done).code).toBe(130);
  });

  it("has QEMU's own log", async () => {
    const { stdout } = await hutch.run(["logs", "t-a", "--qemu"]);
    expect(stdout).toContain("qemu-system-x86_64");
    expect(await refused("logs", "t-off", "--qemu")).toMatchObject({
      code: "E_CONFLICT",
      why: expect.stringContaining("never started"),
    });
  });

  it("is listed anew at each event, and not in between", async () => {
    const running = spawn("list", "name=t-seen*", "--watch", "--columns", "name,state", "-o", "name");
    const shown: string[] = [];
    running.child.stdout.on("data", (text: string) => shown.push(text));
    // Without a name that fits the first picture is empty: something comes and goes until it is seen.
    const end = Date.now() + 30_000;
    while (!shown.join("").includes("t-seen-first") && Date.now() < end) {
      const { uuid } = await client.call("domain.define", { xml: guest("t-seen-first"), validate: true });
      await new Promise((resolve) => setTimeout(resolve, 200));
      await client.call("domain.undefine", { uuid, flags: 0 });
    }
    const since = performance.now();
    const { uuid } = await client.call("domain.define", { xml: guest("t-seen"), validate: true });
    while (!shown.join("").includes("t-seen\n") && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 10));
    // Who asked every two seconds would need one on average.
    expect(performance.now() - since).toBeLessThan(1_000);
    const pictures = shown.length;
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(shown.length).toBe(pictures);
    await client.call("domain.undefine", { uuid, flags: 0 });
    running.kill("SIGINT");
    expect((await running.done).code).toBe(130);
  });

  it("is told as events, by name", async () => {
    const running = spawn("events", "t-event", "-f", "-o", "ndjson");
    const seen: HostEvent[] = [];
    running.child.stdout.on("data", (text: string) => {
      for (const line of text.split("\n").filter(Boolean)) seen.push(JSON.parse(line).event);
    });
    // Nobody says when it begins to listen: something happens again and again until it is heard.
    const end = Date.now() + 30_000;
    while (!seen.some(({ what }) => what === "stopped") && Date.now() < end) {
      const uuid = await startPaused("t-event");
      await client.call("domain.destroy", { uuid, flags: 0 });
      await client.call("domain.undefine", { uuid, flags: 0 });
    }
    running.kill("SIGINT");
    expect((await running.done).code).toBe(130);
    expect(new Set(seen.map(({ name }) => name))).toEqual(new Set(["t-event"]));
    expect(seen).toContainEqual(expect.objectContaining({ subject: "vm", what: "stopped", why: "destroyed" }));
  });
});
