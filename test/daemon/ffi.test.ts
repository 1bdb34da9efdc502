import { createHash, randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LibvirtClient, WireEvent } from "../../ffi/index.ts";
import { connect, VirDomainCreateFlags, VirDomainState, VirDomainStatsTypes, VirErrorNumber } from "../../ffi/index.ts";
import { type SystemLane, startSystemLane } from "../support/lane.ts";
import { ECHO_BOOT_SECTOR } from "./ffi-boot-sector.ts";

const MIB = 1024 * 1024;
const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

const machine = (name: string, devices = "") => `
  <domain type="qemu">
    <name>${name}</name><memory unit="MiB">16</memory><vcpu>1</vcpu>
    <os><type arch="x86_64" machine="pc">hvm</type></os>
    <devices>${devices}</devices>
  </domain>`;

async function until(met: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!met() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("ffi on a real libvirtd", () => {
  let lane: SystemLane;
  let client: LibvirtClient;
  beforeAll(async () => {
    lane = await startSystemLane();
    // Where libvirt keeps who has a console.
    await lane.exec(["mkdir", "-p", "/run/lock"]);
    client = await connect({ uri: lane.uri, events: true });
    const pool = `<pool type="dir"><name>store</name><target><path>${join(lane.root, "store")}</path></target></pool>`;
    await client.call("pool.define", { xml: pool });
    await client.call("pool.build", { name: "store", flags: 0 });
    await client.call("pool.start", { name: "store" });
  });
  afterAll(async () => {
    await client?.close();
    await lane?.stop();
  });

  it("hears 200 events of 200 when a defined domain is renamed 100 times", async () => {
    const seen: WireEvent[] = [];
    const stop = await client.events((event) => seen.push(event));
    const { uuid } = await client.call("domain.define", { xml: machine("name-0"), validate: true });
    await until(() => seen.some((event) => event.kind === "domain" && event.uuid === uuid));
    const before = seen.length;
    for (let n = 1; n <= 100; n += 1) await client.call("domain.rename", { uuid, name: `name-${n}` });
    await until(() => seen.length - before >= 200);
    await stop();
    const names = seen.slice(-200).map((event) => (event.kind === "domain" ? event.name : ""));
    expect(seen.length - before).toBe(200);
    expect(names.slice(0, 2)).toEqual(["name-0", "name-1"]);
    expect(names.at(-1)).toBe("name-100");
    await client.call("domain.undefine", { uuid, flags: 0 });
  });

  it("lists, samples and drives running machines", async () => {
    const { uuid } = await client.call("domain.define", { xml: machine("paused"), validate: true });
    await client.call("domain.start", { uuid, flags: VirDomainCreateFlags.PAUSED });
    const [row] = await client.call("domain.list", { namespace: "urn:none" });
    expect(row).toMatchObject({
      name: "paused",
      state: VirDomainState.PAUSED,
      persistent: true,
      metadata: null,
      fault: null,
    });
    const sample = await client.call("stats.sample", { groups: 0, active: true });
    expect(sample.domains.map(({ name }) => name)).toEqual(["paused"]);
    expect(sample.domains[0]?.values).toMatchObject({
      "state.state": VirDomainState.PAUSED,
      "balloon.maximum": 16 * 1024,
      "vcpu.current": 1,
      "cpu.time": expect.any(Number),
    });
    const state = await client.call("stats.sample", { groups: VirDomainStatsTypes.STATE, active: true });
    expect(Object.keys(state.domains[0]?.values ?? {})).toEqual(["state.state", "state.reason"]);
    const { result } = await client.call("domain.monitor", { uuid, command: "info status", hmp: true });
    expect(result).toContain("paused");
    expect(await client.call("domain.messages", { uuid })).toEqual([expect.stringContaining("custom monitor")]);
    await expect(
      client.call("domain.agent", { uuid, command: '{"execute":"guest-ping"}', timeoutSeconds: 1 }),
    ).rejects.toMatchObject({ code: VirErrorNumber.OPERATION_INVALID });
    await client.call("domain.destroy", { uuid, flags: 0 });
    await client.call("domain.undefine", { uuid, flags: 55 });
  });

  it("carries bytes into a volume and out again, unchanged", async () => {
    const file = join(lane.root, "up");
    const back = join(lane.root, "down");
    const data = randomBytes(40 * MIB + 12_345);
    writeFileSync(file, data);
    const ref = { pool: "store", name: "disk" };
    const xml = `<volume><name>disk</name><capacity>${data.length}</capacity></volume>`;
    await client.call("volume.create", { pool: "store", xml, flags: 0 });
    const progress: number[] = [];
    const onProgress = (done: number, total: number) => progress.push(done / total);
    expect(await client.call("volume.upload", { ...ref, file }, { onProgress })).toEqual({ bytes: data.length });
    expect(progress.at(-1)).toBe(1);
    expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
    expect(await client.call("volume.download", { ...ref, file: back })).toEqual({ bytes: data.length });
    expect(sha256(readFileSync(back))).toBe(sha256(data));

    await client.call("volume.write", { ...ref, offset: 1000, data: new TextEncoder().encode("seed") });
    const { data: part } = await client.call("volume.read", { ...ref, offset: 999, length: 6 });
    expect([...part]).toEqual([data[999], ...Buffer.from("seed"), data[1004]]);

    await expect(client.call("volume.download", { ...ref, file: back })).rejects.toMatchObject({
      kind: "file",
      errno: 17,
    });
    expect(existsSync(back)).toBe(true);
    await expect(client.call("volume.upload", { ...ref, file: join(lane.root, "no") })).rejects.toMatchObject({
      kind: "file",
      errno: 2,
    });
    const resized = { ...ref, bytes: 64 * MIB, flags: 0 };
    await client.call("volume.resize", resized);
    expect((await client.call("volume.lookup", ref))?.capacityBytes).toBe(64 * MIB);
    await client.call("volume.delete", ref);
  });

  it("takes no room for the zeros of a file, wherever they are", async () => {
    const file = join(lane.root, "holes");
    const back = join(lane.root, "holes-back");
    const data = Buffer.alloc(24 * MIB + 1000);
    // Not at the ends of chunks, nor of blocks; the file begins and ends with zeros.
    randomBytes(300_000).copy(data, 5 * MIB + 77);
    randomBytes(10).copy(data, 17 * MIB - 5);
    writeFileSync(file, data);
    const ref = { pool: "store", name: "holes" };
    const xml = `<volume><name>holes</name><capacity>${data.length}</capacity><allocation>0</allocation></volume>`;
    await client.call("volume.create", { pool: "store", xml, flags: 0 });
    expect(await client.call("volume.upload", { ...ref, file })).toEqual({ bytes: data.length });
    expect((await client.call("volume.lookup", ref))?.allocationBytes).toBeLessThan(2 * MIB);
    expect(await client.call("volume.download", { ...ref, file: back })).toEqual({ bytes: data.length });
    expect(sha256(readFileSync(back))).toBe(sha256(data));
    await client.call("volume.delete", ref);
  });

  it("stops an upload between two chunks when it is given up", async () => {
    const file = join(lane.root, "big");
    writeFileSync(file, Buffer.alloc(256 * MIB, 7));
    const ref = { pool: "store", name: "half" };
    const xml = `<volume><name>half</name><capacity>${256 * MIB}</capacity><allocation>0</allocation></volume>`;
    await client.call("volume.create", { pool: "store", xml, flags: 0 });
    const abort = new AbortController();
    const upload = client.call(
      "volume.upload",
      { ...ref, file },
      { signal: abort.signal, onProgress: () => abort.abort() },
    );
    await expect(upload).rejects.toMatchObject({ kind: "aborted" });
    await client.settled();
    const written = (await client.call("volume.lookup", ref))?.allocationBytes ?? 0;
    expect(written).toBeLessThan(256 * MIB);
    expect((await client.call("volume.read", { ...ref, offset: 0, length: 1 })).data).toEqual(Uint8Array.of(7));
    await client.call("volume.delete", ref);
  });

  it("drops a transfer that waits behind another", async () => {
    const file = join(lane.root, "big");
    writeFileSync(file, Buffer.alloc(64 * MIB, 7));
    const ref = { pool: "store", name: "first" };
    const xml = `<volume><name>first</name><capacity>${64 * MIB}</capacity></volume>`;
    await client.call("volume.create", { pool: "store", xml, flags: 0 });
    const abort = new AbortController();
    const first = client.call("volume.upload", { ...ref, file });
    const second = client.call("volume.write", { ...ref, offset: 0, data: Uint8Array.of(1) }, { signal: abort.signal });
    abort.abort();
    await expect(second).rejects.toMatchObject({ kind: "aborted" });
    await first;
    expect((await client.call("volume.read", { ...ref, offset: 0, length: 1 })).data).toEqual(Uint8Array.of(7));
    await client.call("volume.delete", ref);
  });

  it("holds a console both ways, and knows when it ends", async () => {
    const ref = { pool: "store", name: "boot" };
    const xml = `<volume><name>boot</name><capacity>${MIB}</capacity></volume>`;
    const { path } = await client.call("volume.create", { pool: "store", xml, flags: 0 });
    await client.call("volume.write", { ...ref, offset: 0, data: ECHO_BOOT_SECTOR });
    const disk = `<disk type="file"><driver name="qemu" type="raw"/><source file="${path}"/><target dev="vda" bus="virtio"/></disk>`;
    const serial = '<serial type="pty"><target port="0"/></serial>';
    const { uuid } = await client.call("domain.define", { xml: machine("echo", disk + serial), validate: true });
    await client.call("domain.start", { uuid, flags: VirDomainCreateFlags.PAUSED });
    let output = "";
    const console = await client.openConsole(uuid, null, (data) => {
      output += Buffer.from(data).toString("latin1");
    });
    await expect(client.openConsole(uuid, null, () => undefined)).rejects.toMatchObject({
      code: VirErrorNumber.OPERATION_FAILED,
    });
    await client.call("domain.resume", { uuid });
    await until(() => output.includes("ready."));
    await console.write(Buffer.from("ping"));
    await until(() => output.endsWith("ping"));
    expect(output).toContain("ready.");
    expect(output.endsWith("ping")).toBe(true);
    await client.call("domain.destroy", { uuid, flags: 0 });
    await console.ended;
    await expect(console.write(Buffer.from("x"))).rejects.toMatchObject({ kind: "lost" });
    await client.call("domain.undefine", { uuid, flags: 0 });
    await client.call("volume.delete", ref);
  });
});
