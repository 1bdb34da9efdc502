/** A terminal of buffers and a Hutch that writes down what it is asked for: our own interfaces, nothing of libvirt's. */
import { PassThrough } from "node:stream";
import { runCli } from "../../../src/cli/run.ts";
import type { StopSignal, Terminal } from "../../../src/cli/terminal.ts";
import type { SshConfig } from "../../../src/core/enter.ts";
import { cancelled } from "../../../src/core/errors.ts";
import { NO_UPKEEP } from "../../../src/core/machine/record.ts";
import type { MachineView } from "../../../src/core/machine/view.ts";
import type { OpEvent } from "../../../src/core/op/event.ts";
import type { ImageRow, PowerResult } from "../../../src/core/requests.ts";
import type { SettingRow } from "../../../src/core/settings.ts";
import type { UiSettings } from "../../../src/core/ui-settings.ts";
import type { ConnectOptions, HostBook, Hutch, Operation } from "../../../src/index.ts";
import * as library from "../../../src/index.ts";
import { keyFaults } from "../../../src/terminal-ui.ts";

const PRUNABLE = { name: "debian-12", digest: "sha256:12", bytes: 1024, why: "unused, 40 days old" };

export type Call = readonly [method: string, ...args: unknown[]];
export type Ran = {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
  /** With which options libvirt was opened. */
  readonly opened: readonly ConnectOptions[];
};

export type World = {
  /** What becomes of a bake; a good image when omitted. */
  readonly baked?: Operation<never>;
  readonly machines?: readonly MachineView[];
  /** What the store holds; one image when omitted. */
  readonly images?: readonly ImageRow[];
  /** What single methods do instead of writing down and succeeding. */
  readonly hutch?: Partial<Hutch>;
  /** What `settings` tells. */
  readonly settings?: readonly SettingRow[];
  /** What the config says of the terminal UI and of views. */
  readonly uiSettings?: Partial<UiSettings>;
  /** The real library, in place of all that. */
  readonly library?: Terminal["library"];
  readonly stdin?: string;
  /** Everything is a terminal. */
  readonly tty?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Gets the terminal before the command runs: to type, to send signals, to stop reading. */
  readonly meanwhile?: (hands: Hands) => void;
};
export type Hands = {
  readonly signal: (signal: StopSignal) => void;
  readonly type: (text: string) => void;
  /** The window is so large from now on. */
  readonly resize: (columns: number, rows: number) => void;
  readonly stopReading: () => void;
  readonly seen: () => string;
};

export async function hutch(argv: readonly string[], world: World = {}): Promise<Ran> {
  const calls: Call[] = [];
  const opened: ConnectOptions[] = [];
  const [stdout, stderr] = [sink(world.tty), sink(world.tty)];
  const stdin = new PassThrough();
  const handlers = new Map<StopSignal, Set<() => void>>();
  const unread = new AbortController();
  if (world.stdin !== undefined) stdin.end(world.stdin);
  const terminal: Terminal = {
    stdin: { isTTY: world.tty === true, open: () => stdin, setRaw: (raw) => calls.push(["setRaw", raw]) },
    stdout: stdout.stream,
    stderr: stderr.stream,
    env: { ...world.env },
    version: () => "0.0.0-test",
    ui: async (start) => {
      calls.push(["ui", start]);
      return 0;
    },
    keyFaults,
    library:
      world.library ??
      (async () => ({
        connect: async (options = {}) => {
          opened.push(options);
          return standIn(calls, world);
        },
        diagnose: async ({ fix } = {}) => {
          calls.push(["diagnose", { fix }]);
          return { uri: "test:///default", checks: [], fixed: [], interrupted: [] };
        },
        catalogue: () => standIn(calls, world).images.catalogue(),
        imageInfo: (name) => standIn(calls, world).images.info(name),
        engineRecipes: async () => [],
        libvirtVersion: async () => null,
        settings: async () => world.settings ?? [SETTING],
        uiSettings: async () => ({ keys: {}, views: {}, ...world.uiSettings }),
        changeSetting: async (key, value) => {
          calls.push(["changeSetting", key, value]);
          return SETTING;
        },
        hosts: {
          list: async () => BOOK,
          isLibvirtHere: async () => true,
          suggest: async () => [
            { name: "nas", text: "qemu+ssh://nas/system" },
            { name: "qemu:///system", text: "this host's" },
            { name: "qemu+ssh://attic/system", text: "by ssh" },
          ],
          add: async (name, uri) => {
            calls.push(["hosts.add", name, uri]);
            return BOOK;
          },
          use: async (name) => {
            calls.push(["hosts.use", name]);
            return BOOK;
          },
          remove: async (name) => {
            calls.push(["hosts.remove", name]);
            return BOOK;
          },
        },
      })),
    onSignal: (signal, handler) => {
      const set = handlers.get(signal) ?? new Set();
      handlers.set(signal, set.add(handler));
      return () => set.delete(handler);
    },
    unread: unread.signal,
  };
  const running = runCli(argv, terminal);
  world.meanwhile?.({
    signal: (signal) => {
      for (const handler of handlers.get(signal) ?? []) handler();
    },
    type: (text) => stdin.write(text),
    resize: (columns, rows) => Object.assign(stdout.stream, { columns, rows }).emit("resize"),
    stopReading: () => unread.abort(),
    seen: () => stderr.text(),
  });
  const code = await running;
  for (const [signal, set] of handlers) if (set.size > 0) throw new Error(`A handler of ${signal} was left behind.`);
  return {
    code,
    stdout: stdout.text(),
    stderr: stderr.text(),
    calls,
    opened,
  };
}

/** The real library, but that every host is this one: what a test reaches of it. */
export function libraryAt(host: object): Terminal["library"] {
  return async () => ({ ...library, connect: async () => host as Hutch });
}

function sink(tty = false) {
  const stream = Object.assign(new PassThrough(), { isTTY: tty, columns: 80, rows: 24 });
  // As the process's own streams, which nothing that is piped into them can end.
  stream.end = () => stream;
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

const BOOK: HostBook = { hosts: [], defaultUri: "test:///default", defaultFrom: "default" };

const DONE: readonly PowerResult[] = [{ name: "web", done: true, message: "done", warnings: [] }];

const CONFIG: SshConfig = {
  text: "Host web\n",
  hosts: ["web"],
  left: [{ name: "My VM", why: "it was not made by hutch" }],
  file: null,
};

function standIn(calls: Call[], world: World): Hutch {
  const done =
    (method: string) =>
    (names: readonly string[], ...rest: unknown[]) => {
      calls.push([method, names, ...rest]);
      return finished(
        names.map((name): PowerResult => ({ name, done: true, message: `${method} done`, warnings: [] })),
      );
    };
  const request = (method: string) => (order: { readonly names: readonly string[] }) => {
    calls.push([method, order]);
    return finished(
      order.names.map((name): PowerResult => ({ name, done: true, message: `${method} done`, warnings: [] })),
    );
  };
  const image = {
    name: "debian-13",
    digest: "sha256:00",
    volume: "v",
    bytes: 1,
    virtualBytes: 1,
    trust: "",
    arch: null,
    origin: null,
    addedAt: "",
    usedBy: [],
    inTrash: [],
    bakedFrom: [],
    stale: false,
  };
  const network = {
    name: "default",
    mode: "nat" as const,
    bridge: "virbr0",
    subnets: ["192.168.122.1/24"],
    active: true,
    autostart: false,
  };
  const boot = {
    enabled: false,
    unit: "/etc/systemd/system/hutch-autostart.service",
    order: [{ name: "db", place: 1, delaySeconds: 30 }],
    notes: ["Nobody lingers."],
  };
  const names = {
    enabled: true,
    file: "/etc/hosts",
    current: false,
    entries: [{ name: "web", address: "192.168.122.50" }],
  };
  const pool = {
    name: "hutch",
    type: "dir",
    path: "/p",
    active: true,
    autostart: true,
    capacityBytes: 4096,
    usedBytes: 1024,
    availableBytes: 3072,
  };
  const snapshot = {
    name: "snap-1",
    kind: "memory" as const,
    description: "",
    createdAt: "2026-01-03T00:00:00.000Z",
    parent: null,
    current: true,
    safety: false,
  };
  const card = { index: 1, mac: "52:54:00:00:00:01", kind: "network", source: "lab", state: "plugged" } as const;
  const plugged = (name: string) => ({ name, mac: card.mac, live: true, warnings: ["up to its system"] });
  const disk = { target: "vdc", volume: "web-data1.qcow2", bytes: 1024 ** 3, live: true };
  const launched = (name: string) => ({ machine: machine(name), stages: [], warnings: [] });
  const told =
    <T>(method: string, answer: T) =>
    (...args: unknown[]): T => {
      calls.push([method, ...args]);
      return answer;
    };
  const close = async () => undefined;
  return {
    uri: "test:///default",
    mode: "other",
    notes: [],
    list: async () => world.machines ?? [],
    info: () => Promise.reject(new Error("not asked for")),
    host: async () => ({
      uri: "test:///default",
      hostname: "attic",
      driver: "QEMU",
      libvirt: "11.8.0",
      pool: null,
      arch: "x86_64",
      cpus: 4,
      memoryBytes: 8 * 1024 ** 3,
      freeMemoryBytes: 6 * 1024 ** 3,
      freePoolBytes: 100 * 1024 ** 3,
    }),
    stats: async function* ({ names, follow } = {}) {
      calls.push(["stats", { names, follow }]);
      const flow = { inBytes: 2048, outBytes: 0 };
      const web = { uuid: "u", name: "web", vcpus: 2, cpuPercent: 12.5, memoryBytes: 1024 ** 3, disk: flow, net: null };
      yield { at: "2026-01-01T00:00:00.000Z", machines: [{ ...web, memoryUsedBytes: 512 * 1024 ** 2 }] };
    },
    events: async function* () {
      const at = "2026-01-01T00:00:00.000Z";
      yield { at, subject: "vm", name: "web", uuid: "u", what: "started", why: "booted" };
      yield { at, subject: "vm", name: "other\u001b[31m", uuid: "v", what: "stopped", why: "" };
    },
    run: () => Promise.reject(new Error("not asked for")),
    networks: {
      list: async () => [network],
      info: async (name) => ({
        ...network,
        name,
        uuid: "u",
        dhcp: { first: "10.0.0.2", last: "10.0.0.254" },
        domain: null,
        reservations: [],
        usedBy: [],
      }),
      leases: async () => [],
      create: (request) =>
        told(
          "network.create",
          finished({
            ...network,
            name: request.name,
            uuid: "u",
            dhcp: null,
            domain: null,
            reservations: [],
            usedBy: [],
          }),
        )(request),
      remove: (name) => told("network.remove", finished({ name }))(name),
    },
    autostart: {
      status: async () => boot,
      enable: async (command) => told("autostart.enable", { ...boot, enabled: true })(command),
      disable: async () => told("autostart.disable", boot)(),
      start: (how) => told("autostart.start", finished([]))(how),
    },
    names: {
      status: async () => names,
      enable: async () => told("names.enable", names)(),
      disable: async () => told("names.disable", { ...names, enabled: false })(),
    },
    pools: {
      list: async () => [pool],
      info: async () => ({ ...pool, uuid: "u", volumes: [{ name: "a.qcow2", virtualBytes: 2048, usedBytes: 1024 }] }),
      add: (name, path) => told("pool.add", finished({ ...pool, name, path, uuid: "u", volumes: [] }))(name, path),
    },
    launch: (order) => told("launch", finished(launched(order.name ?? "quiet-otter")))(order),
    plan: async (order) =>
      told("plan", { spec: { name: order.name }, xml: "<domain/>\n", steps: ["check"], seed: {}, notes: ["Taken."] })(
        order,
      ),
    start: done("start"),
    stop: request("stop"),
    restart: request("restart"),
    delete: request("delete"),
    recover: done("recover"),
    purge: done("purge"),
    set: (name, settings) => told("set", finished({ name, changes: [], warnings: [] }))(name, settings),
    planSet: async (name, settings) => told("planSet", { name, changes: [] })(name, settings),
    pause: done("pause"),
    resume: done("resume"),
    save: done("save"),
    discardSaved: done("discardSaved"),
    rename: (name, to) =>
      told("rename", finished({ name: to, done: true, message: `was ${name}`, warnings: [] }))(name, to),
    clone: (name, order) => told("clone", finished({ machine: machine(order.to), warnings: [] }))(name, order),
    adopt: (name, how) => told("adopt", finished(machine(name)))(name, how),
    definition: async (name) => told("definition", { name, xml: "<domain>\n  <a/>\n</domain>\n" })(name),
    redefine: (name, order) =>
      told("redefine", finished({ name, done: true, message: "defined", warnings: [] }))(name, order),
    openEditor: async (text) => told("openEditor", text.replace("<a/>", "<b/>"))(text),
    export: (name, order) =>
      told("export", finished({ name, file: order?.file ?? `${name}.hutch.tar`, bytes: 1024 }))(name, order),
    import: (order) => told("import", finished({ machine: machine(order.name ?? "web"), warnings: [] }))(order),
    snapshots: {
      list: async (name) => told("snapshots.list", [snapshot])(name),
      create: (name, order) =>
        told("snapshots.create", finished({ snapshot, quiesced: null, warnings: [] }))(name, order),
      restore: (name, order) =>
        told(
          "snapshots.restore",
          finished({ name, snapshot: order.snapshot, safety: null, power: "running", warnings: [] }),
        )(name, order),
      remove: (name, names) => told("snapshots.remove", done("removed")(names))(name, names),
    },
    disks: {
      attach: (name, order) => told("disks.attach", finished({ name, ...disk }))(name, order),
      detach: (name, order) => told("disks.detach", finished({ name, ...disk }))(name, order),
    },
    nics: {
      list: async (name) => told("nics.list", [card, { ...card, index: 2, state: "coming" } as const])(name),
      add: (name, network) => told("nics.add", finished(plugged(name)))(name, network),
      remove: (name, which) => told("nics.remove", finished(plugged(name)))(name, which),
    },
    losses: async (names) => names.map((name) => ({ name, what: [`hutch/${name}.qcow2`] })),
    wait: (name, how) => told("wait", finished(launched(name)))(name, how),
    exec: async (...args) => told("exec", 7)(...args),
    shell: async (...args) => told("shell", 3)(...args),
    execByAgent: async (name, argv, { input, onOutput }) => {
      calls.push(["execByAgent", name, argv, Buffer.from(input ?? []).toString()]);
      await onOutput("stdout", Buffer.from("out"));
      await onOutput("stderr", Buffer.from("err"));
      return 9;
    },
    console: async (name) => {
      calls.push(["console", name]);
      const line = { write: async () => undefined, close: async () => undefined, ended: Promise.resolve() };
      return { ...line, canResize: true, resize: async () => true };
    },
    copy: (order) => told("copy", finished(order.from.map((from) => ({ name: from, bytes: 3 }))))(order),
    consolePassword: async (name) => told("consolePassword", { name, user: "me", password: "abcd-efgh" })(name),
    ports: {
      list: async () => [
        { protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 20_022, guestPort: 22, purpose: "ssh" },
        { protocol: "udp", hostAddress: "127.0.0.1", hostPort: 5353, guestPort: 53, purpose: "published" },
      ],
      add: (name, ports) => told("ports.add", finished(DONE))(name, ports),
      remove: (name, ports) => told("ports.remove", finished(DONE))(name, ports),
    },
    mounts: {
      list: async () => [{ machine: "web", hostPath: "/a", guestPath: "/b", readonly: true, by: "sshfs", held: false }],
      way: async (name, request) =>
        told("mounts.way", { by: "virtiofs", now: true, why: "by virtiofs" } as const)(name, request),
      add: (name, request) => told("mounts.add", finished(DONE))(name, request),
      hold: () => Promise.reject(new Error("not asked for")),
      remove: (name, path) => told("mounts.remove", finished(DONE))(name, path),
    },
    sshConfig: {
      read: async () => told("sshConfig.read", CONFIG)(),
      install: async () => told("sshConfig.install", CONFIG)(),
      remove: async () => told("sshConfig.remove", true)(),
    },
    inventory: async () => ({ text: "all: {}\n", hosts: ["web"], left: CONFIG.left }),
    logs: async function* (name, { kind, follow }) {
      calls.push(["logs", name, { kind, follow }]);
      yield "one";
      yield "two\u001b[31m";
    },
    watch: () => (async function* () {})(),
    sampleLoads: async () => ({ at: 0, loads: [] }),
    hostSummary: () => Promise.reject(new Error("not asked for")),
    hostNetworks: async () => [],
    hostPools: async () => [],
    hostSnapshots: async () => [],
    display: async (name) =>
      told("display", {
        name,
        kind: "vnc",
        address: "127.0.0.1",
        port: 5901,
        url: "vnc://127.0.0.1:5901",
        tunnel: "ssh -NL 5901:127.0.0.1:5901 attic",
      })(name),
    xml: async () => "<domain/>\n",
    images: {
      list: async () => world.images ?? [image],
      catalogue: async () => [],
      info: async (name) =>
        told("image.info", { name, release: null, stored: [{ ...image, chain: ["Of a test."] }] })(name),
      verify: (names) => told("image.verify", finished([]))(names),
      pull: (name, how) => told("pull", finished(image))(name, how),
      build: (name) => told("build", finished(image))(name),
      import: (file, how) => told("import", finished({ ...image, name: how?.name ?? file }))(file, how),
      bake: (request) =>
        told(
          "bake",
          world.baked ?? finished({ ...image, name: request.name ?? `${request.base}-${request.engine}` }),
        )(request),
      remove: done("image.remove"),
      push: (name, reference, how) =>
        told("push", finished({ name, reference, manifest: "sha256:1" }))(name, reference, how),
      prunePlan: async (how) => told("prunePlan", { rows: [PRUNABLE], bytes: PRUNABLE.bytes })(how),
      prune: (how) => told("prune", finished({ rows: [PRUNABLE], bytes: PRUNABLE.bytes }))(how),
    },
    engine: {
      install: (engine, names, how) => told("engine.install", finished([]))(engine, names, how),
      status: () => Promise.reject(new Error("not asked for")),
      containers: () => Promise.reject(new Error("not asked for")),
      containerLogs: () => {
        throw new Error("not asked for");
      },
    },
    close,
    [Symbol.asyncDispose]: close,
    ...world.hutch,
  };
}

const SETTING = {
  key: "image",
  text: "what launch takes",
  value: "debian-12",
  from: "/home/me/.config/hutch/config.yaml",
  places: [
    { place: "IMAGE of launch", value: null },
    { place: "/home/me/.config/hutch/config.yaml", value: "debian-12" },
    { place: "default", value: "debian-13" },
  ],
};

export function finished<T>(value: T): Operation<T> {
  return operation([], Promise.resolve(value));
}

export function failed(error: unknown): Operation<never> {
  const result = Promise.reject(error);
  result.catch(() => undefined);
  return operation([], result);
}

export function operation<T>(events: readonly OpEvent[], result: Promise<T>): Operation<T> {
  return {
    id: "op-1",
    result,
    cancel: () => undefined,
    abandon: () => undefined,
    async *[Symbol.asyncIterator]() {
      yield* events;
    },
  };
}

/** Runs until it is cancelled, then undoes until it is abandoned. */
export function endless(calls: string[]): Operation<never> {
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<never>((_resolve, giveUp) => {
    reject = giveUp;
  });
  promise.catch(() => undefined);
  return {
    ...operation([], promise),
    cancel: () => calls.push("cancel"),
    abandon: () => {
      calls.push("abandon");
      reject(cancelled("Launch web"));
    },
    async *[Symbol.asyncIterator]() {
      yield { k: "op.begin", op: "op-1", kind: "launch", title: "Launch web", subject: "web", at: 0 };
      await promise.catch(() => undefined);
    },
  };
}

export function machine(
  name: string,
  change: Partial<MachineView> = {},
  state: "made" | "trashed" | "making" = "made",
): MachineView {
  return {
    uuid: "6695eb01-f6a4-8304-79aa-97f2502e193f",
    name,
    record: {
      ...NO_UPKEEP,
      schema: 1,
      revision: 1,
      state,
      createdAt: "2026-01-01T00:00:00.000Z",
      spec: {
        name,
        image: "debian-13",
        cpus: 2,
        memoryMiB: 2048,
        diskBytes: 20 * 1024 ** 3,
        dataDiskBytes: [],
        engine: null,
        user: "me",
        sshKeys: [],
        network: { kind: "default" },
        publish: [],
        arch: "x86_64",
        accel: "auto",
        firmware: "auto",
        tpm: false,
        autostart: false,
        ephemeral: false,
      },
      image: null,
      pool: "hutch",
      volumes: [`${name}.qcow2`],
      seedVolume: null,
      mac: "52:54:00:00:00:01",
      address: null,
      forwards: [],
      hostKey: null,
      cloudInit: null,
      engine: null,
      accel: "tcg",
      trash: state === "trashed" ? { at: "2026-01-02T00:00:00.000Z", name, autostart: false } : null,
      pending: [],
    },
    status: { power: "running", reason: "booted", persistent: true },
    address: "192.168.122.50",
    problems: [],
    ...change,
  };
}

/** Acts once `text` stands on the screen. */
export function whenSeen(seen: () => string, text: string, act: () => void): void {
  const look = setInterval(() => {
    if (!seen().includes(text)) return;
    clearInterval(look);
    act();
  }, 5);
}
