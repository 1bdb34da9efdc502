import { describe, expect, it } from "vitest";
import type { HostNews } from "../../../src/core/watching.ts";
import { hutch, machine, whenSeen } from "./stand-in.ts";

const big = machine("db");
const MACHINES = [
  machine("web"),
  { ...big, record: big.record && { ...big.record, tags: ["prod"], spec: { ...big.record.spec, memoryMiB: 8192 } } },
  machine("other", { record: null }),
  machine("old", {}, "trashed"),
];
const list = async (...words: string[]) => hutch(["list", ...words], { machines: MACHINES });
const names = async (...words: string[]) => (await list(...words, "-o", "name")).stdout.trim().split("\n");

describe("list", () => {
  it("shows those that fit, and the trash when it is asked for", async () => {
    expect(await names("tag=prod")).toEqual(["db"]);
    expect(await names("!web", "owner=hutch")).toEqual(["db"]);
    expect(await names("state=trashed")).toEqual(["old"]);
    expect(await names("old")).toEqual([""]);
  });

  it("sorts by any column, also by what is not shown", async () => {
    expect(await names("--sort", "memory")).toEqual(["other", "web", "db"]);
    expect(await names("--sort", "-memory")).toEqual(["db", "web", "other"]);
    expect(await names("--sort=-name")).toEqual(["web", "other", "db"]);
  });

  it("does without columns beside a long name at a terminal, unless they were asked for", async () => {
    const name = "a-name-that-somebody-found-to-be-worth-all-its-length";
    const machines = [machine(name, { address: "192.168.122.137" })];
    const seen = await hutch(["list"], { machines, tty: true });
    expect(seen.stdout).toBe(`${"NAME".padEnd(name.length)}  STATE    ADDRESS\n${name}  running  192.168.122.137\n`);
    expect((await hutch(["list"], { machines })).stdout).toContain("debian-13");
    const asked = await hutch(["list", "--columns", "name,state,address,image,memory"], { machines, tty: true });
    expect(asked.stdout).toContain("MEMORY");
  });

  it("shows the columns that are asked for, in their order", async () => {
    const { stdout } = await list("--columns", "tags,name", "--sort", "name");
    expect(stdout).toBe("TAGS  NAME\nprod  db\n-     other\n-     web\n");
  });

  it("calls a file's image by its name in the store, and fits into the terminal", async () => {
    const { record } = machine("a-name-that-is-long");
    if (record === null) throw new Error("no record");
    const spec = { ...record.spec, image: `/home/me/${"images/".repeat(9)}disk.qcow2` };
    const image = { name: "disk", digest: "sha256:00", trust: "" } as unknown as NonNullable<typeof record.image>;
    const at = (each: typeof record.image) => ({
      machines: [machine("a-name-that-is-long", { record: { ...record, spec, image: each } })],
      tty: true,
    });
    expect((await hutch(["list"], at(image))).stdout).toMatch(/ disk +2 +2 GiB/);
    const [, row = ""] = (await hutch(["list"], at(null))).stdout.split("\n");
    expect(row).toMatch(/^a-name-that-is-long .* …\S+\/disk\.qcow2 /);
    expect(row.length).toBeLessThanOrEqual(80);
    expect((await hutch(["list"], { ...at(null), tty: false })).stdout).toContain(spec.image);
  });

  it.each([
    [["--columns", "nmae"], 'Did you mean "name"?'],
    [["--columns", "name,"], "no column"],
    [["--sort", "size"], "There are name"],
    [["--sort", "constructor"], "no column"],
    [["sate=running"], 'Did you mean "state"?'],
  ])("refuses %j", async (words, said) => {
    const { code, stderr } = await list(...words);
    expect([code, stderr.includes(said)]).toEqual([2, true]);
  });

  it("goes on with --watch until Ctrl-C, in one place on a terminal, and into a pipe only what changed", async () => {
    const [web, later] = [machine("web"), { ...machine("later"), uuid: "later" }];
    const news: readonly HostNews[] = [
      { k: "machines", machines: [web] },
      { k: "changed", machines: [web], gone: [] },
      { k: "lost", message: "libvirt does not answer." },
      { k: "changed", machines: [later], gone: [web.uuid] },
    ];
    const watch = (tty: boolean) =>
      hutch(["list", "--watch"], {
        tty,
        hutch: {
          list: () => Promise.reject(new Error("nothing is asked but once")),
          watch: async function* (signal) {
            yield* news;
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
          },
        },
        meanwhile: ({ signal, seen }) =>
          whenSeen(seen, "does not answer", () => setTimeout(() => signal("SIGINT"), 50)),
      });
    const [piped, shown] = [await watch(false), await watch(true)];
    expect([piped.code, shown.code]).toEqual([130, 130]);
    expect(piped.stdout).toMatch(/^NAME.*\nweb .*\nNAME.*\nlater .*\n$/);
    expect(shown.stdout).toContain("\u001b[2A");
  });
});

describe("stats", () => {
  it("shows what VMs use, for people and for programs", async () => {
    const { stdout, calls } = await hutch(["stats", "web"]);
    expect(calls).toEqual([["stats", { names: ["web"], follow: false }]]);
    expect(stdout).toMatch(
      /^NAME +CPU +VCPUS +MEMORY +READ +WRITTEN +RECEIVED +SENT\nweb +12\.5% +2 +512 MiB of 1 GiB +2 KiB\/s +0 B\/s +- +-\n$/,
    );
    const lines = (await hutch(["stats", "-f", "-o", "ndjson"])).stdout;
    expect(JSON.parse(lines)).toMatchObject({ v: 1, k: "stats", machines: [{ name: "web", cpuPercent: 12.5 }] });
    expect((await hutch(["stats", "-o", "name"])).stdout).toBe("web\n");
  });
});

describe("events", () => {
  it("are a line each, clean of what strangers put into names", async () => {
    expect((await hutch(["events"])).stdout).toBe(
      "2026-01-01T00:00:00.000Z  vm  web  started (booted)\n2026-01-01T00:00:00.000Z  vm  other\\x1b[31m  stopped\n",
    );
    const [line] = (await hutch(["events", "web", "-f", "-o", "ndjson"])).stdout.split("\n");
    expect(JSON.parse(line ?? "")).toMatchObject({ v: 1, k: "event", event: { name: "web", what: "started" } });
    expect((await hutch(["events", "web"])).stdout.split("\n")).toHaveLength(2);
  });
});

describe("logs", () => {
  it("are of the console, of cloud-init or of QEMU, not of two at once", async () => {
    expect((await hutch(["logs", "web", "--qemu"])).calls).toEqual([["logs", "web", { kind: "qemu", follow: false }]]);
    const { code, stderr } = await hutch(["logs", "web", "--qemu", "--cloud-init"]);
    expect([code, stderr.includes("do not go together")]).toEqual([2, true]);
  });
});

describe("VMs of others", () => {
  it.each(["start", "stop", "restart"])("are meant by %s only with --foreign", async (verb) => {
    const { calls } = await hutch([verb, "other", "--foreign"]);
    expect(JSON.stringify(calls)).toContain('"foreign":true');
    expect(JSON.stringify((await hutch([verb, "other"])).calls)).not.toContain("foreign");
  });
});

describe("networks, pools and settings", () => {
  it("makes a network of its flags", async () => {
    const { calls } = await hutch(
      "network create lab --mode isolated --subnet 192.168.150.0/24 --bridge virbr-lab".split(" "),
    );
    expect(calls).toEqual([
      ["network.create", { name: "lab", mode: "isolated", subnet: "192.168.150.0/24", bridge: "virbr-lab" }],
    ]);
    expect((await hutch(["network", "create", "lab"])).calls[0]?.[1]).toEqual({ name: "lab", mode: "nat" });
    expect((await hutch(["network", "create", "lab", "--mode", "nta"])).stderr).toContain("--mode nat");
  });

  it("removes a network once that is agreed to", async () => {
    expect((await hutch(["network", "rm", "lab"])).code).toBe(2);
    expect((await hutch(["network", "rm", "lab", "--yes"])).calls).toEqual([["network.remove", "lab"]]);
  });

  it("makes a pool's folder absolute where it is one of here", async () => {
    expect((await hutch(["pool", "add", "fast", "./vms"])).calls).toEqual([
      ["pool.add", "fast", `${process.cwd()}/vms`],
    ]);
    expect((await hutch(["pool", "info", "hutch"])).stdout).toMatch(/a\.qcow2 +2 KiB +1 KiB/);
  });

  it("prints one setting bare, and says where each comes from", async () => {
    expect((await hutch(["config", "get", "image"])).stdout).toBe("debian-12\n");
    expect((await hutch(["config", "explain", "image"])).stdout).toMatch(
      /→ \/home\/me\/\S+ +debian-12\n {2}default +debian-13\n$/,
    );
  });

  it.each([
    [["config", "set", "image"], "Missing required argument 'value'"],
    [["config", "set", "image", "x", "--unset"], "do not go together"],
  ])("refuses %j", async (argv, said) => {
    const { code, stderr } = await hutch(argv);
    expect([code, stderr.includes(said)]).toEqual([2, true]);
  });

  it("sets, and takes out", async () => {
    expect((await hutch(["config", "set", "image", "debian-12"])).calls).toEqual([
      ["changeSetting", "image", "debian-12"],
    ]);
    expect((await hutch(["config", "set", "image", "--unset"])).calls).toEqual([["changeSetting", "image", null]]);
  });
});

describe("what a command lacks", () => {
  it.each([
    [["info"], "name"],
    [["delete"], "names"],
    [["exec"], "name"],
    [["network", "info"], "name"],
    [["pool", "add", "x"], "folder"],
    [["config", "set"], "key"],
    [["image", "import"], "file"],
    [["engine", "install", "docker"], "names"],
    [["completion"], "shell"],
  ])("is an error with its name where nobody can be asked: %j", async (argv, operand) => {
    for (const world of [{}, { tty: true, env: { CI: "1" } }]) {
      const { code, stdout, stderr } = await hutch(argv, world);
      expect([code, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(`Missing required argument '${operand}'`);
    }
  });

  it("is picked from what there is, at a terminal", async () => {
    const ran = await hutch(["stop"], {
      tty: true,
      machines: [machine("web"), machine("db")],
      meanwhile: ({ seen, type }) => whenSeen(seen, "Which VMs?", () => type(" \r")),
    });
    expect(ran.calls).toEqual([["stop", { names: ["web"] }]]);
  });

  it("has nothing to be picked from on an empty host", async () => {
    const { code, stderr } = await hutch(["shell"], { tty: true, machines: [] });
    expect([code, stderr.includes("nothing to choose from")]).toEqual([4, true]);
  });
});

describe("what is long, at a terminal of 80 columns", () => {
  const uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";
  const disk = { virtualBytes: 20 * 1024 ** 3, usedBytes: 1024 ** 3, format: "qcow2", readonly: false };
  const path = `/home/somebody/.local/share/libvirt/images/hutch/a-name-of-some-length-${uuid.slice(0, 8)}.qcow2`;
  const ssh = `ssh -F none -o UserKnownHostsFile=/home/somebody/.local/share/hutch/known_hosts.d/${uuid} -p 22 web`;
  const info = {
    ...machine("a-name-of-some-length"),
    snapshots: [],
    cpus: 2,
    memoryBytes: 2 * 1024 ** 3,
    autostart: false,
    addresses: [],
    disks: [{ ...disk, target: "vda", source: path }],
    macs: [],
    cards: [],
    domainType: "kvm",
    machineType: "pc-q35-7.2",
    firmware: "bios",
    consoleLog: `/var/log/libvirt/qemu/hutch-${uuid}.console.log`,
    ssh,
  };
  const mount = {
    hostPath: path,
    guestPath: "/srv/site",
    readonly: true,
    by: "sshfs",
    machine: info.name,
    held: false,
  };
  const taken = {
    createdAt: "2026-11-29T18:22:00.000Z",
    kind: "memory",
    current: false,
    safety: true,
    description: "",
  };
  const snapshot = { ...taken, name: "before-restore-20261129T182210262", parent: "before-resize-20261129T181200000" };
  const world = {
    hutch: {
      info: async () => info,
      mounts: { list: async () => [mount] },
      snapshots: { list: async () => [snapshot] },
    } as never,
  };

  it.each([
    [
      ["info", "web"],
      [info.name, path.slice(-24), "hutch shell"],
      [ssh, path],
    ],
    [["disk", "ls", "web"], ["vda", path.slice(-24)], [path]],
    [["mount"], [info.name, "/srv/site", path.slice(-14)], [path]],
    [["snapshot", "ls", "web"], [snapshot.name, "2026-11-29 18:22", "with memory"], [snapshot.parent]],
  ])("%j fits, names whole and files seen, and a pipe gets everything", async (argv, seen, whole) => {
    const { stdout } = await hutch(argv, { ...world, tty: true });
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    for (const text of seen) expect(stdout).toContain(text);
    const piped = (await hutch(argv, world)).stdout;
    for (const text of [...seen, ...whole]) expect(piped).toContain(text);
  });
});
