/** The host room over a private system libvirtd: real QEMU definitions, a real pool, a real network. No guest is booted. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LibvirtClient } from "#ffi";
import { lockFile } from "#images";
import { type ImportAbout, importBase, listBases, removeBase } from "../../src/host/base-images.ts";
import { chooseAccel, hostCapabilities } from "../../src/host/capabilities.ts";
import { runChecks, runFixes } from "../../src/host/checks/index.ts";
import { openClient } from "../../src/host/connection.ts";
import { findDeadImports, sweepDeadImports } from "../../src/host/dead-imports.ts";
import { readDomain } from "../../src/host/domain-read.ts";
import { type DomainInput, domainXml } from "../../src/host/domain-xml.ts";
import { defineDomain, forceOff, removeDomain, startDomain } from "../../src/host/domains.ts";
import { replaceForwards } from "../../src/host/forwards.ts";
import { chooseHome, type Home } from "../../src/host/home.ts";
import type { BaseImage } from "../../src/host/image-label.ts";
import { markImport } from "../../src/host/import-marks.ts";
import { parseIpv4 } from "../../src/host/ipv4.ts";
import { findMachine, listMachines } from "../../src/host/machines.ts";
import { ensureNetwork } from "../../src/host/networks.ts";
import { type Paths, pathsOf } from "../../src/host/paths.ts";
import { ensurePool, type Pool } from "../../src/host/pool.ts";
import { run } from "../../src/host/processes.ts";
import { updateRecord } from "../../src/host/records.ts";
import { releaseAddress, reserveAddress } from "../../src/host/reservations.ts";
import { createEmptyDisk, createOverlay, createSeed, deleteVolume, rewriteSeed } from "../../src/host/volumes.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import { INPUTS, MAC, record, UUID } from "../unit/host/samples.ts";

const DEFAULT = { kind: "default" } as const;
const folder = mkdtempSync(join(tmpdir(), "hutch-daemon-"));
let lane: SystemLane;
let client: LibvirtClient;
let home: Home;
let paths: Paths;
let pool: Pool;

beforeAll(async () => {
  lane = await startSystemLane();
  home = chooseHome({ uri: lane.uri, env: {}, uid: 0, groups: [] });
  paths = pathsOf(lane.env, { uid: 0, home: lane.root });
  client = await openClient(home);
});
afterAll(async () => {
  await client?.close();
  await lane?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** In processes of their own, as several hutches are. */
async function inProcesses(count: number, code: string): Promise<readonly string[]> {
  const source = (path: string) => JSON.stringify(new URL(`../../src/host/${path}`, import.meta.url).href);
  const script = `
    const { openClient } = await import(${source("connection.ts")});
    const client = await openClient({ uri: ${JSON.stringify(lane.uri)} });
    const home = ${JSON.stringify(home)}, paths = ${JSON.stringify(paths)};
    const load = (path) => import(new URL(path, ${source("x")}));
    try { ${code} } finally { await client.close(); }`;
  const answers = await Promise.all(
    Array.from({ length: count }, () =>
      run([process.execPath, "--input-type=module", "-e", script], { timeoutMs: 60_000 }),
    ),
  );
  return answers.map(({ code: exit, stdout, stderr }) =>
    exit === 0 ? stdout.trim() : expect.fail(`exit ${exit}: ${stderr}`),
  );
}

describe("the pool", () => {
  it("is made by one of four processes at once and used by all", async () => {
    const paths4 = await inProcesses(
      4,
      `const { ensurePool } = await load("pool.ts"); console.log((await ensurePool(client, home, paths)).path);`,
    );
    expect(new Set(paths4)).toEqual(new Set(["/var/lib/libvirt/images/hutch"]));
    pool = await ensurePool(client, home, paths);
    expect(await client.call("pool.lookup", { name: "hutch" })).toMatchObject({
      active: true,
      autostart: true,
      persistent: true,
    });
    expect(statSync(join(lane.root, "lib/images/hutch")).mode & 0o777).toBe(0o711);
  });

  it("is started again when it is not running", async () => {
    await client.call("pool.destroy", { name: "hutch" });
    expect((await runChecks({ client, home, paths })).find(({ id }) => id === "pool")).toMatchObject({ state: "warn" });
    expect(await ensurePool(client, home, paths)).toMatchObject({ path: pool.path });
  });
});

describe("base images", () => {
  const file = join(folder, "image.qcow2");
  const about = {
    name: "debian-13",
    sha256: "0123456789ab".padEnd(64, "0"),
    format: "qcow2",
    virtualBytes: 64 * 1024 ** 2,
    trust: "a test",
    arch: "x86_64",
    origin: null,
    addedAt: "2026-11-23T00:00:00.000Z",
  } as const;
  let how: { readonly workFolder: string; readonly locks: string };
  let base: BaseImage;

  beforeAll(async () => {
    how = { workFolder: "work-test", locks: paths.locks };
    const raw = join(folder, "image.raw");
    writeFileSync(raw, randomBytes(3 * 1024 ** 2));
    expect((await run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, file])).code).toBe(0);
    expect((await run(["qemu-img", "resize", file, "64M"])).code).toBe(0);
  });

  it("end as one good volume, however many import the same at once", async () => {
    const code = `const { importBase } = await load("base-images.ts"); const { findPool } = await load("pool.ts");
      console.log((await importBase(client, await findPool(client), ${JSON.stringify(file)}, ${JSON.stringify(about)}, ${JSON.stringify(how)})).volume);`;
    const volumes = await inProcesses(3, code);
    expect(new Set(volumes).size).toBe(1);
    const names = (await client.call("volume.list", { pool: "hutch" })).map(({ name }) => name).sort();
    expect(names).toEqual(["debian-13-0123456789ab.json", volumes[0]].sort());
    const bases = await listBases(client, pool);
    expect(bases).toHaveLength(1);
    base = bases[0] ?? expect.fail();
    expect(base).toMatchObject({ ...about, bytes: statSync(file).size, volume: volumes[0] });
    expect(readFileSync(join(lane.root, "lib/images/hutch", base.volume)).equals(readFileSync(file))).toBe(true);
  });

  it("tell their progress and are not sent twice", async () => {
    const seen: number[] = [];
    const other: ImportAbout = { ...about, sha256: "ba9876543210".padEnd(64, "0") };
    const told = { ...how, onProgress: (done: number) => seen.push(done) };
    const made = await importBase(client, pool, file, other, told);
    expect(seen.at(-1)).toBe(statSync(file).size);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const count = seen.length;
    await importBase(client, pool, file, other, told);
    expect(seen).toHaveLength(count);
    await removeBase(client, pool, made, paths);
    await removeBase(client, pool, made, paths);
    expect((await listBases(client, pool)).map(({ volume }) => volume)).toEqual([base.volume]);
  });

  it("leave nothing behind when given up half way, nor when the file is not there", async () => {
    const big = join(folder, "big.raw");
    writeFileSync(big, randomBytes(48 * 1024 ** 2));
    const stop = new AbortController();
    const about2: ImportAbout = {
      ...about,
      name: "big",
      sha256: "b".repeat(64),
      format: "raw",
    };
    const stopped = { ...how, signal: stop.signal, onProgress: () => stop.abort() };
    await expect(importBase(client, pool, big, about2, stopped)).rejects.toMatchObject({ code: "E_CANCELLED" });
    await expect(importBase(client, pool, join(folder, "none"), about, how)).resolves.toMatchObject({
      volume: base.volume,
    });
    await expect(
      importBase(client, pool, join(folder, "none"), { ...about, sha256: "e".repeat(64) }, how),
    ).rejects.toThrow();
    expect((await client.call("volume.list", { pool: "hutch" })).map(({ name }) => name).sort()).toEqual(
      ["debian-13-0123456789ab.json", base.volume].sort(),
    );
  });

  it("left half by a killed importer are not taken for images, and do not stand in the way", async () => {
    const killed = { ...about, name: "killed", sha256: "c".repeat(64) };
    const half = `killed-${"c".repeat(12)}.qcow2`;
    await createEmptyDisk(client, pool, { name: half, bytes: 1024 });
    await createSeed(client, pool, { name: `${half}.importing`, bytes: new Uint8Array(1) });
    expect((await listBases(client, pool)).map(({ name }) => name)).toEqual(["debian-13"]);
    const made = await importBase(client, pool, file, killed, how);
    expect(made.volume).not.toBe(half);
    await removeBase(client, pool, made, paths);
    expect(await findDeadImports(client, pool, paths)).toEqual([]);
    // Long after, they are cleared away.
    const old = new Date(Date.now() - 3_600_000);
    const touch = await lane.exec([
      "touch",
      "-d",
      old.toISOString(),
      `/var/lib/libvirt/images/hutch/${half}`,
      `/var/lib/libvirt/images/hutch/${half}.importing`,
    ]);
    expect(touch.code).toBe(0);
    await client.call("pool.refresh", { name: "hutch" });
    expect((await findDeadImports(client, pool, paths)).map(({ volume }) => volume)).toEqual([half]);
    expect((await sweepDeadImports(client, pool, paths)).map(({ volume }) => volume)).toEqual([half]);
    expect((await client.call("volume.list", { pool: "hutch" })).map(({ name }) => name).sort()).toEqual(
      ["debian-13-0123456789ab.json", base.volume].sort(),
    );
  });

  it("are known to be left half as soon as their importer's lock is free, and not before", async () => {
    const half = `dead-${"c".repeat(12)}.qcow2`;
    const work = join(paths.imageCache, "work-dead00");
    mkdirSync(work, { recursive: true });
    expect(await markImport(client, pool, half, work)).toBe(true);
    await createEmptyDisk(client, pool, { name: half, bytes: 1024 });
    const unlock = await lockFile(`${work}.lock`);
    expect(await sweepDeadImports(client, pool, paths)).toEqual([]);
    expect((await runChecks({ client, home, paths })).find(({ id }) => id === "dead-imports")).toBeUndefined();
    await unlock();
    expect((await runChecks({ client, home, paths })).find(({ id }) => id === "dead-imports")).toMatchObject({
      state: "warn",
      found: expect.stringContaining(half),
    });
    expect(await runFixes({ client, home, paths })).toContain(`removed what killed imports and removals left: ${half}`);
    expect((await client.call("volume.list", { pool: "hutch" })).map(({ name }) => name).sort()).toEqual(
      ["debian-13-0123456789ab.json", base.volume].sort(),
    );
    rmSync(paths.imageCache, { recursive: true });
  });

  it("carry overlays of next to no size in next to no time", async () => {
    await createOverlay(client, pool, { base, name: "first.qcow2", bytes: 20 * 1024 ** 3 });
    const times: number[] = [];
    for (const name of ["a", "b", "c", "d", "e"]) {
      const began = performance.now();
      await createOverlay(client, pool, { base, name: `${name}.qcow2`, bytes: 20 * 1024 ** 3 });
      times.push(performance.now() - began);
    }
    expect(times.sort((x, y) => x - y)[2]).toBeLessThan(150);
    const path = join(lane.root, "lib/images/hutch/a.qcow2");
    expect(statSync(path).blocks * 512).toBeLessThanOrEqual(1024 ** 2);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const info = JSON.parse(
      (await lane.exec(["qemu-img", "info", "--output=json", "/var/lib/libvirt/images/hutch/a.qcow2"])).stdout,
    );
    expect(info).toMatchObject({
      format: "qcow2",
      "virtual-size": 20 * 1024 ** 3,
      "full-backing-filename": base.path,
      "backing-filename-format": "qcow2",
      "format-specific": { data: { compat: "1.1" } },
    });
    for (const name of ["first", "a", "b", "c", "d", "e"]) await deleteVolume(client, "hutch", `${name}.qcow2`);
  });

  it("refuse a disk without room for it in words", async () => {
    await expect(createEmptyDisk(client, pool, { name: "x/../../y", bytes: 1024 })).rejects.toMatchObject({
      code: expect.stringMatching(/^E_/),
    });
    expect(existsSync(join(lane.root, "lib/images/y"))).toBe(false);
  });
});

describe("seeds", () => {
  it("are written whole, readable by nobody else, and rewritten in place", async () => {
    const bytes = randomBytes(300_000);
    await createSeed(client, pool, { name: "s-seed.iso", bytes });
    const path = join(lane.root, "lib/images/hutch/s-seed.iso");
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const { ino } = statSync(path);
    let asked = 0;
    await rewriteSeed(client, "hutch", "s-seed.iso", (size) => {
      asked = size;
      return new Uint8Array(size).fill(7);
    });
    expect(asked).toBe(300_000);
    expect(readFileSync(path).every((byte) => byte === 7)).toBe(true);
    expect(statSync(path).ino).toBe(ino);
    await expect(rewriteSeed(client, "hutch", "s-seed.iso", (size) => new Uint8Array(size - 1))).rejects.toMatchObject({
      code: "E_BUG",
    });
    await deleteVolume(client, "hutch", "s-seed.iso");
    await expect(rewriteSeed(client, "hutch", "s-seed.iso", (size) => new Uint8Array(size))).rejects.toMatchObject({
      code: "E_NOT_FOUND",
    });
  });
});

describe("addresses", () => {
  const network = () => client.call("network.lookup", { name: "default" });

  it("are kept and given back, and the network is as before", async () => {
    await ensureNetwork(client, DEFAULT, home);
    const before = await network();
    expect(before?.active).toBe(true);
    const address = await reserveAddress(client, "default", { mac: MAC, name: "web" });
    expect(parseIpv4(address ?? "")).not.toBeNull();
    expect(await reserveAddress(client, "default", { mac: MAC, name: "web" })).toBe(address);
    expect((await network())?.xml).toContain(`ip='${address}'`);
    await releaseAddress(client, "default", MAC);
    await releaseAddress(client, "default", MAC);
    expect((await network())?.xml).toBe(before?.xml);
  });

  it("are never given twice, to eight processes at once either, VMs of one name included", async () => {
    const code = `const { reserveAddress } = await load("reservations.ts"); const { randomBytes } = await import("node:crypto");
      const mac = "52:54:00:" + [...randomBytes(3)].map((b) => b.toString(16).padStart(2, "0")).join(":");
      console.log(mac, await reserveAddress(client, "default", { mac, name: "same" }));`;
    const before = (await network())?.xml;
    const kept = (await inProcesses(8, code)).map((line) => line.split(" "));
    expect(new Set(kept.map(([, address]) => address)).size).toBe(8);
    for (const [mac = ""] of kept) await releaseAddress(client, "default", mac);
    expect((await network())?.xml).toBe(before);
  });

  it("can be asked for, and are refused when taken or of another network", async () => {
    const before = (await network())?.xml;
    expect(await reserveAddress(client, "default", { mac: MAC, name: "web", wanted: "192.168.122.77" })).toBe(
      "192.168.122.77",
    );
    expect(await reserveAddress(client, "default", { mac: MAC, name: "web", wanted: "192.168.122.78" })).toBe(
      "192.168.122.78",
    );
    const other = { mac: "52:54:00:00:00:01", name: "other" };
    await expect(reserveAddress(client, "default", { ...other, wanted: "192.168.122.78" })).rejects.toMatchObject({
      code: "E_CONFLICT",
      message: expect.stringContaining("by web"),
    });
    for (const wanted of ["192.168.122.1", "192.168.122.255", "10.0.0.5", "nonsense"]) {
      await expect(reserveAddress(client, "default", { ...other, wanted })).rejects.toMatchObject({ code: "E_USAGE" });
    }
    await releaseAddress(client, "default", MAC);
    expect((await network())?.xml).toBe(before);
  });

  it("of stopped networks are kept as well", async () => {
    await client.call("network.destroy", { name: "default" });
    const before = (await network())?.xml;
    expect(await reserveAddress(client, "default", { mac: MAC, name: "web" })).not.toBeNull();
    await releaseAddress(client, "default", MAC);
    expect((await network())?.xml).toBe(before);
  });

  it("wait for a network that somebody removed on purpose, until it is put back on request", async () => {
    await client.call("network.undefine", { name: "default" });
    await expect(ensureNetwork(client, DEFAULT, home)).rejects.toMatchObject({
      code: "E_HOST",
      next: expect.arrayContaining(["hutch doctor --fix"]),
    });
    expect((await runChecks({ client, home, paths })).find(({ id }) => id === "network")).toMatchObject({
      state: "fail",
    });
    const device = existsSync("/dev/kvm") ? statSync("/dev/kvm") : null;
    expect(await runFixes({ client, home, paths })).toEqual(["defined and started the network default"]);
    // This daemon lives among devices of its own: the machine's are none of its business.
    const after = existsSync("/dev/kvm") ? statSync("/dev/kvm") : null;
    expect([after?.mode, after?.gid, after?.ctimeMs]).toEqual([device?.mode, device?.gid, device?.ctimeMs]);
    expect((await network())?.active).toBe(true);
  });
});

describe("definitions on QEMU", () => {
  /** What this machine's QEMU can run: emulated instead of KVM, without devices that it lacks. */
  const asEmulated = (input: DomainInput): DomainInput => ({
    ...input,
    type: "tcg",
    tpm: false,
    vsock: false,
    firmware: input.arch === "x86_64" ? input.firmware : "bios",
  });
  const known = Object.entries(INPUTS).filter(
    ([, { type, arch, network }]) => type !== "test" && arch === "x86_64" && network.kind !== "passt",
  );

  for (const [name, input] of known) {
    it(`are valid by libvirt's own schema and keep what was meant: ${name}`, async () => {
      const wanted = asEmulated(input);
      // libvirt takes no name with a slash or a line's end; all else is fine.
      await defineDomain(client, domainXml(wanted));
      const { xml } = await client.call("domain.detail", { ref: { uuid: UUID } });
      const facts = readDomain(xml);
      const meant = readDomain(domainXml(wanted));
      expect({ ...facts, machine: "" }).toEqual({ ...meant, machine: "" });
      expect(facts.machine).toMatch(/^pc-q35-/);
      expect((await findMachine(client, UUID)).record).toEqual(wanted.record);
      expect(xml.match(/pcie-root-port/g)?.length).toBeGreaterThanOrEqual(10);
      await removeDomain(client, UUID);
    });
  }

  it("with new forwards are taken again, with all else as it was", async () => {
    const input = asEmulated(INPUTS["session-slirp"] ?? expect.fail());
    await defineDomain(client, domainXml(input));
    const before = (await client.call("domain.detail", { ref: { uuid: UUID } })).inactiveXml;
    const moved = [{ protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 23_456, guestPort: 22 }] as const;
    await defineDomain(client, replaceForwards(before, moved));
    const after = (await client.call("domain.detail", { ref: { uuid: UUID } })).inactiveXml;
    expect(readDomain(after)).toEqual({ ...readDomain(before), forwards: moved });
    const back = readDomain(before).forwards;
    await defineDomain(client, replaceForwards(after, back));
    expect((await client.call("domain.detail", { ref: { uuid: UUID } })).inactiveXml).toBe(before);
    await removeDomain(client, UUID);
  });

  it("start with every device on QEMU, keep their record in step, and go without a trace", async () => {
    const disks = {
      root: `${pool.path}/run.qcow2`,
      seed: `${pool.path}/run-seed.iso`,
      data: [`${pool.path}/run-data.qcow2`],
    };
    await createEmptyDisk(client, pool, { name: "run.qcow2", bytes: 1024 ** 3 });
    await createEmptyDisk(client, pool, { name: "run-data.qcow2", bytes: 1024 ** 3 });
    await createSeed(client, pool, { name: "run-seed.iso", bytes: new Uint8Array(2048) });
    const slirp = asEmulated(INPUTS["session-slirp"] ?? expect.fail());
    const cards = [
      asEmulated(INPUTS["system-tcg"] ?? expect.fail()).network,
      {
        ...slirp.network,
        forwards: [{ protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 23_999, guestPort: 22 }],
      } as const,
    ];
    for (const network of cards) {
      const input: DomainInput = {
        ...slirp,
        memoryMiB: 128,
        cpus: 1,
        disks,
        network,
        consoleLog: `/var/log/libvirt/qemu/hutch-${UUID}.console.log`,
      };
      await defineDomain(client, domainXml(input));
      await startDomain(client, UUID);
      await updateRecord(client, paths, UUID, (before) => ({ ...before, state: "made" }));
      const { xml, inactiveXml } = await client.call("domain.detail", { ref: { uuid: UUID } });
      for (const definition of [xml, inactiveXml]) expect(definition).toContain('"state":"made"');
      expect((await listMachines(client)).map(({ status }) => status.power)).toEqual(["running"]);
      expect(existsSync(join(lane.root, `log/qemu/hutch-${UUID}.console.log`))).toBe(true);
      await removeDomain(client, UUID);
      await removeDomain(client, UUID);
      await forceOff(client, UUID).catch(() => undefined);
    }
    for (const name of ["run.qcow2", "run-data.qcow2", "run-seed.iso"]) await deleteVolume(client, "hutch", name);
    expect(await listMachines(client)).toEqual([]);
  });
});

describe("the doctor on this daemon", () => {
  it("sees that guests are emulated here, and finds nothing broken", async () => {
    const caps = await hostCapabilities(client);
    expect(chooseAccel({ arch: "x86_64", accel: "auto" }, caps).kind).toBe("tcg");
    const checks = await runChecks({ client, home, paths });
    expect(checks.map(({ id, state }) => [id, state])).toEqual(
      expect.arrayContaining([
        ["library", "ok"],
        ["daemon", "ok"],
        ["qemu", "ok"],
        ["acceleration", "warn"],
        ["pool", "ok"],
        ["network", "ok"],
      ]),
    );
    expect(checks.filter(({ state, id }) => state === "fail" && id !== "disk-space")).toEqual([]);
    expect(record.schema).toBe(1);
  });
});

describe("a pool whose folder cannot be made", () => {
  it("is told with its folder and why", async () => {
    const file = join(folder, "in-the-way");
    mkdirSync(file);
    writeFileSync(join(file, "x"), "");
    await client.call("pool.destroy", { name: "hutch" });
    await client.call("pool.undefine", { name: "hutch" });
    const session: Home = { ...home, mode: "session" };
    const blocked = { ...paths, sessionPool: join(file, "x", "pool") };
    await expect(ensurePool(client, session, blocked)).rejects.toMatchObject({
      code: "E_HOST",
      message: expect.stringContaining(blocked.sessionPool),
    });
    await client.call("pool.undefine", { name: "hutch" });
    expect((await ensurePool(client, home, paths)).path).toBe(pool.path);
  });
});
