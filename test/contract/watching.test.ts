/** What a face that stays open asks of a host, on libvirt's test driver. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isActive } from "../../src/core/machine/status.ts";
import type { HostNews } from "../../src/core/watching.ts";
import { openClient } from "../../src/host/connection.ts";
import { connect, connectDemo, type Host } from "../../src/index.ts";
import { writeTestHost } from "../support/test-host.ts";

const URI = "test:///default";
const XML = `<domain type="test"><name>t-watched</name><memory unit="MiB">16</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>`;

const home = mkdtempSync(join(tmpdir(), "hutch-watching-"));
const env = { HOME: home };
let client: Awaited<ReturnType<typeof openClient>>;
let hutch: Host;
beforeAll(async () => {
  client = await openClient({ uri: URI });
  hutch = await connect({ uri: URI, env });
});
afterAll(async () => {
  await hutch?.close();
  await client?.close();
  rmSync(home, { recursive: true, force: true });
});

/** Everything that is told from now on; `until` resolves once it holds. */
async function watching(host: Host) {
  const stop = new AbortController();
  const news: HostNews[] = [];
  let look = (): void => undefined;
  const done = (async () => {
    for await (const each of host.watch(stop.signal)) {
      news.push(each);
      look();
    }
  })();
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      look = () => {
        if (holds()) resolve();
      };
      done.catch(reject);
      look();
    });
  const end = async () => {
    stop.abort();
    await done;
  };
  await until(() => news.length > 0);
  return { news, until, end };
}

describe("watch", () => {
  it("begins with every VM, then tells what happens at once, and how things are after it", async () => {
    const { news, until, end } = await watching(hutch);
    expect(news).toEqual([{ k: "machines", machines: [expect.objectContaining({ name: "test" })] }]);
    const { uuid } = await client.call("domain.define", { xml: XML, validate: false });
    const states = () =>
      news.flatMap((each) => (each.k === "changed" ? each.machines : [])).map(({ status }) => status.power);
    await until(() => states().includes("stopped"));
    const began = performance.now();
    await client.call("domain.start", { uuid, flags: 0 });
    await until(() => states().at(-1) === "running");
    expect(performance.now() - began).toBeLessThan(1_500);
    await client.call("domain.destroy", { uuid, flags: 0 });
    await client.call("domain.undefine", { uuid, flags: 0 });
    await until(() => news.some((each) => each.k === "changed" && each.gone.includes(uuid)));
    const happenings = news.flatMap((each) => (each.k === "happened" ? [each.happening] : []));
    expect(happenings.map(({ name, text, level }) => [name, text, level])).toEqual([
      ["t-watched", "defined: added", "info"],
      ["t-watched", "started: booted", "info"],
      ["t-watched", "stopped: destroyed", "info"],
      ["t-watched", "undefined: removed", "info"],
    ]);
    await end();
  });

  it("reads a burst of events once", async () => {
    const { news, until, end } = await watching(hutch);
    const [test] = (await client.call("domain.list", {})).filter(({ name }) => name === "test");
    const uuid = test?.uuid ?? "";
    for (let round = 0; round < 5; round += 1) {
      await client.call("domain.suspend", { uuid });
      await client.call("domain.resume", { uuid });
    }
    await until(() => news.filter(({ k }) => k === "happened").length === 10);
    await until(() => news.at(-1)?.k === "changed");
    expect(news.filter(({ k }) => k === "changed").length).toBeLessThanOrEqual(3);
    await end();
  });

  it("ends at the abort, and fails where the first look does", async () => {
    const { end } = await watching(hutch);
    await end();
    const closed = await connect({ uri: URI, env });
    await closed.close();
    const looks = closed.watch(new AbortController().signal)[Symbol.asyncIterator]();
    await expect(looks.next()).rejects.toMatchObject({ name: "HutchError" });
  });
});

describe("lists of a host", () => {
  it("say of networks and pools what the commands say of them", async () => {
    const networks = await hutch.hostNetworks();
    expect(networks).toEqual(
      (await hutch.networks.list()).map(({ subnets, bridge, ...network }) => ({
        ...network,
        bridge,
        addresses: subnets,
        leases: expect.any(Array),
      })),
    );
    expect(networks[0]?.addresses).toEqual(["192.168.122.1/24"]);
    const pools = await hutch.hostPools();
    expect(pools).toEqual((await hutch.pools.list()).map(({ usedBytes: _, ...pool }) => ({ ...pool, volumes: [] })));
  });

  it("have the snapshots of every VM, each with its own", async () => {
    const [test] = (await client.call("domain.list", {})).filter(({ name }) => name === "test");
    const uuid = test?.uuid ?? "";
    for (const name of ["first", "second"])
      await client.call("snapshot.create", {
        uuid,
        xml: `<domainsnapshot><name>${name}</name></domainsnapshot>`,
        flags: 0,
      });
    const found = await hutch.hostSnapshots();
    expect(found.map(({ machine, name, parent, current }) => [machine, name, parent, current])).toEqual([
      ["test", "first", null, false],
      ["test", "second", "first", true],
    ]);
    expect(found[0]?.createdAt).toBeGreaterThan(Date.UTC(2020));
    for (const name of ["second", "first"]) await client.call("snapshot.delete", { uuid, name, flags: 0 });
    expect(await hutch.hostSnapshots()).toEqual([]);
  });

  it("are empty where a host has nothing, and its summary is what info says", async () => {
    const host = await connect({ uri: writeTestHost(home, "bare", []), env });
    expect([await host.hostNetworks(), await host.hostPools(), await host.hostSnapshots()]).toEqual([[], [], []]);
    const { arch: _, freePoolBytes, ...info } = await host.host();
    expect([await host.hostSummary(), freePoolBytes]).toEqual([info, null]);
    await host.close();
  });
});

describe("the demo", () => {
  it("is forty VMs that start, stop and go into the trash for real, with a pool and snapshots", async () => {
    const demo = await connectDemo({ env });
    const machines = await demo.list();
    expect(machines).toHaveLength(40);
    expect(
      machines
        .filter(({ record }) => record === null)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["win11-desk", "虚拟机-测试"]);
    expect(machines.filter(({ status }) => !isActive(status))).toHaveLength(6);
    expect(machines.flatMap(({ problems }) => problems)).toEqual([]);
    const power = async (name: string) => (await demo.list()).find((each) => each.name === name)?.status.power;
    await demo.start(["scratch-1"]).result;
    expect(await power("scratch-1")).toBe("running");
    await demo.stop({ names: ["scratch-1"], force: true }).result;
    expect(await power("scratch-1")).toBe("stopped");
    await demo.delete({ names: ["scratch-2"] }).result;
    expect((await demo.list()).find(({ record }) => record?.trash?.name === "scratch-2")?.record?.state).toBe(
      "trashed",
    );
    expect((await demo.images.list()).map(({ name }) => name).sort()).toEqual(["debian-12", "debian-13"]);
    expect((await demo.images.list()).map(({ bytes, trust }) => [bytes, trust])).toEqual(
      Array(2).fill([400 * 1024 ** 2, "signed by its publisher"]),
    );
    const pools = await demo.hostPools();
    expect(pools.map(({ name }) => name)).toEqual(["default-pool", "hutch"]);
    expect(pools[1]).toMatchObject((await demo.hostSummary()).pool ?? {});
    expect((await demo.hostSnapshots()).map(({ machine, name }) => `${machine} ${name}`)).toContain(
      "web-1 before-upgrade",
    );
    await demo.close();
  });

  it("is filled once, however often it is opened", async () => {
    const [one, two] = [await connectDemo({ env }), await connectDemo({ env })];
    expect(await two.list()).toHaveLength(40);
    expect((await one.list()).map(({ uuid }) => uuid).sort()).toEqual(
      (await two.list()).map(({ uuid }) => uuid).sort(),
    );
    await one.close();
    await two.close();
  });

  it("makes up loads that only grow, for those that run and no others", async () => {
    const demo = await connectDemo({ env });
    const before = await demo.sampleLoads();
    await new Promise((resolve) => setTimeout(resolve, 200));
    const after = await demo.sampleLoads();
    const running = (await demo.list()).filter(({ status }) => status.power === "running").map(({ uuid }) => uuid);
    expect(after.loads.map(({ uuid }) => uuid).sort()).toEqual(running.sort());
    for (const load of after.loads) {
      const earlier = before.loads.find(({ uuid }) => uuid === load.uuid);
      expect(load.cpuNs).toBeGreaterThan(earlier?.cpuNs ?? 0);
      expect(load.cpuNs - (earlier?.cpuNs ?? 0)).toBeLessThanOrEqual(((after.at - before.at) * load.vcpus + 1) * 1e6);
      expect(load.memoryUsedBytes).toBeLessThan(load.memoryBytes);
    }
    await demo.close();
  });
});
