/**
 * A simulated fleet over libvirt's test driver, to look around in before anything is installed: forty VMs that start,
 * stop and are deleted for real as far as libvirt is concerned, and whose loads are made up.
 */

import { type MachineRecord, NO_UPKEEP, RECORD_SCHEMA } from "../core/machine/record.ts";
import { DEFAULTS, type MachineSpec } from "../core/machine/spec.ts";
import type { HostSummary } from "../core/watching.ts";
import { findPool } from "../host/pool.ts";
import { recordElement } from "../host/records.ts";
import { el, render } from "../host/xml-emit.ts";
import type { Context } from "./context.ts";
import { simulatedGuests } from "./demo-guests.ts";
import { simulatedLoads } from "./demo-loads.ts";
import { hostPools } from "./host-lists.ts";
import { imageRows } from "./images.ts";

/** The test driver's own, shared by every connection of this process: what one changes the others see. */
export const DEMO_URI = "test:///default";

const GIB = 1024 ** 3;

/** The test driver's own host is a small one. */
const DEMO_HOST: HostSummary = {
  uri: DEMO_URI,
  hostname: "demo",
  driver: "TEST",
  libvirt: "11.8.0",
  cpus: 64,
  memoryBytes: 512 * GIB,
  freeMemoryBytes: 210 * GIB,
  pool: { name: "hutch", capacityBytes: 4096 * GIB, availableBytes: 2870 * GIB },
};
const POOL = "hutch";
const DIGEST = "9f2c41d0a7be";
/** The test driver keeps no bytes, so an image says nothing of itself there. */
const IMAGE = { bytes: 400 * 1024 ** 2, virtualBytes: 3 * GIB, trust: "signed by its publisher" } as const;

type Role = {
  readonly name: string;
  readonly count: number;
  readonly image: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly engine: boolean;
  /** Percent of its CPUs that it uses in the mean. */
  readonly busy: number;
  readonly tags: readonly string[];
};

const ROLES: readonly Role[] = [
  { name: "web", count: 6, image: "debian-13", cpus: 2, memoryMiB: 2048, engine: true, busy: 30, tags: ["prod"] },
  { name: "api", count: 4, image: "debian-13", cpus: 4, memoryMiB: 4096, engine: true, busy: 45, tags: ["prod"] },
  { name: "db", count: 3, image: "debian-13", cpus: 4, memoryMiB: 8192, engine: false, busy: 60, tags: ["prod"] },
  { name: "cache", count: 2, image: "debian-12", cpus: 2, memoryMiB: 4096, engine: true, busy: 15, tags: ["prod"] },
  { name: "ci-runner", count: 8, image: "debian-13", cpus: 8, memoryMiB: 16_384, engine: true, busy: 80, tags: ["ci"] },
  { name: "k3s-worker", count: 6, image: "debian-13", cpus: 4, memoryMiB: 8192, engine: true, busy: 40, tags: ["lab"] },
  { name: "build", count: 3, image: "debian-12", cpus: 8, memoryMiB: 8192, engine: true, busy: 70, tags: ["ci"] },
  { name: "monitor", count: 2, image: "debian-13", cpus: 2, memoryMiB: 2048, engine: true, busy: 10, tags: ["ops"] },
  { name: "game", count: 2, image: "debian-12", cpus: 4, memoryMiB: 8192, engine: false, busy: 50, tags: ["home"] },
  { name: "scratch", count: 2, image: "debian-13", cpus: 1, memoryMiB: 1024, engine: false, busy: 3, tags: [] },
];
/** VMs that others made. */
const FOREIGN = ["win11-desk", "虚拟机-测试"] as const;
const PAUSED = new Set(["game-2"]);
const STOPPED = new Set(["scratch-1", "scratch-2", "ci-runner-8", "build-3", "k3s-worker-6", "win11-desk"]);

/** Fills the test driver, once a process; safe to run again. */
export async function makeDemo(ctx: Context): Promise<void> {
  const { client } = ctx;
  const there = new Set((await client.call("domain.list", {})).map(({ name }) => name));
  if (there.has("web-1")) return;
  await makePool(ctx);
  for (const domain of domains(ctx.now(), timesOf(ctx))) {
    await client.call("domain.define", { xml: render(domain.xml), validate: false });
    if (STOPPED.has(domain.name)) continue;
    await client.call("domain.start", { uuid: domain.uuid, flags: 0 });
    if (PAUSED.has(domain.name)) await client.call("domain.suspend", { uuid: domain.uuid });
  }
  for (const [uuid, names] of [
    [uuidOf(1), ["clean-install", "before-upgrade"]],
    [uuidOf(11), ["nightly"]],
  ] as const) {
    for (const name of names)
      await client.call("snapshot.create", {
        uuid,
        xml: render(el("domainsnapshot", {}, el("name", {}, name))),
        flags: 0,
      });
  }
  const [test] = (await client.call("domain.list", {})).filter(({ name }) => name === "test");
  if (test === undefined) return;
  await client.call("domain.destroy", { uuid: test.uuid, flags: 0 });
  await client.call("domain.undefine", { uuid: test.uuid, flags: 0 });
}

async function makePool({ client }: Context): Promise<void> {
  if ((await findPool(client)) !== null) return;
  const xml = render(el("pool", { type: "dir" }, el("name", {}, POOL), el("target", {}, el("path", {}, "/demo"))));
  await client.call("pool.define", { xml });
  await client.call("pool.start", { name: POOL });
  const volume = (name: string, bytes: number, capacity = bytes) =>
    client.call("volume.create", {
      pool: POOL,
      xml: render(el("volume", {}, el("name", {}, name), el("capacity", {}, capacity), el("allocation", {}, bytes))),
      flags: 0,
    });
  for (const image of ["debian-12", "debian-13"]) {
    await volume(`${image}-${DIGEST}.qcow2`, IMAGE.bytes, IMAGE.virtualBytes);
    await volume(`${image}-${DIGEST}.json`, 512);
  }
  let number = 0;
  for (const { name, count } of ROLES)
    for (let index = 1; index <= count; index += 1) {
      number += 1;
      await volume(`${name}-${index}.qcow2`, (1 + (number % 9)) * 256 * 1024 ** 2, DEFAULTS.diskBytes);
    }
}

/** For those who measure: every role so many times as often. */
function timesOf({ env }: Context): number {
  return Math.min(1000, Math.max(1, Math.trunc(Number(env["HUTCH_DEMO_TIMES"] ?? 1)) || 1));
}

function* domains(now: number, times: number) {
  let number = 0;
  for (const role of ROLES) {
    for (let index = 1; index <= role.count * times; index += 1) {
      number += 1;
      const name = `${role.name}-${index}`;
      yield { name, uuid: uuidOf(number), xml: domainXml(name, number, role, recordOf(name, number, role, now)) };
    }
  }
  for (const name of FOREIGN) {
    number += 1;
    const role = { ...(ROLES[0] as Role), cpus: 4, memoryMiB: 8192, busy: 12 };
    yield { name, uuid: uuidOf(number), xml: domainXml(name, number, role, null) };
  }
}

function uuidOf(number: number): string {
  return `d0d0cafe-0000-4000-8000-${`${number}`.padStart(12, "0")}`;
}

function macOf(number: number): string {
  const [high = "", low = ""] = [(number >> 8) + 0x40, number & 0xff].map((part) => part.toString(16).padStart(2, "0"));
  return `52:54:00:de:${high}:${low}`;
}

function domainXml(name: string, number: number, role: Role, record: MachineRecord | null) {
  return el(
    "domain",
    { type: "test" },
    el("name", {}, name),
    el("uuid", {}, uuidOf(number)),
    ...(record === null ? [] : [el("metadata", {}, recordElement(record))]),
    el("memory", { unit: "MiB" }, role.memoryMiB),
    el("vcpu", {}, role.cpus),
    el("os", {}, el("type", {}, "hvm")),
    el(
      "devices",
      {},
      el(
        "disk",
        { type: "file", device: "disk" },
        el("driver", { name: "qemu", type: "qcow2" }),
        el("source", { file: `/demo/${name}.qcow2` }),
        el("target", { dev: "vda" }),
      ),
      el("interface", { type: "network" }, el("mac", { address: macOf(number) }), el("source", { network: "default" })),
    ),
  );
}

function recordOf(name: string, number: number, role: Role, now: number): MachineRecord {
  const createdAt = new Date(now - number * 7.3 * 3_600_000).toISOString();
  const { image, cpus, memoryMiB } = role;
  const engine = role.engine ? "docker" : null;
  const spec: MachineSpec = {
    name,
    image,
    cpus,
    memoryMiB,
    diskBytes: DEFAULTS.diskBytes,
    dataDiskBytes: [],
    engine,
    user: "ada",
    sshKeys: [],
    network: { kind: "default" },
    publish: [],
    arch: "x86_64",
    accel: "auto",
    firmware: "auto",
    tpm: false,
    autostart: role.tags.includes("prod"),
    ephemeral: false,
  };
  return {
    ...NO_UPKEEP,
    tags: role.tags,
    protected: role.name === "db",
    schema: RECORD_SCHEMA,
    revision: 1,
    state: "made",
    createdAt,
    spec,
    image: {
      name: image,
      digest: `sha256:${DIGEST}`,
      volume: `${image}-${DIGEST}.qcow2`,
      trust: IMAGE.trust,
    },
    pool: POOL,
    volumes: [`${name}.qcow2`, `${name}.seed.img`],
    seedVolume: null,
    mac: macOf(number),
    address: `192.168.${122 + ((10 + number) >> 8)}.${(10 + number) & 0xff}`,
    forwards: [],
    hostKey: null,
    cloudInit: { state: "done", errors: [] },
    engine:
      engine === null
        ? null
        : { name: engine, version: "28.5.1", source: "download.docker.com", installedAt: createdAt },
    accel: "kvm",
    trash: null,
    pending: [],
  };
}

/** What of the library is made up: the host, its store, loads, and what would be inside the VMs. */
export function simulated(ctx: Context) {
  return {
    hostSummary: async () => DEMO_HOST,
    hostPools: async () =>
      (await hostPools(ctx)).map((pool) => (pool.name === POOL ? { ...pool, ...DEMO_HOST.pool } : pool)),
    images: { list: async () => (await imageRows(ctx)).map((row) => ({ ...row, ...IMAGE })) },
    sampleLoads: simulatedLoads(ctx, roleOf),
    ...simulatedGuests(),
  };
}

function roleOf(name: string): Role {
  return ROLES.find((role) => name.startsWith(`${role.name}-`)) ?? { ...(ROLES[0] as Role), cpus: 4, memoryMiB: 8192 };
}
