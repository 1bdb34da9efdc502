/** `hutch` on this process's own terminal, on a host of VMs that hutch made: the test driver cannot hold any. Tells what it was asked for. */
import { runCli } from "../../src/cli/run.ts";
import type { Hutch } from "../../src/index.ts";
import { finished, libraryAt, machine } from "../unit/cli/stand-in.ts";

const told = (method: string, what: unknown) => process.stdout.write(`${method}: ${JSON.stringify(what)}\n`);
const done = (names: readonly string[], message: string) =>
  finished(names.map((name) => ({ name, done: true, message, warnings: [] })));
const image = (name: string, title: string) => ({
  name,
  title,
  arches: ["x86_64"],
  user: "debian",
  trust: "signed",
  configuration: "cloud-init",
  endOfLife: "2030",
  inStore: false,
  note: "",
});
const network = { mode: "isolated" as const, bridge: null, subnets: ["10.1.1.1/24"], active: true, autostart: true };
const catalogue = [image("debian-13", "Debian 13"), image("debian-12", "Debian 12"), image("fedora-43", "Fedora 43")];

const hutch = {
  mode: "system" as const,
  notes: [],
  list: async () => [machine("web"), machine("db"), machine("old", {}, "trashed")],
  delete: ({ names }) => done(names, "gone"),
  recover: (names) => done(names, "back"),
  stop: ({ names }) => done(names, "stopped"),
  host: async () => ({
    uri: "qemu:///system",
    hostname: "attic",
    driver: "QEMU",
    libvirt: "11.8.0",
    pool: null,
    arch: "x86_64",
    cpus: 8,
    memoryBytes: 8 * 1024 ** 3,
    freeMemoryBytes: 4 * 1024 ** 3,
    freePoolBytes: 100 * 1024 ** 3,
  }),
  launch: (request) => {
    told("launch", request);
    return finished({ machine: machine(request.name ?? ""), stages: [], warnings: [] });
  },
  exec: async (...[name, argv]) => {
    told("exec", [name, ...argv]);
    return 7;
  },
  ports: {
    add: (...words) => {
      told("ports.add", words);
      return done(["web"], "published");
    },
  },
  mounts: {
    way: async () => ({ by: "virtiofs" as const, now: true, why: "by virtiofs" }),
    add: (...words) => {
      told("mounts.add", words);
      return done(["web"], "mounted");
    },
  },
  logs: async function* (name) {
    yield `lines of ${name}`;
  },
  images: { list: async () => [], catalogue: async () => catalogue },
  networks: {
    list: async () => [
      { ...network, name: "default" },
      { ...network, name: "lab" },
    ],
  },
  close: async () => undefined,
} satisfies Reach;

/** What these tests reach of it. */
type Reach = Pick<
  Hutch,
  "mode" | "notes" | "list" | "delete" | "recover" | "stop" | "host" | "launch" | "logs" | "exec" | "close"
> & {
  readonly ports: Pick<Hutch["ports"], "add">;
  readonly mounts: Pick<Hutch["mounts"], "way" | "add">;
  readonly images: Pick<Hutch["images"], "list" | "catalogue">;
  readonly networks: Pick<Hutch["networks"], "list">;
};

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: { isTTY: process.stdin.isTTY, open: () => process.stdin, setRaw: (raw) => process.stdin.setRawMode(raw) },
  stdout: process.stdout,
  stderr: process.stderr,
  env: {},
  version: () => "0.0.0-test",
  library: async () => ({ ...(await libraryAt(hutch)()), catalogue: async () => catalogue }),
  ui: async () => 0,
  keyFaults: async () => [],
  onSignal: () => () => undefined,
  unread: new AbortController().signal,
});
