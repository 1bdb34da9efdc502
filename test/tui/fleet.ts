/** A host with fixed VMs and fixed loads, so that a frame is the same at every run. Our own interface, nothing of libvirt's. */
import type { Container, ContainerReport } from "../../src/core/containers.ts";
import { type MachineRecord, NO_UPKEEP } from "../../src/core/machine/record.ts";
import type { MachineView } from "../../src/core/machine/view.ts";
import type { HostNews, LoadSample } from "../../src/core/watching.ts";
import type { Hutch, MachineInfo } from "../../src/index.ts";
import { finished, machine } from "../unit/cli/stand-in.ts";

export const NOW = Date.UTC(2026, 10, 24, 14, 2, 11);
/** Where the fleet is. */
export const KVM01 = { name: "kvm01", uri: "qemu:///system", connect: null, words: [] } as const;
const GIB = 1024 ** 3;

type Made = {
  readonly engine?: string;
  readonly state?: MachineRecord["state"];
  readonly mib?: number;
  readonly tags?: string[];
};

function vm(number: number, name: string, power: MachineView["status"]["power"], made: Made | null): MachineView {
  const base = machine("web");
  if (base.record === null) throw new Error("the stand-in has a record");
  const uuid = `00000000-0000-4000-8000-${`${number}`.padStart(12, "0")}`;
  const status = { power, reason: power === "running" ? "booted" : "", persistent: true };
  if (made === null) return { uuid, name, record: null, status, address: null, problems: [] };
  const address = `10.0.0.${10 + number}`;
  const createdAt = new Date(NOW - number * 3_600_000).toISOString();
  const memoryMiB = made.mib ?? 4096;
  const record: MachineRecord = {
    ...base.record,
    ...NO_UPKEEP,
    tags: made.tags ?? [],
    state: made.state ?? "made",
    createdAt,
    spec: { ...base.record.spec, name, cpus: 4, memoryMiB, engine: made.engine ?? null, user: "ada" },
    image: { name: "debian-13", digest: "sha256:00", volume: "v.qcow2", trust: "signed by its publisher" },
    address,
    forwards: [],
    accel: "kvm",
    cloudInit: { state: "done", errors: [] },
    engine:
      made.engine === undefined ? null : { name: made.engine, version: "28.5.1", source: "", installedAt: createdAt },
    trash: made.state === "trashed" ? { at: createdAt, name, autostart: false } : null,
  };
  return { uuid, name, record, status, address, problems: [] };
}

export const FLEET: readonly MachineView[] = [
  vm(1, "web-01", "running", { engine: "docker", tags: ["prod"] }),
  vm(2, "web-02", "running", { engine: "docker", tags: ["prod"] }),
  vm(3, "db-primary", "running", { mib: 8192, tags: ["prod"] }),
  vm(4, "db-replica", "running", { mib: 8192, tags: ["prod"] }),
  vm(5, "ci-runner-1", "running", { engine: "docker", mib: 16_384 }),
  vm(6, "ci-runner-2", "paused", { engine: "docker", mib: 16_384 }),
  vm(7, "win11-desk", "running", null),
  vm(8, "虚拟机-测试", "running", null),
  vm(9, "k3s-cp-0", "running", { mib: 4096 }),
  vm(10, "k3s-w-0", "running", { mib: 8192 }),
  { ...vm(11, "k3s-w-1", "crashed", { mib: 8192 }), problems: ["Its record is damaged."] },
  vm(12, "gold-debian13", "stopped", { mib: 2048 }),
  vm(13, "lab-router", "running", { mib: 512 }),
  vm(14, "old-web", "stopped", { state: "trashed" }),
];

/** Counters after so many samples, a second apart. */
export function loadsAt(index: number, machines: readonly MachineView[] = FLEET): LoadSample {
  const running = machines.filter(({ status }) => status.power === "running");
  return {
    at: index * 1000,
    loads: running.map(({ uuid, record }, at) => {
      const memoryBytes = (record?.spec.memoryMiB ?? 8192) * 1024 ** 2;
      let cpuNs = 0;
      for (let second = 0; second < index; second += 1)
        cpuNs += (0.5 + 0.45 * Math.sin(second / (3 + (at % 7)) + at)) * 4e9;
      const flow = (base: number) => Math.round(base * index * (1 + (at % 5)));
      return {
        uuid,
        cpuNs,
        vcpus: 4,
        memoryUsedBytes: Math.round(memoryBytes * (0.2 + (at % 6) / 10)),
        memoryBytes,
        readBytes: flow(900_000),
        writtenBytes: flow(300_000),
        receivedBytes: flow(120_000),
        sentBytes: flow(40_000),
      };
    }),
  };
}

export function infoOf(view: MachineView): MachineInfo {
  return {
    ...view,
    cpus: 4,
    memoryBytes: (view.record?.spec.memoryMiB ?? 8192) * 1024 ** 2,
    autostart: true,
    addresses: view.address === null ? [] : [{ address: view.address, family: "ipv4", source: "lease" }],
    disks: [
      {
        target: "vda",
        source: `/pool/${view.name}.qcow2`,
        format: "qcow2",
        virtualBytes: 20 * GIB,
        usedBytes: 7.8 * GIB,
      },
    ],
    snapshots: [],
    macs: ["52:54:00:00:00:01"],
    cards: [{ index: 1, mac: "52:54:00:00:00:01", kind: "network", source: "default", state: "plugged" }],
    domainType: "kvm",
    machineType: "q35",
    firmware: "bios",
    consoleLog: "/log/console.log",
    ssh: `ssh ada@${view.address ?? ""}`,
  };
}

export const CONSOLE = [
  "Booting Linux",
  "[  OK  ] Reached target Network.",
  "[  OK  ] Started OpenSSH server.",
  "web-01 login: \u{1f469}‍\u{1f469}‍\u{1f467} \u001b[31mred",
];

const container = (number: number, name: string, about: Partial<Container>): Container => ({
  id: `${number}`.padStart(64, "0"),
  name,
  image: `registry.lan/${name}:1`,
  state: "running",
  health: null,
  exitCode: null,
  use: { cpuPercent: 3.4 * number, memoryBytes: number * 50 * 1024 ** 2 },
  limits: { cpus: 0.5, memoryBytes: 512 * 1024 ** 2 },
  ...about,
});

export const CONTAINERS: ContainerReport = {
  name: "web-01",
  engine: "docker",
  docker: ["docker"],
  containers: [
    container(1, "caddy", { health: "healthy" }),
    container(2, "db", { limits: { cpus: null, memoryBytes: 1024 ** 3 }, health: "unhealthy" }),
    container(3, "job", {
      state: "exited",
      exitCode: 137,
      use: null,
      limits: { cpus: null, memoryBytes: null },
      image: "\u001b[31m虚拟机",
    }),
  ],
  total: 3,
};

export type Calls = [method: string, ...args: unknown[]][];

/** News may be put in at any time; every operation succeeds at once and is written down. */
export function fleetHost(machines: readonly MachineView[] = FLEET) {
  const calls: Calls = [];
  const waiting: HostNews[] = [{ k: "machines", machines }];
  let wake: () => void = () => undefined;
  let sample = 0;
  const done =
    (method: string) =>
    (...args: readonly unknown[]) => {
      calls.push([method, ...args]);
      return finished([{ name: "web-01", done: true, message: "done", warnings: [] }]);
    };
  const hutch = {
    uri: "qemu:///system",
    mode: "system",
    notes: [],
    async *watch(signal: AbortSignal) {
      signal.addEventListener("abort", () => wake(), { once: true });
      for (;;) {
        yield* waiting.splice(0);
        if (signal.aborted) return;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    sampleLoads: async () => loadsAt(sample++, machines),
    hostSummary: async () => ({
      uri: "qemu:///system",
      hostname: "kvm01",
      driver: "QEMU",
      libvirt: "11.8.0",
      cpus: 32,
      memoryBytes: 128 * GIB,
      freeMemoryBytes: 61 * GIB,
      pool: { name: "hutch", capacityBytes: 4096 * GIB, availableBytes: 2870 * GIB },
    }),
    hostNetworks: async () => [
      {
        name: "default",
        active: true,
        autostart: true,
        mode: "nat" as const,
        bridge: "virbr0",
        addresses: ["192.168.122.1/24"],
        leases: [{ address: "192.168.122.20", name: "web-01", mac: "52:54:00:00:00:01" }],
      },
      {
        name: "lab",
        active: false,
        autostart: false,
        mode: "isolated" as const,
        bridge: "virbr1",
        addresses: ["10.9.0.1/24"],
        leases: [],
      },
    ],
    hostPools: async () => [
      {
        name: "hutch",
        active: true,
        autostart: true,
        type: "dir",
        path: "/pool",
        capacityBytes: 4096 * GIB,
        availableBytes: 512 * GIB,
        volumes: [{ name: "web-01.qcow2", bytes: 20 * GIB, usedBytes: 7.8 * GIB }],
      },
    ],
    hostSnapshots: async () => [
      {
        machine: "web-01",
        uuid: machines[0]?.uuid ?? "",
        name: "clean-install",
        parent: null,
        current: false,
        createdAt: NOW - 12 * 86_400_000,
        withMemory: false,
      },
      {
        machine: "web-01",
        uuid: machines[0]?.uuid ?? "",
        name: "before-upgrade",
        parent: "clean-install",
        current: true,
        createdAt: NOW - 3 * 3_600_000,
        withMemory: true,
      },
    ],
    info: async (name: string) =>
      infoOf(machines.find((each) => each.name === name || each.uuid === name) ?? (machines[0] as MachineView)),
    xml: async () => "<domain type='kvm'>\n  <name>web-01</name>\n</domain>",
    losses: async (names: readonly string[]) =>
      names.map((name) => ({ name, what: [`hutch/${name}.qcow2`, `hutch/${name}.seed.img`] })),
    async *logs(_name: string, { signal }: { signal?: AbortSignal }) {
      yield* CONSOLE;
      await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
    },
    start: done("start"),
    stop: done("stop"),
    restart: done("restart"),
    delete: done("delete"),
    recover: done("recover"),
    purge: done("purge"),
    launch: done("launch"),
    images: {
      bake: done("bake"),
      list: async () => [
        {
          name: "debian-13",
          digest: "sha256:5b1e",
          volume: "debian-13.qcow2",
          bytes: 0.4 * GIB,
          virtualBytes: 3 * GIB,
          trust: "signed by its publisher",
          arch: "x86_64",
          origin: null,
          addedAt: new Date(NOW - 86_400_000).toISOString(),
          usedBy: ["web-01", "web-02"],
        },
      ],
      catalogue: async () => [
        {
          name: "debian-12",
          title: "Debian 12 (bookworm)",
          arches: [],
          user: "debian",
          trust: "",
          endOfLife: "",
          inStore: false,
        },
        {
          name: "debian-13",
          title: "Debian 13 (trixie)",
          arches: [],
          user: "debian",
          trust: "",
          endOfLife: "",
          inStore: true,
        },
      ],
      pull: done("pull"),
      build: () => {
        throw new Error("no tools");
      },
      remove: done("image.remove"),
    },
    run: async (name: string, argv: readonly string[]) => {
      calls.push(["run", name, ...argv]);
      return { code: 0, stdout: `${argv.at(-1)}\n`, stderr: "" };
    },
    engine: {
      install: done("install"),
      containers: async (name: string) => {
        calls.push(["containers", name]);
        return { ...CONTAINERS, name };
      },
      async *containerLogs(_name: string, container: string, { signal }: { signal?: AbortSignal }) {
        for (let number = 1; number <= 40; number += 1) yield `${container} says \u001b[32m${number}`;
        await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve(), { once: true }));
      },
    },
    close: async () => undefined,
  };
  return {
    hutch: hutch as unknown as Hutch,
    calls,
    tell: (news: HostNews) => {
      waiting.push(news);
      wake();
    },
  };
}
