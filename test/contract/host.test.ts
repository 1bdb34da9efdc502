/** The host room over libvirt's own test driver: real libvirt, no daemon. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { LibvirtClient } from "#ffi";
import { RECORD_NAMESPACE } from "../../src/core/machine/record.ts";
import { addressesOf } from "../../src/host/addresses.ts";
import { importBase, listBases, removeBase } from "../../src/host/base-images.ts";
import { chooseAccel, hostCapabilities } from "../../src/host/capabilities.ts";
import { runChecks } from "../../src/host/checks/index.ts";
import { openClient } from "../../src/host/connection.ts";
import { readDomain } from "../../src/host/domain-read.ts";
import { domainXml } from "../../src/host/domain-xml.ts";
import { libvirtCode } from "../../src/host/faults.ts";
import { chooseHome } from "../../src/host/home.ts";
import { findMachine, findMachineByUuid, listMachines } from "../../src/host/machines.ts";
import { assertNetwork, ensureNetwork } from "../../src/host/networks.ts";
import { pathsOf } from "../../src/host/paths.ts";
import { ensurePool, findPool, poolAt } from "../../src/host/pool.ts";
import { encodeRecord, updateRecord } from "../../src/host/records.ts";
import { releaseAddress, reserveAddress } from "../../src/host/reservations.ts";
import { createEmptyDisk, createOverlay, createSeed, deleteVolume } from "../../src/host/volumes.ts";
import { el, render } from "../../src/host/xml-emit.ts";
import { INPUTS, MAC, record, UUID } from "../unit/host/samples.ts";

const folder = mkdtempSync(join(tmpdir(), "hutch-host-"));
const paths = pathsOf({ HOME: folder }, { uid: 1000, home: folder });
const home = chooseHome({ uri: "test:///default", env: {}, uid: 1000, groups: [] });
const input = INPUTS["test"] ?? expect.fail();
let client: LibvirtClient;

beforeAll(async () => {
  client = await openClient(home, { inline: true });
});
afterAll(async () => {
  await client.close();
  rmSync(folder, { recursive: true });
});

/** The driver's world lives in this process, and the domain `test` is always in it. */
afterEach(async () => {
  for (const { uuid, name } of await listMachines(client)) {
    if (name === "test") continue;
    await client.call("domain.destroy", { uuid, flags: 0 }).catch(() => undefined);
    await client.call("domain.undefine", { uuid, flags: 0 });
  }
});

async function define(uuid: string, name: string, metadata?: string): Promise<void> {
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

const uuidOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;

describe("definitions", () => {
  it.each(["test", "test-user"])("libvirt takes %s with every check it has, and keeps what was meant", async (kind) => {
    const wanted = INPUTS[kind] ?? expect.fail();
    await client.call("domain.define", { xml: domainXml(wanted), validate: true });
    const { xml } = await client.call("domain.detail", { ref: { uuid: UUID } });
    const facts = readDomain(xml);
    expect(facts).toMatchObject({ name: "web", uuid: UUID, vcpus: 2, memoryBytes: 2048 * 1024 ** 2, hasAgent: true });
    expect(facts.disks.map(({ source, readonly }) => [source, readonly])).toEqual([
      [wanted.disks.root, false],
      [wanted.disks.seed, true],
    ]);
    expect(facts.interfaces[0]?.mac).toBe(MAC);
  });
});

describe("the list of VMs", () => {
  it("has ours with their record, those of others as foreign, and broken ones with their problem", async () => {
    await define(UUID, "web");
    await define(uuidOf(1), "broken", '<vm schema="1">{</vm>');
    await define(uuidOf(2), "future", '<vm schema="9">{}</vm>');
    const machines = await listMachines(client);
    expect(machines.map(({ name }) => name)).toEqual(["broken", "future", "test", "web"]);
    expect(machines.find(({ name }) => name === "web")).toMatchObject({
      record,
      problems: [],
      status: { power: "stopped" },
    });
    expect(machines.find(({ name }) => name === "test")).toMatchObject({
      record: null,
      problems: [],
      status: { power: "running" },
    });
    expect(machines.find(({ name }) => name === "broken")).toMatchObject({
      record: null,
      problems: [expect.stringContaining("damaged")],
    });
    expect(machines.find(({ name }) => name === "future")).toMatchObject({
      record: null,
      problems: [expect.stringContaining("newer hutch")],
    });
  });

  it("finds by name and by UUID, and says what may have been meant", async () => {
    await define(UUID, "web");
    expect((await findMachine(client, "web")).uuid).toBe(UUID);
    expect((await findMachine(client, UUID.toUpperCase())).name).toBe("web");
    expect(await findMachineByUuid(client, uuidOf(9))).toBeNull();
    await expect(findMachine(client, "wbe")).rejects.toMatchObject({
      code: "E_NOT_FOUND",
      next: expect.arrayContaining(['Did you mean "web"?']),
    });
    await expect(findMachine(client, "../etc")).rejects.toMatchObject({ code: "E_NOT_FOUND" });
  });

  it("keeps the trash apart from the living", async () => {
    const trashed = (at: string) =>
      encodeRecord({ ...record, state: "trashed", trash: { at, name: "web", autostart: false } });
    await define(uuidOf(1), "web.trash-1", trashed("2026-01-01T00:00:00Z"));
    await define(uuidOf(2), "web.trash-2", trashed("2026-02-01T00:00:00Z"));
    await expect(findMachine(client, "web")).rejects.toMatchObject({
      why: expect.stringContaining("trash"),
      next: expect.arrayContaining(["hutch recover web"]),
    });
    await expect(findMachine(client, uuidOf(1))).rejects.toMatchObject({ code: "E_NOT_FOUND" });
    expect((await findMachine(client, "web", { trashed: true })).uuid).toBe(uuidOf(2));
    await define(UUID, "web");
    expect((await findMachine(client, "web")).uuid).toBe(UUID);
    expect((await findMachine(client, "web", { trashed: true })).uuid).toBe(uuidOf(2));
  });
});

describe("the record of a VM", () => {
  it("is changed with the next revision, stopped or running", async () => {
    await define(UUID, "web");
    const first = await updateRecord(client, paths, UUID, (before) => ({ ...before, state: "made" }));
    expect(first).toMatchObject({ state: "made", revision: 1 });
    await client.call("domain.start", { uuid: UUID, flags: 0 });
    await updateRecord(client, paths, UUID, (before) => ({ ...before, address: "192.168.122.9" }));
    expect((await findMachine(client, "web")).record).toMatchObject({ revision: 2, address: "192.168.122.9" });
    const { inactiveXml } = await client.call("domain.detail", { ref: { uuid: UUID } });
    expect(inactiveXml).toContain("192.168.122.9");
  });

  it("loses no change of several at once", async () => {
    await define(UUID, "web");
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        updateRecord(client, paths, UUID, (before) => ({ ...before, pending: [...before.pending, `${n}`] })),
      ),
    );
    const { record: after } = await findMachine(client, "web");
    expect(after?.revision).toBe(20);
    expect(new Set(after?.pending).size).toBe(20);
  });

  it("is not changed where there is none, or where it cannot be read", async () => {
    const test = await findMachine(client, "test");
    await expect(updateRecord(client, paths, test.uuid, (before) => before)).rejects.toMatchObject({
      code: "E_CONFLICT",
    });
    await expect(updateRecord(client, paths, uuidOf(9), (before) => before)).rejects.toMatchObject({
      code: "E_NOT_FOUND",
    });
  });
});

describe("storage", () => {
  it("is a pool made on first use, with bases, overlays, disks and seeds in it", async () => {
    expect(await findPool(client)).toBeNull();
    expect((await poolAt(client, home, paths)).capacityBytes).toBe(0);
    const pool = await ensurePool(client, home, paths);
    expect(await ensurePool(client, home, paths)).toEqual(pool);

    const file = join(folder, "image.qcow2");
    writeFileSync(file, "bytes of an image");
    const about = {
      name: "debian-13",
      sha256: "ab".repeat(32),
      format: "qcow2",
      virtualBytes: 2 ** 30,
      trust: "a test",
      arch: "x86_64",
      origin: null,
      addedAt: "2026-11-23T00:00:00Z",
    } as const;
    const base = await importBase(client, pool, file, about, { workFolder: "work-test", locks: paths.locks });
    expect(base).toMatchObject({ name: "debian-13", volume: "debian-13-abababababab.qcow2", bytes: 17 });
    expect((await importBase(client, pool, file, about, { workFolder: "work-test", locks: paths.locks })).volume).toBe(
      base.volume,
    );
    expect((await listBases(client, pool)).map(({ name, volume }) => [name, volume])).toEqual([
      ["debian-13", base.volume],
    ]);

    await createOverlay(client, pool, { base, name: "web.qcow2", bytes: 2 ** 31 });
    await createEmptyDisk(client, pool, { name: "data.qcow2", bytes: 2 ** 20 });
    await createSeed(client, pool, { name: "seed.iso", bytes: new Uint8Array(2048) });
    await expect(createEmptyDisk(client, pool, { name: "data.qcow2", bytes: 1 })).rejects.toMatchObject({
      code: "E_CONFLICT",
    });
    const { xml } = await client.call("volume.xml", { pool: pool.name, name: "web.qcow2" });
    expect(xml).toContain(base.path);

    for (const name of ["web.qcow2", "data.qcow2", "seed.iso", "seed.iso", "never-there"])
      await deleteVolume(client, pool.name, name);
    await removeBase(client, pool, base, paths);
    expect(await client.call("volume.list", { pool: pool.name })).toEqual([]);
    await deleteVolume(client, "no-such-pool", "x");
  });
});

describe("networks", () => {
  it("there are some, or it is said that there are none", async () => {
    await ensureNetwork(client, { kind: "default" }, home);
    await assertNetwork(client, { kind: "network", network: "default" }, home);
    await expect(assertNetwork(client, { kind: "network", network: "defualt" }, home)).rejects.toMatchObject({
      code: "E_NOT_FOUND",
      next: expect.arrayContaining(['Did you mean "default"?']),
    });
    await expect(assertNetwork(client, { kind: "bridge", bridge: "no-br0" }, home)).rejects.toMatchObject({
      code: "E_NOT_FOUND",
    });
  });

  it("are started when they are not", async () => {
    await client.call("network.destroy", { name: "default" });
    await ensureNetwork(client, { kind: "default" }, home);
    expect((await client.call("network.lookup", { name: "default" }))?.active).toBe(true);
  });

  it("keep an address, or have none to keep", async () => {
    const before = await client.call("network.lookup", { name: "default" });
    const address = await reserveAddress(client, "default", { mac: MAC, name: "web" });
    expect(address === null || address.startsWith("192.168.122.")).toBe(true);
    await releaseAddress(client, "default", MAC);
    await releaseAddress(client, "no-such-network", MAC);
    expect((await client.call("network.lookup", { name: "default" }))?.xml).toBe(before?.xml);
    const bare = render(el("network", {}, el("name", {}, "bare"), el("bridge", { name: "virbr-bare" })));
    await client.call("network.define", { xml: bare });
    expect(await reserveAddress(client, "bare", { mac: MAC, name: "web" })).toBeNull();
    await expect(reserveAddress(client, "bare", { mac: MAC, name: "web", wanted: "10.0.0.9" })).rejects.toMatchObject({
      code: "E_USAGE",
    });
    await client.call("network.undefine", { name: "bare" });
  });

  it("tell addresses by MAC only", async () => {
    const test = await findMachine(client, "test");
    const facts = readDomain((await client.call("domain.detail", { ref: { uuid: test.uuid } })).xml);
    const macs = facts.interfaces.flatMap(({ mac }) => mac ?? []);
    expect((await addressesOf(client, test.uuid, macs)).length > 0).toBe(macs.length > 0);
    expect(await addressesOf(client, test.uuid, ["52:54:00:00:00:01"])).toEqual([]);
  });
});

describe("errors and capabilities", () => {
  it("come translated, with libvirt's own fault as the cause", async () => {
    const error: unknown = await client
      .call("domain.start", { uuid: uuidOf(9), flags: 0 })
      .catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: "E_NOT_FOUND", exitCode: 4 });
    expect(libvirtCode(error)).toBe(42);
    await expect(openClient({ uri: "nonsense:///" })).rejects.toMatchObject({
      code: expect.stringMatching(/^E_(HOST|HYPERVISOR)$/),
    });
    await expect(openClient({ uri: `qemu+unix:///system?socket=${folder}/no-sock` })).rejects.toMatchObject({
      code: "E_HOST",
      next: expect.arrayContaining([expect.stringContaining("libvirtd")]),
    });
  });

  it("let the test driver be launched on", async () => {
    const caps = await hostCapabilities(client);
    expect(caps).toMatchObject({ driver: "TEST", arch: "x86_64" });
    expect(chooseAccel({ arch: "x86_64", accel: "auto" }, caps).kind).toBe("kvm");
    const checks = await runChecks({ client, home, paths });
    expect(checks.filter(({ state }) => state === "fail")).toEqual([]);
  });
});
