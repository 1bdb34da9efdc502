/** What VMs stand on, VMs of others, and the library's handles: on libvirt's test driver, whose world is this process's. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LibvirtClient } from "#ffi";
import { RECORD_NAMESPACE } from "../../src/core/machine/record.ts";
import { openClient } from "../../src/host/connection.ts";
import { domainXml } from "../../src/host/domain-xml.ts";
import { chooseHome } from "../../src/host/home.ts";
import { assertNetworksHere } from "../../src/host/networks.ts";
import { encodeRecord } from "../../src/host/records.ts";
import { changeSetting, connect, type Host, type HostEvent, settings } from "../../src/index.ts";
import { hutch as run } from "../unit/cli/stand-in.ts";
import { INPUTS, record } from "../unit/host/samples.ts";

const URI = "test:///default";
const folder = mkdtempSync(join(tmpdir(), "hutch-surroundings-"));
const env = { PATH: process.env["PATH"] ?? "", HOME: folder, HUTCH_CONNECT: URI };
const hutch = (argv: readonly string[]) => run(argv, { env, library: () => import("../../src/index.ts") });

let client: LibvirtClient;
let host: Host;

beforeAll(async () => {
  client = await openClient(chooseHome({ uri: URI, env: {}, uid: 1000, groups: [] }), { inline: true });
  host = await connect({ uri: URI, env });
});
afterAll(async () => {
  await host.close();
  await client.close();
  rmSync(folder, { recursive: true });
});
afterEach(async () => {
  for (const { uuid, name } of await client.call("domain.list", {})) {
    if (name === "test") continue;
    await client.call("domain.destroy", { uuid, flags: 0 }).catch(() => undefined);
    await client.call("domain.undefine", { uuid, flags: 0 });
  }
});

const uuidOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const input = INPUTS["test"] ?? expect.fail();

async function define(number: number, name: string, metadata?: string): Promise<void> {
  const uuid = uuidOf(number);
  const xml = domainXml({ ...input, uuid, name, record: { ...record, spec: { ...record.spec, name } } });
  await client.call("domain.define", { xml, validate: true });
  if (metadata !== undefined)
    await client.call("domain.setMetadata", {
      uuid,
      namespace: RECORD_NAMESPACE,
      prefix: "hutch",
      xml: metadata,
      flags: 2,
    });
}

const next = <T>(values: AsyncIterable<T>) => values[Symbol.asyncIterator]().next();
const power = async (name: string) => (await host.info(name)).status.power;

describe("networks", () => {
  const created = (await_: Parameters<Host["networks"]["create"]>[0]) => host.networks.create(await_).result;

  it("are made with a free subnet, found, and removed", async () => {
    expect(await created({ name: "lab", mode: "nat" })).toMatchObject({
      name: "lab",
      mode: "nat",
      active: true,
      autostart: true,
      subnets: ["192.168.123.1/24"],
      dhcp: { first: "192.168.123.2", last: "192.168.123.254" },
      usedBy: [],
    });
    expect(await created({ name: "lab-2", mode: "isolated", bridge: "virbr-lab" })).toMatchObject({
      mode: "isolated",
      bridge: "virbr-lab",
      subnets: ["192.168.124.1/24"],
    });
    expect(await created({ name: "lab-3", mode: "routed", subnet: "10.9.8.0/28" })).toMatchObject({
      mode: "routed",
      subnets: ["10.9.8.1/28"],
      dhcp: { first: "10.9.8.2", last: "10.9.8.14" },
    });
    expect((await host.networks.list()).map(({ name }) => name)).toEqual(["default", "lab", "lab-2", "lab-3"]);
    for (const name of ["lab", "lab-2", "lab-3"]) await host.networks.remove(name).result;
    expect((await host.networks.list()).map(({ name }) => name)).toEqual(["default"]);
  });

  it.each([
    [
      { name: "x", mode: "nat", subnet: "192.168.122.128/25" },
      "E_CONFLICT",
      "overlaps 192.168.122.0/24, which is the network default",
    ],
    [{ name: "x", mode: "nat", subnet: "192.168.0.0/16" }, "E_CONFLICT", "the network default"],
    [{ name: "x", mode: "nat", subnet: "8.8.8.0/24" }, "E_USAGE", "none of the private networks"],
    [{ name: "default", mode: "nat" }, "E_CONFLICT", "There is a network default already"],
    [{ name: "x", mode: "nat", bridge: "virbr0" }, "E_CONFLICT", "belongs to the network default"],
    [{ name: "x", mode: "nat", bridge: "lo" }, "E_CONFLICT", "has a device lo"],
    [{ name: "x", mode: "nat", bridge: "much-too-long-a-name" }, "E_USAGE", "at most 15"],
    [{ name: "x", mode: "bridge" }, "E_USAGE", "stands on one that is there"],
    [{ name: "x", mode: "bridge", bridge: "t-nowhere" }, "E_NOT_FOUND", 'no bridge "t-nowhere"'],
    [{ name: "x", mode: "bridge", bridge: "br0", subnet: "10.1.1.0/24" }, "E_USAGE", "not for mode bridge"],
    [{ name: "a b", mode: "nat" }, "E_USAGE", "cannot be the name"],
    [{ name: "日本", mode: "nat" }, "E_USAGE", "cannot be the name"],
    [{ name: "../x", mode: "nat" }, "E_USAGE", "cannot be the name"],
  ] as const)("refuse %j", async (request, code, message) => {
    await expect(created(request)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await host.networks.list()).toHaveLength(1);
  });

  it("say which subnet is free when the one asked for is not", async () => {
    await expect(created({ name: "x", mode: "nat", subnet: "192.168.122.0/24" })).rejects.toMatchObject({
      next: ["This one is free: --subnet 192.168.123.0/24"],
    });
  });

  it("are not removed while a VM has a card in it", async () => {
    await expect(host.networks.remove("default").result).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: "The network default is used by test.",
    });
    await expect(host.networks.remove("defualt").result).rejects.toMatchObject({
      code: "E_NOT_FOUND",
      next: expect.arrayContaining(['Did you mean "default"?']),
    });
    expect(await host.networks.info("default")).toMatchObject({ active: true, usedBy: ["test"] });
  });

  it("leave nothing behind when making one is cancelled", async () => {
    const making = host.networks.create({ name: "lab", mode: "nat" }, { signal: AbortSignal.abort() });
    await expect(making.result).rejects.toMatchObject({ code: "E_CANCELLED" });
    expect(await host.networks.list()).toHaveLength(1);
  });

  it("are no business of a session", () => {
    const session = chooseHome({ uri: "qemu:///session", env: {}, uid: 1000, groups: [] });
    expect(() => assertNetworksHere(session)).toThrow(
      expect.objectContaining({ code: "E_HOST", next: ["hutch --connect qemu:///system network ls"] }),
    );
  });
});

describe("pools", () => {
  it("are added, listed and looked into", async () => {
    const pool = await host.pools.add("fast", "/srv/t-fast/").result;
    expect(pool).toMatchObject({
      name: "fast",
      type: "dir",
      path: "/srv/t-fast",
      active: true,
      autostart: true,
      volumes: [],
    });
    expect((await host.pools.list()).map(({ name }) => name)).toContain("fast");
    await expect(host.pools.info("fats")).rejects.toMatchObject({
      next: expect.arrayContaining(['Did you mean "fast"?']),
    });
    for (const [name, path, message] of [
      ["fast", "/srv/other", "There is a pool fast already"],
      ["x", "/srv/t-fast", "belongs to the pool fast"],
      ["x", "/srv/./t-fast//", "belongs to the pool fast"],
      ["x", "/srv/t-fast/in", "lie in one another"],
      ["x", "/srv", "lie in one another"],
      ["x", "srv", "absolute path"],
      ["x", "/", "whole host"],
      ["a b", "/srv/y", "cannot be the name"],
    ] as const)
      await expect(host.pools.add(name, path).result).rejects.toMatchObject({
        message: expect.stringContaining(message),
      });
    await client.call("pool.destroy", { name: "fast" });
    await client.call("pool.undefine", { name: "fast" });
  });
});

describe("settings", () => {
  const explain = async (given: Readonly<Record<string, string>> = {}, uri?: string) => {
    const [row] = await settings({ env: { HOME: folder, ...given }, ...(uri === undefined ? {} : { uri }) }, "connect");
    return [row?.value, row?.from];
  };
  const file = join(folder, ".config/hutch/config.yaml");

  it("are won by flag, $HUTCH_CONNECT, file, $LIBVIRT_DEFAULT_URI, in that order", async () => {
    await changeSetting("connect", "test:///file", { env });
    const all = { HUTCH_CONNECT: "test:///hutch", LIBVIRT_DEFAULT_URI: "test:///libvirt" };
    expect(await explain(all, "test:///flag")).toEqual(["test:///flag", "--connect"]);
    expect(await explain(all)).toEqual(["test:///hutch", "$HUTCH_CONNECT"]);
    expect(await explain({ LIBVIRT_DEFAULT_URI: "test:///libvirt" })).toEqual(["test:///file", file]);
    await changeSetting("connect", null, { env });
    expect(await explain({ LIBVIRT_DEFAULT_URI: "test:///libvirt" })).toEqual([
      "test:///libvirt",
      "$LIBVIRT_DEFAULT_URI",
    ]);
    expect((await explain())[1]).toBe("default");
  });

  it("are written so that the next command goes by them", async () => {
    expect((await hutch(["config", "set", "image", "debian-12"])).code).toBe(0);
    expect((await hutch(["config", "get", "image"])).stdout).toBe("debian-12\n");
    const { stdout } = await hutch(["launch", "--name", "web", "--dry-run", "-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({ plans: [{ spec: { image: "debian-12" } }] });
    // The name of an image has a dot of its own.
    expect((await hutch(["config", "set", "images.mirrors.ubuntu-24.04", "ustc"])).code).toBe(0);
    expect(readFileSync(file, "utf8")).toContain("images:\n  mirrors:\n    ubuntu-24.04: ustc\n");
    expect((await hutch(["config", "get", "-o", "name"])).stdout).toContain("\nimages.mirrors.ubuntu-24.04\n");
    expect((await hutch(["config", "explain", "images.mirrors.debian"])).stdout).toContain("--mirror of image pull");
    expect((await hutch(["config", "set", "images.mirrors.ubuntu-24.04", "--unset"])).code).toBe(0);
    expect(readFileSync(file, "utf8")).not.toContain("images:");
    const refused = await hutch(["config", "set", "image.mirror", "x"]);
    expect([refused.code, refused.stderr.includes("imageMirror")]).toEqual([2, true]);
    expect(readFileSync(file, "utf8")).toBe("image: debian-12\n");
    await changeSetting("image", null, { env });
  });

  it("say when something stronger wins over what was set", async () => {
    const { stderr } = await hutch(["config", "set", "connect", "qemu:///session"]);
    expect(stderr).toMatch(/is set in .*config\.yaml, but \$HUTCH_CONNECT wins: test:\/\/\/default/);
    await changeSetting("connect", null, { env });
    expect(existsSync(file)).toBe(true);
  });
});

describe("VMs that others made", () => {
  it("are listed, and left alone by every verb that changes something", async () => {
    for (const argv of [
      ["start", "test"],
      ["stop", "test"],
      ["restart", "test"],
      ["delete", "test", "--yes"],
      ["delete", "test", "--purge", "--yes"],
      ["recover", "test"],
      ["purge", "test", "--yes"],
      ["engine", "install", "docker", "test"],
    ]) {
      const { code, stderr } = await hutch(argv);
      expect([argv, code, stderr.includes("not made by hutch")]).toEqual([argv, 5, true]);
    }
    expect(await power("test")).toBe("running");
  });

  it("are stopped, started and restarted with --foreign, and with nothing else", async () => {
    expect((await hutch(["stop", "test", "--foreign", "--force"])).code).toBe(0);
    expect(await power("test")).toBe("stopped");
    expect((await hutch(["start", "test"])).code).toBe(5);
    expect((await hutch(["start", "test", "--foreign"])).code).toBe(0);
    expect((await hutch(["restart", "test", "--foreign", "--force"])).code).toBe(0);
    expect(await power("test")).toBe("running");
  });

  it("are never among --all", async () => {
    expect((await hutch(["stop", "--all", "--foreign"])).stdout).toBe("");
    expect(await power("test")).toBe("running");
  });
});

describe("records of other versions of hutch", () => {
  it("of a newer one are listed with their problem, and nothing is changed", async () => {
    await define(7, "future", '<vm schema="9" revision="1">{}</vm>');
    const { stdout, stderr } = await hutch(["list"]);
    expect(stdout).toMatch(/^future +stopped ! /m);
    expect(stderr).toContain("future: Its record was written by a newer hutch (schema 9)");
    expect((await hutch(["list", "problem=yes", "-o", "name"])).stdout).toBe("future\n");
    const asItIs = async () => {
      const { state, xml, autostart } = await client.call("domain.detail", { ref: { uuid: uuidOf(7) } });
      return { state, xml, autostart };
    };
    const before = await asItIs();
    for (const argv of [
      ["start", "future"],
      ["stop", "future"],
      ["delete", "future", "--purge", "--yes"],
    ]) {
      const { code, stderr: said } = await hutch(argv);
      expect([argv, code]).toEqual([argv, 5]);
      expect(said).toContain("newer hutch");
    }
    expect(await asItIs()).toEqual(before);
  });

  it("of an older one are read as if it had known all that there is now", async () => {
    const { description: _d, tags: _t, protected: _p, startOrder: _o, startDelay: _s, mounts: _m, ...old } = record;
    await define(8, "past", encodeRecord(old as typeof record));
    expect((await host.info("past")).record).toMatchObject({
      tags: [],
      protected: false,
      startOrder: null,
      mounts: [],
    });
  });
});

describe("the library", () => {
  it("has handles, which ask anew each time", async () => {
    const vm = host.vm("test");
    expect(await vm.info()).toMatchObject({ name: "test", status: { power: "running" }, snapshots: [] });
    expect(await vm.stop({ foreign: true, force: true }).result).toMatchObject({ name: "test", done: true });
    expect(await power("test")).toBe("stopped");
    const steps: string[] = [];
    const starting = vm.start({ foreign: true });
    for await (const event of starting) if (event.k === "step.begin") steps.push(event.step);
    expect([steps, (await starting.result).message]).toEqual([["start test"], "running"]);
    await expect(vm.stop().result).rejects.toMatchObject({ code: "E_CONFLICT" });
    await expect(vm.run(["true"])).rejects.toMatchObject({ code: "E_CONFLICT" });
    await expect(host.vm("tset").info()).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    expect((await host.vms()).map(({ name }) => name)).toEqual(["test"]);
    expect(await host.image("debian-13").info()).toBeNull();
  });

  it("closes itself at the end of `await using`", async () => {
    let kept: Host;
    {
      await using mine = await connect({ uri: URI, env });
      kept = mine;
      expect(await mine.list()).toHaveLength(1);
    }
    await expect(kept.list()).rejects.toThrow();
  });

  it("cancels work whose signal is aborted, before it begins and after", async () => {
    const late = new AbortController();
    const stopping = host.stop({ names: ["test"], foreign: true }, { signal: AbortSignal.abort() });
    await expect(stopping.result).rejects.toMatchObject({ code: "E_CANCELLED" });
    expect(await power("test")).toBe("running");
    const done = host.networks.create({ name: "lab", mode: "nat" }, late);
    await done.result;
    late.abort();
    expect((await host.networks.list()).map(({ name }) => name)).toContain("lab");
    await host.networks.remove("lab").result;
  });

  it("tells of a reading connection that it only reads", async () => {
    await using reading = await connect({ uri: URI, env, readonly: true });
    expect(() => reading.vm("test").start()).toThrow(expect.objectContaining({ code: "E_USAGE" }));
    expect(await reading.host()).toMatchObject({ driver: "TEST", cpus: expect.any(Number), freePoolBytes: null });
  });

  it("tells events as they come, until the abort", async () => {
    const stop = new AbortController();
    const seen: HostEvent[] = [];
    const listening = (async () => {
      for await (const event of host.events({ signal: stop.signal })) {
        seen.push(event);
        if (seen.length === 2) stop.abort();
      }
    })();
    // Who listens is known only once something was heard.
    while (!stop.signal.aborted) {
      await client.call("network.destroy", { name: "default" });
      await client.call("network.start", { name: "default" });
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await listening;
    expect(new Set(seen.map(({ what }) => what))).toEqual(new Set(["stopped", "started"]));
    expect(seen[0]).toMatchObject({ subject: "network", name: "default", uuid: null, at: expect.stringMatching(/Z$/) });
  });

  it("samples on and on until the abort, and refuses what does not run", async () => {
    const stop = new AbortController();
    let rounds = 0;
    for await (const { machines } of host.stats({ everyMs: 10, follow: true, signal: stop.signal })) {
      expect(machines.map(({ name }) => name)).toEqual(["test"]);
      rounds += 1;
      if (rounds === 3) stop.abort();
    }
    expect(rounds).toBe(3);
    await define(9, "off");
    await expect(next(host.vm("off").stats())).rejects.toMatchObject({ code: "E_CONFLICT" });
    await expect(next(host.vm("nobody").stats())).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  });
});
