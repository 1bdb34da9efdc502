import { describe, expect, it } from "vitest";
import { settingsIn } from "../../../src/cli/settings-words.ts";
import { finished, hutch, machine } from "./stand-in.ts";

const GIB = 1024 ** 3;

describe("set", () => {
  it("understands every setting", () => {
    const words = [
      "cpus=4",
      "memory=8G",
      "disk=40G",
      "autostart=on",
      "description=a=b 'c'",
      "tags=a,b,a",
      "protect=off",
      "order=2",
      "delay=30s",
    ];
    expect(settingsIn(words)).toEqual({
      cpus: 4,
      memoryMiB: 8192,
      diskBytes: 40 * GIB,
      autostart: true,
      description: "a=b 'c'",
      tags: ["a", "b"],
      protected: false,
      startOrder: 2,
      startDelay: 30,
    });
    expect(settingsIn(["ports=8080:80,127.0.0.2:53:53/udp"])).toEqual({
      publish: [
        { protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 8080, guestPort: 80 },
        { protocol: "udp", hostAddress: "127.0.0.2", hostPort: 53, guestPort: 53 },
      ],
    });
    expect(settingsIn(["tags=", "order=none", "delay=0"])).toEqual({ tags: [], startOrder: null, startDelay: 0 });
  });

  it.each([
    [["cpus"], /key=value/],
    [["cpu=4"], /"cpu" cannot be set/],
    [["cpus=4", "cpus=2"], /twice/],
    [["memory=-1"], /memory=-1: a size cannot be negative\.\n.* memory=4G/],
    [["cpus=x"], /cpus=x: it is a whole number.*\n.* cpus=2/],
    [["delay=x"], /delay=x: .*\n.* delay=90s/],
    [["autostart=maybe"], /autostart=maybe: it is on or off\.\n.* autostart=on/],
    [["tags=a b"], /"a b"/],
    [["__proto__=1"], /cannot be set/],
    [["publish=80:99999"], /no port/],
    [["publish=8080:80", "ports=8081:80"], /twice/],
    [["network=bridge=br0"], /hutch nic add web lab/],
  ])("refuses %j", async (words, said) => {
    const { code, stderr, calls } = await hutch(["set", "web", ...words]);
    expect({ code, stderr, calls }).toEqual({ code: 2, stderr: expect.stringMatching(said), calls: [] });
  });

  it("says what will change and when, before it does it", async () => {
    const plan = {
      name: "web",
      changes: [{ setting: "cpus", from: "2", to: "4", when: "restart" as const, note: "It is emulated." }],
    };
    const order: string[] = [];
    const { stderr, stdout } = await hutch(["set", "web", "cpus=4"], {
      hutch: {
        planSet: async () => plan,
        set: () => {
          order.push("set");
          return finished({ ...plan, warnings: [] });
        },
      },
    });
    expect(order).toEqual(["set"]);
    expect(stderr).toMatch(/^cpus: 2 -> 4, at its next start\. It is emulated\.[\s\S]*hutch restart web/);
    expect(stdout).toMatch(/cpus +2 +4 +at its next start/);
  });

  it("with --dry-run only tells", async () => {
    const { calls, code } = await hutch(["set", "web", "cpus=4", "--dry-run"]);
    expect({ code, methods: calls.map(([method]) => method) }).toEqual({ code: 0, methods: ["planSet"] });
  });
});

describe("what destroys", () => {
  it.each([
    ["snapshot", "restore", "web", "snap-1"],
    ["snapshot", "rm", "web", "snap-1"],
    ["disk", "detach", "web", "vdc", "--purge"],
    ["save", "web", "--discard"],
  ])("%s %s asks, and refuses where nobody can be asked", async (...words) => {
    const refused = await hutch(words);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("--yes") });
    expect(refused.calls.filter(([method]) => method !== "snapshots.list")).toEqual([]);
    expect((await hutch([...words, "--yes"])).code).toBe(0);
  });

  it.each(["restore", "rm"])("snapshot %s asks nothing about a snapshot that is not there", async (verb) => {
    const { calls, stderr } = await hutch(["snapshot", verb, "web", "none"]);
    expect(calls.map(([method]) => method)).toContain(verb === "rm" ? "snapshots.remove" : "snapshots.restore");
    expect(stderr).not.toContain("--yes");
  });
});

describe("snapshot", () => {
  it("draws which stands on which", async () => {
    const one = { kind: "memory" as const, description: "", createdAt: "2026-01-01T00:00:00.000Z", safety: false };
    const all = [
      { ...one, name: "a", parent: null, current: false },
      { ...one, name: "b", parent: "a", current: false },
      { ...one, name: "c", parent: "b", current: true },
      { ...one, name: "d", parent: "a", current: false },
    ];
    const snapshots = { list: async () => all } as never;
    const { stdout } = await hutch(["snapshot", "tree", "web"], { hutch: { snapshots } });
    expect(stdout).toBe("a  (with memory)\n|- b  (with memory)\n|  `- c *  (with memory)\n`- d  (with memory)\n");
  });

  it("passes on what it is asked", async () => {
    const { calls } = await hutch(["snapshot", "create", "web", "one", "--disk-only", "-d", "更新 'x'"]);
    expect(calls).toEqual([["snapshots.create", "web", { snapshot: "one", diskOnly: true, description: "更新 'x'" }]]);
  });
});

describe("nic", () => {
  it("lists the cards, and says of one that it is not there yet", async () => {
    const { stdout } = await hutch(["nic", "ls", "web"]);
    expect(stdout).toMatch(/^1 +52:54:00:00:00:01 +network lab +-$/m);
    expect(stdout).toMatch(/^2 .*network lab +comes with its next start$/m);
  });

  it("tells what is left to the guest, and refuses what is no network", async () => {
    expect((await hutch(["nic", "add", "web", "default"])).stderr).toContain("up to its system");
    const refused = await hutch(["nic", "add", "web", "brigde=br0"]);
    expect(refused).toMatchObject({ code: 2, calls: [], stderr: expect.stringMatching(/nic add .*"bridge"/s) });
  });
});

describe("the other changes", () => {
  it.each([
    [
      ["rename", "web", "web-2"],
      ["rename", "web", "web-2"],
    ],
    [
      ["clone", "web", "web-2", "--full"],
      ["clone", "web", { to: "web-2", full: true }],
    ],
    [
      ["adopt", "My VM", "--user", "admin"],
      ["adopt", "My VM", { user: "admin" }],
    ],
    [
      ["disk", "attach", "web", "10G"],
      ["disks.attach", "web", { bytes: 10 * GIB }],
    ],
    [
      ["disk", "attach", "web", "x-data1.qcow2"],
      ["disks.attach", "web", { volume: "x-data1.qcow2" }],
    ],
    [
      ["disk", "detach", "web", "vdc"],
      ["disks.detach", "web", { target: "vdc", purge: false }],
    ],
    [
      ["nic", "add", "web", "lab"],
      ["nics.add", "web", { kind: "network", network: "lab" }],
    ],
    [
      ["nic", "attach", "web", "bridge=br0"],
      ["nics.add", "web", { kind: "bridge", bridge: "br0" }],
    ],
    [
      ["nic", "rm", "web", "2"],
      ["nics.remove", "web", "2"],
    ],
    [
      ["pause", "web"],
      ["pause", ["web"]],
    ],
    [
      ["export", "web", "a b.tar"],
      ["export", "web", { withoutBase: false, force: false, file: "a b.tar" }],
    ],
    [
      ["import", "x.tar", "--name", "web-3"],
      ["import", { file: "x.tar", name: "web-3" }],
    ],
  ])("%j", async (words, call) => {
    const { code, calls } = await hutch(words);
    expect({ code, calls }).toEqual({ code: 0, calls: [call] });
  });

  it("purge passes the age on", async () => {
    const { calls } = await hutch(["purge", "web", "--older-than", "30d", "--yes"]);
    expect(calls).toEqual([["purge", ["web"], { olderThanMs: 30 * 86_400_000 }]]);
  });
});

describe("edit", () => {
  it("shows what was changed, and defines it", async () => {
    const { code, calls, stderr } = await hutch(["edit", "web", "--yes"], { tty: true });
    expect(code).toBe(0);
    expect(stderr).toMatch(/- {3}<a\/>[\s\S]*\+ {3}<b\/>/);
    expect(calls.map(([method]) => method)).toEqual(["definition", "openEditor", "redefine"]);
  });

  it("defines nothing when nothing was changed, and opens no editor without a terminal", async () => {
    const same = { openEditor: async (text: string) => text };
    const { calls, stdout } = await hutch(["edit", "web"], { tty: true, hutch: same });
    expect({ methods: calls.map(([method]) => method), stdout }).toEqual({
      methods: ["definition"],
      stdout: "web: nothing was changed\n",
    });
    expect(await hutch(["edit", "web"])).toMatchObject({ code: 2, calls: [] });
  });
});

describe("adopt", () => {
  const disk = { target: "sda", source: "/elsewhere/disk.img", format: "raw", virtualBytes: null, usedBytes: null };

  it.each([
    ["whose disks lie elsewhere", [disk], true],
    ["without disks", [], false],
  ])("of a VM %s tells the truth of a purge", async (_what, disks, told) => {
    const mine = machine("old");
    const adopted = { ...mine, record: mine.record && { ...mine.record, volumes: [] } } as never;
    const world = { hutch: { adopt: () => finished(adopted), info: async () => ({ ...mine, disks }) as never } };
    const { code, stderr } = await hutch(["adopt", "old"], world);
    expect([code, stderr.includes("a purge leaves them")]).toEqual([0, told]);
  });
});
