import { describe, expect, it } from "vitest";
import { HutchError } from "../../../src/core/errors.ts";
import type { Hutch } from "../../../src/index.ts";
import { failed, finished, type Hands, hutch, libraryAt, machine, whenSeen } from "./stand-in.ts";

const GIB = 1024 ** 3;

describe("launch", () => {
  it("makes an order of its flags, and says how it understood them", async () => {
    const argv =
      "launch debian-12 -n web --cpus 4 --memory 1.5G --disk 40 --data-disk 1G --data-disk 512M --engine docker -p 8080:80 -p 53:53/udp --network user --arch aarch64 --accel tcg --firmware uefi --tpm --autostart --ephemeral --wait-for ssh --timeout 2m --keep-on-failure --ssh-key a.pub";
    const { code, stderr, calls } = await hutch(argv.split(" "));
    expect(code).toBe(0);
    expect(calls).toEqual([
      [
        "launch",
        {
          image: "debian-12",
          name: "web",
          cpus: 4,
          memoryMiB: 1536,
          diskBytes: 40 * GIB,
          dataDiskBytes: [GIB, GIB / 2],
          engine: "docker",
          publish: [
            { protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 8080, guestPort: 80 },
            { protocol: "udp", hostAddress: "127.0.0.1", hostPort: 53, guestPort: 53 },
          ],
          network: { kind: "user" },
          arch: "aarch64",
          accel: "tcg",
          firmware: "uefi",
          tpm: true,
          autostart: true,
          ephemeral: true,
          waitFor: "ssh",
          timeoutMs: 120_000,
          keepOnFailure: true,
          sshKeys: ["a.pub"],
          buildIfUnreachable: false,
        },
      ],
    ]);
    expect(stderr).toContain("4 vCPU, 1.5 GiB memory, 40 GiB disk, 1 GiB data disk, 512 MiB data disk");
  });

  it("knows its defaults, and makes up what is not given", async () => {
    const { stderr, calls, stdout } = await hutch(["launch"]);
    expect(calls).toEqual([["launch", { buildIfUnreachable: false }]]);
    expect(stderr).toContain("2 vCPU, 2 GiB memory, 20 GiB disk");
    expect(stdout).toContain("quiet-otter  running  192.168.122.50  hutch shell quiet-otter");
  });

  it("installs by hand, and says what comes then", async () => {
    const { calls, stdout, stderr } = await hutch(["launch", "--iso", "a b.iso", "-n", "desk", "--set", "display=off"]);
    expect(calls).toEqual([["launch", { iso: "a b.iso", name: "desk", display: false, buildIfUnreachable: false }]]);
    expect(stdout).toContain("hutch display desk");
    expect(stderr).toContain("hutch set desk iso=off");
    const { calls: shown } = await hutch(["launch", "--display"]);
    expect(shown[0]?.[1]).toMatchObject({ display: true });
  });

  it("takes settings by --set, a flag of its own going first", async () => {
    const { calls } = await hutch(
      "launch --set cpus=4 --set memory=8G --set user=joe --set autostart=on --cpus 6".split(" "),
    );
    expect(calls[0]?.[1]).toMatchObject({ cpus: 6, memoryMiB: 8192, user: "joe", autostart: true });
  });

  it.each([
    [["--cpus", "many"], "--cpus many"],
    [["--memory", "4X"], "--memory 4X"],
    [["--publish", "80:99999"], '"99999" is no port'],
    [["--network", "brige=br0"], 'Did you mean "bridge"'],
    [["--set", "cpu=4"], 'Did you mean "cpus"'],
    [["--set", "cpus"], "key=value"],
    [["--set", "constructor=1"], "is none of"],
    [["--set", "tpm=maybe"], "on or off"],
    [["--accel", "hvf"], "auto, kvm, tcg"],
    [["--wait-for", "reday"], "--wait-for ready"],
    [["--timeout", "soon"], "no length of time"],
    [["--count", "0"], "at least 1"],
    [["--count", "2", "-p", "80"], "do not go together"],
    [["--name", ""], "needs a value"],
  ])("refuses %j before anything is asked of libvirt", async (flags, said) => {
    const { code, stderr, calls } = await hutch(["launch", ...flags]);
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toContain(said);
  });

  it("numbers the VMs of --count", async () => {
    const { calls, stdout } = await hutch("launch --name web --count 3 -o name".split(" "));
    expect(calls.map(([, order]) => order)).toMatchObject([{ name: "web-1" }, { name: "web-2" }, { name: "web-3" }]);
    expect(stdout).toBe("web-1\nweb-2\nweb-3\n");
  });

  it("keeps those that were made when others could not be", async () => {
    const fault = new HutchError({ code: "E_CONFLICT", message: "There is a VM named web-2 already." });
    const { code, stdout, stderr } = await hutch("launch --name web --count 2 -o name".split(" "), {
      hutch: {
        launch: ({ name }) =>
          name === "web-2" ? failed(fault) : finished({ machine: machine("web-1"), stages: [], warnings: [] }),
      },
    });
    expect([code, stdout]).toEqual([10, "web-1\n"]);
    expect(stderr).toContain("web-2 already");
  });

  it("reads user-data from a file, from stdin, and says which file it could not read", async () => {
    const { calls } = await hutch("launch --cloud-init -".split(" "), { stdin: "#cloud-config\n" });
    expect(calls[0]?.[1]).toMatchObject({ userData: "#cloud-config\n" });

    const missing = await hutch("launch --cloud-init no/such/file.yaml".split(" "));
    expect([missing.code, missing.calls]).toEqual([3, []]);
    expect(missing.stderr).toContain("no/such/file.yaml");

    const folder = await hutch(["launch", "--cloud-init", import.meta.dirname]);
    expect(folder.code).toBe(3);
  });

  it.each([
    ["cpus=0", "--set cpus=0: it is a whole number", "--set cpus=2"],
    ["memory=x", "--set memory=x: this is no size", "--set memory=4G"],
    ["disk=0", "--set disk=0: a size must be more", "--set disk=4G"],
    ["engine=", '--set engine="": it needs a value', "--set engine=VALUE"],
    ["network=nat", '--set network=nat: "nat" is not known here', "--set network=bridge=br0"],
    ["arch=arm", "--set arch=arm: it is one of", "--set arch=x86_64"],
    ["tpm=maybe", "--set tpm=maybe: it is on or off", "--set tpm=on"],
  ])("says of --set %s what is wrong and how --set is written", async (given, wrong, rightly) => {
    const { code, stderr } = await hutch(["launch", "--set", given]);
    expect(code).toBe(2);
    expect(stderr).toContain(`Error: ${wrong}`);
    expect(stderr).toContain(`→ Write it like ${rightly}`);
  });

  it("shows a plan and makes nothing", async () => {
    const { code, calls, stdout, stderr } = await hutch("launch --name web --dry-run".split(" "));
    expect(code).toBe(0);
    expect(stderr).toMatch(/^Taken\.$/m);
    expect(calls.map(([method]) => method)).toEqual(["plan"]);
    expect(stdout).toContain("--- domain.xml\n<domain/>\n");
    const json = await hutch("launch --name web --dry-run -o json".split(" "));
    expect(JSON.parse(json.stdout)).toMatchObject({ v: 1, plans: [{ spec: { name: "web" } }] });
  });

  it("create leaves it stopped", async () => {
    const { calls } = await hutch(["create", "--name", "web"]);
    expect(calls).toEqual([["launch", { name: "web", start: false, buildIfUnreachable: false }]]);
  });

  describe("of an image that cannot be downloaded", () => {
    const unreachable = new HutchError({
      code: "E_IMAGE",
      message: "debian-13 cannot be downloaded.",
      details: { kind: "unreachable", buildable: true },
      next: ["hutch image build debian-13", "With --yes (buildIfUnreachable in a program) hutch builds it by itself."],
    });
    const made = { machine: machine("web"), stages: [], warnings: [] };
    const hutchThat = (orders: unknown[]) => ({
      launch: (order: { readonly buildIfUnreachable?: boolean }) => {
        orders.push(order.buildIfUnreachable);
        return order.buildIfUnreachable === true ? finished(made) : failed(unreachable);
      },
    });

    it("fails and names the ways out where nobody can be asked", async () => {
      const orders: unknown[] = [];
      const { code, stderr } = await hutch(["launch"], { hutch: hutchThat(orders) });
      expect([code, orders]).toEqual([8, [false]]);
      expect(stderr).toContain("--yes");
      expect(stderr).toContain("hutch image build");
    });

    it("builds with --yes", async () => {
      const orders: unknown[] = [];
      expect((await hutch(["launch", "--yes"], { hutch: hutchThat(orders) })).code).toBe(0);
      expect(orders).toEqual([true]);
    });

    it.each([
      ["y\n", 0, [false, true]],
      ["n\n", 8, [false]],
    ])("asks on a terminal, and takes %j for an answer", async (answer, exit, expected) => {
      const orders: unknown[] = [];
      const { code, stderr } = await hutch(["launch", "debian-13"], {
        tty: true,
        hutch: hutchThat(orders),
        meanwhile: ({ type, seen }) => whenSeen(seen, "Build it here", () => type(answer)),
      });
      expect(stderr).toContain("Build it here");
      expect([code, orders]).toEqual([exit, expected]);
    });
  });
});

describe("the power verbs", () => {
  const machines = [
    machine("web"),
    machine("db", { status: { power: "stopped", reason: "", persistent: true } }),
    machine("other", { record: null }),
    machine("old", { status: { power: "stopped", reason: "", persistent: true } }, "trashed"),
  ];

  it("act on several names, each once", async () => {
    const { calls, stdout } = await hutch("start a b a --wait-for ssh --timeout 5".split(" "));
    expect(calls).toEqual([["start", ["a", "b"], { waitFor: "ssh", timeoutMs: 5000 }]]);
    expect(stdout).toBe("a: start done\nb: start done\n");
  });

  it("take --all for what is hutch's own, alive and in question", async () => {
    expect((await hutch(["start", "--all"], { machines })).calls).toEqual([["start", ["db"], {}]]);
    expect((await hutch(["stop", "--all", "--force"], { machines })).calls).toEqual([
      ["stop", { names: ["web"], force: true }],
    ]);
    expect(await hutch(["restart", "--all"], { machines: [] })).toMatchObject({ code: 0, calls: [] });
  });

  it("leave with --all what is paused, which cannot be asked, unless the power is cut", async () => {
    const paused = machine("held", { status: { power: "paused", reason: "by user", persistent: true } });
    const there = { machines: [paused, machine("web")] };
    const { calls, stderr } = await hutch(["stop", "--all"], there);
    expect(calls).toEqual([["stop", { names: ["web"] }]]);
    expect(stderr).toContain("held is paused, and is left so: hutch resume held");
    expect((await hutch(["stop", "--all", "--force"], there)).calls).toEqual([
      ["stop", { names: ["held", "web"], force: true }],
    ]);
  });

  it("want names or --all, not both, not neither", async () => {
    expect(await hutch(["stop"])).toMatchObject({ code: 2, calls: [] });
    expect(await hutch(["stop", "web", "--all"])).toMatchObject({ code: 2, calls: [] });
  });

  it("end with 10 when some were not done, with 1 when none", async () => {
    const result = (name: string, done: boolean) => ({
      name,
      done,
      message: done ? "recovered" : "not in the trash",
      warnings: [],
    });
    const recover = (names: readonly string[]) => finished(names.map((name) => result(name, name === "web")));
    expect((await hutch(["recover", "web", "db"], { hutch: { recover } })).code).toBe(10);
    const none = await hutch(["recover", "db"], { hutch: { recover } });
    expect(none.code).toBe(1);
    expect(none.stderr).toContain("db (not in the trash)");
  });
});

describe("verbs that destroy", () => {
  const stopped = machine("web", { status: { power: "stopped", reason: "", persistent: true } });

  it.each([
    [["delete", "web"], [machine("web")]],
    [["delete", "web", "--purge"], [stopped]],
    [["purge", "web"], []],
    [["image", "rm", "debian-13"], []],
  ])("%j wants --yes where nobody can be asked", async (argv, machines) => {
    const refused = await hutch(argv, { machines });
    expect(refused).toMatchObject({ code: 2, calls: [] });
    expect(refused.stderr).toContain("--yes");
    const agreed = await hutch([...argv, "--yes"], { machines });
    expect(agreed.code).toBe(0);
    expect(agreed.calls).toHaveLength(1);
  });

  it("does not ask before it puts a stopped VM into the trash", async () => {
    const { code, calls } = await hutch(["delete", "web"], { machines: [stopped] });
    expect(code).toBe(0);
    expect(calls).toEqual([["delete", { names: ["web"], purge: false, force: false }]]);
  });

  it("asks before what has no place in the trash goes for good", async () => {
    expect((await hutch(["delete", "web"], { machines: [machine("web", {}, "making")] })).code).toBe(2);
  });

  it.each([
    ["y\n", 0, 1],
    ["\n", 130, 0],
    ["\u0003", 130, 0],
  ])("lists on a terminal what goes, and takes %j for an answer", async (answer, code, calls) => {
    const ran = await hutch(["delete", "web", "--purge", "--force"], {
      tty: true,
      machines: [machine("web")],
      meanwhile: ({ type, seen }) => whenSeen(seen, "for good", () => type(answer)),
    });
    expect(ran.stderr).toContain("hutch/web.qcow2");
    expect(ran.stderr).toContain("is running");
    expect([ran.code, ran.calls.length]).toEqual([code, calls]);
  });

  it.each(["running", "paused"] as const)("leads a %s VM through the trash, unless it is forced", async (power) => {
    const machines = [machine("web", { status: { power, reason: "", persistent: true } })];
    const refused = await hutch(["delete", "web", "--purge", "--yes"], { machines });
    expect(refused).toMatchObject({ code: 5, calls: [] });
    expect(refused.stderr).toContain(`web is ${power}`);
    expect(refused.stderr).toContain("hutch recover web");
    const forced = await hutch(["delete", "web", "--purge", "--force", "--yes"], { machines });
    expect(forced).toMatchObject({ code: 0, calls: [["delete", { names: ["web"], purge: true, force: true }]] });
  });

  it("does not cut the power of a paused VM unasked, and says what goes where it is to", async () => {
    const machines = [machine("My VM", { status: { power: "paused", reason: "", persistent: true } })];
    const refused = await hutch(["delete", "My VM", "--yes"], { machines });
    expect(refused).toMatchObject({ code: 5, calls: [] });
    expect(refused.stderr).toContain("My VM is paused");
    expect(refused.stderr).toContain("→ hutch resume 'My VM'\n  → hutch delete 'My VM' --force\n");
    expect((await hutch(["delete", "My VM", "--force"], { machines })).code).toBe(2);
    const asked = await hutch(["delete", "My VM", "--force"], {
      tty: true,
      machines,
      meanwhile: ({ type, seen }) => whenSeen(seen, "trash?", () => type("n\n")),
    });
    expect(asked).toMatchObject({ code: 130, calls: [] });
    expect(asked.stderr).toContain("is paused: what only its memory holds is lost");
    expect((await hutch(["delete", "My VM", "--force", "--yes"], { machines })).calls).toHaveLength(1);
  });

  it("does not ask in CI, terminal or not", async () => {
    const { code } = await hutch(["delete", "web", "--purge", "--force"], {
      tty: true,
      env: { CI: "true" },
      machines: [machine("web")],
    });
    expect(code).toBe(2);
  });

  it("empties an empty trash without a word too many", async () => {
    expect(await hutch(["purge"])).toMatchObject({ code: 0, calls: [], stdout: "" });
  });
});

describe("exec and shell", () => {
  it("hand over what is behind -- word for word, and the exit code", async () => {
    const { code, calls } = await hutch([
      "exec",
      "web",
      "--",
      "sh",
      "-c",
      "echo -- $0",
      "--help",
      "-o",
      "json",
      "--",
      "",
    ]);
    expect(code).toBe(7);
    expect(calls).toEqual([
      [
        "exec",
        "web",
        ["sh", "-c", "echo -- $0", "--help", "-o", "json", "--", ""],
        { stdio: "inherit", tty: false, signal: expect.any(AbortSignal), entering: expect.any(Object) },
      ],
    ]);
    expect((await hutch(["shell", "web"])).code).toBe(3);
  });

  it.each([
    ["SIGTERM", "exec"],
    ["SIGHUP", "exec"],
    ["SIGTERM", "shell"],
  ] as const)("pass %s on, %s", async (name, verb) => {
    let hands: Hands | undefined;
    const untilStopped = async ({ signal }: { signal?: AbortSignal } = {}) => {
      hands?.signal(name);
      return signal?.reason === name ? 42 : 1;
    };
    const open: Pick<Hutch, "notes" | "exec" | "shell" | "close"> = {
      notes: [],
      exec: async (_name, _argv, how) => untilStopped(how),
      shell: async (_name, how) => untilStopped(how),
      close: async () => undefined,
    };
    const { code } = await hutch(verb === "exec" ? ["exec", "web", "--", "top"] : ["shell", "web"], {
      library: libraryAt(open),
      meanwhile: (given) => {
        hands = given;
      },
    });
    expect(code).toBe(42);
  });

  it("take a terminal along", async () => {
    const { calls } = await hutch(["exec", "web", "--", "top"], { tty: true });
    expect(calls[0]?.[3]).toMatchObject({ tty: true });
  });

  it.each([
    [["exec", "web"]],
    [["exec", "web", "ls"]],
    [["exec", "web", "--"]],
    [["exec"]],
    [["exec", "web", "--bogus", "--", "ls"]],
  ])("exit with 2 when the words %j are not whole", async (argv) => {
    expect(await hutch(argv)).toMatchObject({ code: 2, calls: [] });
  });

  it("show how it is written", async () => {
    expect((await hutch(["exec", "web", "ls"])).stderr).toContain("hutch exec web -- ls");
  });

  it("exit with 125 for hutch's own failures, whose code JSON still tells", async () => {
    const fault = new HutchError({ code: "E_NOT_FOUND", message: 'There is no VM named "wbe".' });
    const exec = () => Promise.reject(fault);
    const { code, stderr } = await hutch(["exec", "wbe", "-o", "json", "--", "ls"], { hutch: { exec } });
    expect(code).toBe(125);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "E_NOT_FOUND", exitCode: 125 } });
  });
});

describe("what only reads", () => {
  it("list hides the trash, counts it, and shows foreign and broken VMs", async () => {
    const machines = [
      machine("db", { problems: ["its record cannot be read"], record: null, address: null }),
      machine("old", {}, "trashed"),
      machine("web"),
    ];
    const { stdout, stderr } = await hutch(["list"], { machines });
    expect(stdout.split("\n")).toEqual([
      "NAME  STATE      ADDRESS         IMAGE      CPUS  MEMORY  ENGINE",
      "db    running !  -               -          -     -       -",
      "web   running    192.168.122.50  debian-13  2     2 GiB   -",
      "",
    ]);
    expect(stderr).toContain("1 in the trash");
    expect(stderr).toContain("db: its record cannot be read");
    expect((await hutch(["list", "--trash", "-o", "name"], { machines })).stdout).toBe("old\n");
    expect((await hutch(["list", "--all", "-o", "name"], { machines })).stdout).toBe("db\nold\nweb\n");
  });

  it("opens libvirt for reading only", async () => {
    for (const argv of [
      ["list"],
      ["info", "web"],
      ["logs", "web"],
      ["exec", "web", "--", "ls"],
      ["launch", "--dry-run"],
    ]) {
      expect((await hutch(["-c", "test:///default", ...argv])).opened).toMatchObject([
        { readonly: true, uri: "test:///default" },
      ]);
    }
    expect((await hutch(["start", "web"])).opened[0]?.readonly).not.toBe(true);
  });

  it("logs hands on which log, and whether to follow", async () => {
    const { calls } = await hutch(["logs", "web", "--cloud-init", "-f"]);
    expect(calls).toEqual([["logs", "web", { kind: "cloud-init", follow: true }]]);
  });

  it("logs shows no escape of a guest's, and stops when nobody reads", async () => {
    expect((await hutch(["logs", "web"])).stdout).toBe("one\ntwo\\x1b[31m\n");
    const { stdout, code } = await hutch(["logs", "web"], { meanwhile: ({ stopReading }) => stopReading() });
    expect([code, stdout]).toEqual([0, ""]);
  });

  it("logs speaks every format", async () => {
    expect(JSON.parse((await hutch(["logs", "web", "-o", "json"])).stdout)).toMatchObject({
      v: 1,
      name: "web",
      lines: ["one", "two\u001b[31m"],
    });
    const lines = (await hutch(["logs", "web", "-o", "ndjson"])).stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { v: 1, k: "line", line: "one" },
      { v: 1, k: "line" },
    ]);
  });

  it("yaml is what json is", async () => {
    const { parse } = await import("yaml");
    const machines = [machine("web"), machine("web")];
    const [json, yaml] = await Promise.all(
      ["json", "yaml"].map((format) => hutch(["list", "-o", format], { machines })),
    );
    expect(parse(yaml?.stdout ?? "")).toEqual(JSON.parse(json?.stdout ?? ""));
  });

  it("doctor exits with 6 when a check fails", async () => {
    expect((await hutch(["doctor", "--fix"])).calls).toEqual([["diagnose", { fix: true }]]);
  });
});
