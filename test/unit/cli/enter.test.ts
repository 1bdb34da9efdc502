/** The commands that lead into a VM, on a terminal of buffers. */
import { describe, expect, it, vi } from "vitest";
import type { ConsoleSession, HeldMount, WindowSize } from "../../../src/core/enter.ts";
import { cancelled, HutchError } from "../../../src/core/errors.ts";
import type { LaunchResult } from "../../../src/core/requests.ts";
import type { Hutch } from "../../../src/index.ts";
import { failed, finished, hutch, machine, whenSeen } from "./stand-in.ts";

describe("cp", () => {
  it("takes sources and a target, and tells what came over", async () => {
    const { code, calls, stdout, stderr } = await hutch(["cp", "-r", "-p", "a", "b c", "web:/srv"]);
    expect(calls).toEqual([["copy", { from: ["a", "b c"], to: "web:/srv", recursive: true, preserve: true }]]);
    expect([code, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("Copied b c (3 B).");
    expect((await hutch(["transfer", "a", "web:"])).calls).toEqual([["copy", { from: ["a"], to: "web:" }]]);
  });

  it("prints nothing but the data when the target is standard output", async () => {
    const { stdout, stderr } = await hutch(["cp", "web:x", "-"]);
    expect([stdout, stderr.includes("Copied")]).toEqual(["", false]);
  });

  it("needs two places", async () => {
    const { code, stderr, calls } = await hutch(["cp", "web:x"]);
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toContain("Missing required argument 'target'");
  });
});

describe("getting into a VM that is still starting", () => {
  const waiting: Partial<Hutch> = {
    exec: (_name, _argv, { signal, entering }) =>
      new Promise((_, reject) => {
        entering?.onWait?.();
        for (const each of [signal, entering?.signal])
          each?.addEventListener("abort", () => reject(cancelled("Getting into web")));
      }),
    shell: (name, ends = {}) => waiting.exec?.(name, [], { stdio: "inherit", ...ends }) ?? Promise.resolve(0),
  };

  it.each([
    ["SIGINT", ["exec", "web", "--", "true"], 130],
    ["SIGTERM", ["exec", "web", "--", "true"], 143],
    ["SIGHUP", ["exec", "web", "--", "true"], 129],
    ["SIGINT", ["shell", "web"], 130],
    ["SIGTERM", ["shell", "web"], 143],
  ] as const)("%s gives it up: %j ends with %i", async (signal, words, code) => {
    const ran = await hutch([...words], {
      hutch: waiting,
      meanwhile: ({ signal: send, seen }) => whenSeen(seen, "waiting for it", () => send(signal)),
    });
    expect([ran.code, ran.stderr]).toEqual([code, expect.stringContaining("Getting into web was cancelled.")]);
    expect(ran.stderr.match(/web does not answer by ssh yet/g)).toHaveLength(1);
  });

  it("is not spoken of with --quiet", async () => {
    const exec: Hutch["exec"] = async (_name, _argv, { entering }) => {
      entering?.onWait?.();
      return 3;
    };
    const ran = await hutch(["exec", "--quiet", "web", "--", "true"], { hutch: { exec } });
    expect(ran).toMatchObject({ code: 3, stderr: "" });
  });
});

describe("exec --agent", () => {
  it("passes input, both outputs and the exit code on", async () => {
    const { code, calls, stdout, stderr } = await hutch(["exec", "--agent", "web", "--", "cat", "-n"], { stdin: "in" });
    expect(calls).toEqual([["execByAgent", "web", ["cat", "-n"], "in"]]);
    expect([code, stdout, stderr]).toEqual([9, "out", "err"]);
  });

  it("does not wait for input from a terminal", async () => {
    expect((await hutch(["exec", "--agent", "web", "--", "true"], { tty: true })).calls[0]?.[3]).toBe("");
  });

  it("asks the command to end at Ctrl-C", async () => {
    const { code } = await hutch(["exec", "--agent", "web", "--", "sleep", "9"], {
      stdin: "",
      hutch: {
        execByAgent: (_name, _argv, { signal }) =>
          new Promise((_, reject) => signal?.addEventListener("abort", () => reject(cancelled("The command")))),
      },
      meanwhile: ({ signal }) => setTimeout(() => signal("SIGINT"), 50),
    });
    expect(code).toBe(130);
  });
});

describe("console", () => {
  function session(): ConsoleSession & {
    readonly sent: string[];
    closed: boolean;
    readonly sizes: string[];
    end: () => void;
  } {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const made = {
      sent: [] as string[],
      sizes: [] as string[],
      closed: false,
      ended,
      end,
      canResize: true,
      resize: async ({ rows, columns }: WindowSize) => made.sizes.push(`${rows}x${columns}`) > 0,
      write: async (data: Uint8Array) => void made.sent.push(Buffer.from(data).toString()),
      close: async () => {
        made.closed = true;
      },
    };
    return made;
  }

  it("sends what is typed up to Ctrl-], and gives the terminal back", async () => {
    const seat = session();
    const { code, calls, stderr } = await hutch(["console", "web"], {
      tty: true,
      hutch: { console: async () => seat },
      meanwhile: ({ type, seen }) => whenSeen(seen, "Ctrl-] leaves", () => type("ls\r\u0003x\u001dnot this")),
    });
    expect([code, seat.sent.join(""), seat.closed]).toEqual([0, "ls\r\u0003x", true]);
    expect(calls).toEqual([
      ["setRaw", true],
      ["setRaw", false],
    ]);
    expect(stderr).not.toContain("stty");
  });

  it("tells the guest how large the window is: now, where a change of it rests, and at each prompt for a login", async () => {
    const seat = session();
    let guest: (data: Uint8Array) => void = () => undefined;
    await hutch(["console", "web"], {
      tty: true,
      hutch: {
        console: async (_name, { onData }) => {
          guest = onData;
          return seat;
        },
      },
      meanwhile: async ({ type, resize, seen }) => {
        await vi.waitFor(() => expect(seen()).toContain("Ctrl-] leaves"));
        for (const columns of [90, 99, 100]) resize(columns, 30);
        await vi.waitFor(() => expect(seat.sizes).toEqual(["24x80", "30x100"]));
        guest(Buffer.from("\r\n\r\nweb login: "));
        await vi.waitFor(() => expect(seat.sizes).toEqual(["24x80", "30x100", "30x100"]));
        resize(70, 20);
        type("\u001d");
      },
    });
    // Nothing is told to a console that is left.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(seat.sizes).toHaveLength(3);
  });

  it("tells one size at a time, the newest last, and waits for none to leave", async () => {
    const seat = session();
    const slow: WindowSize[] = [];
    const { code } = await hutch(["console", "web"], {
      tty: true,
      hutch: { console: async () => ({ ...seat, resize: (size) => new Promise(() => slow.push(size)) }) },
      meanwhile: async ({ type, resize, seen }) => {
        await vi.waitFor(() => expect(seen()).toContain("Ctrl-] leaves"));
        resize(100, 30);
        await new Promise((resolve) => setTimeout(resolve, 400));
        type("x\u001d");
      },
    });
    expect([code, seat.sent, slow]).toEqual([0, ["x"], [{ rows: 24, columns: 80 }]]);
  });

  it("says what to type in the guest where hutch has no way to tell it", async () => {
    const { stderr } = await hutch(["console", "web"], {
      tty: true,
      hutch: {
        console: async () => ({ ...session(), canResize: false, resize: async () => false, ended: Promise.resolve() }),
      },
    });
    expect(stderr).toContain("stty rows 24 cols 80");
  });

  it("gives it back at SIGTERM, and when the console ends by itself, and says so", async () => {
    const stopped = await hutch(["console", "web"], {
      tty: true,
      hutch: { console: async () => session() },
      meanwhile: ({ signal, seen }) => whenSeen(seen, "Ctrl-] leaves", () => signal("SIGTERM")),
    });
    expect([stopped.code, stopped.calls.at(-1)]).toEqual([143, ["setRaw", false]]);

    const seat = session();
    const taken = await hutch(["console", "web"], {
      tty: true,
      hutch: { console: async () => seat },
      meanwhile: ({ seen }) => whenSeen(seen, "Ctrl-] leaves", () => seat.end()),
    });
    expect([taken.code, taken.calls.at(-1)]).toEqual([0, ["setRaw", false]]);
    expect(taken.stderr).toContain("somebody took it over");
  });

  it("shows what the guest says as it is, and passes --force on", async () => {
    const { stdout, calls } = await hutch(["console", "web", "--force"], {
      tty: true,
      hutch: {
        console: async (_name, { force, onData }) => {
          onData(Buffer.from(`\u001b[1m${force}`));
          return { ...session(), ended: Promise.resolve() };
        },
      },
    });
    expect(stdout).toContain("\u001b[1mtrue");
    expect(calls).toContainEqual(["setRaw", false]);
  });

  it("needs a terminal", async () => {
    const { code, stderr, opened } = await hutch(["console", "web"]);
    expect([code, opened]).toEqual([2, []]);
    expect(stderr).toContain("hutch logs web -f");
  });
});

describe("display", () => {
  it("prints the tunnel, then what a viewer opens", async () => {
    const { stdout, calls } = await hutch(["display", "web"]);
    expect(stdout).toBe("ssh -NL 5901:127.0.0.1:5901 attic\nvnc://127.0.0.1:5901\n");
    expect(calls).toEqual([["display", "web"]]);
    expect(JSON.parse((await hutch(["display", "web", "-o", "json"])).stdout)).toMatchObject({
      display: { port: 5901, kind: "vnc" },
    });
  });
});

describe("port", () => {
  it("lists, adds and removes", async () => {
    expect((await hutch(["port", "ls", "web"])).stdout).toContain("127.0.0.1:5353   53     udp       published");
    const added = await hutch(["port", "add", "web", "8080:80", "0.0.0.0:53:53/udp"]);
    expect(added.calls[0]).toEqual([
      "ports.add",
      "web",
      [
        { protocol: "tcp", hostAddress: "127.0.0.1", hostPort: 8080, guestPort: 80 },
        { protocol: "udp", hostAddress: "0.0.0.0", hostPort: 53, guestPort: 53 },
      ],
    ]);
    const removed = await hutch(["port", "rm", "web", "5353/udp"]);
    expect(removed.calls[0]?.[2]).toMatchObject([{ protocol: "udp", hostPort: 5353 }]);
  });

  it.each([["0"], ["80:x"], ["1:2:3:4"], ["80/icmp"]])("refuses %s", async (port) => {
    const { code, stderr, calls } = await hutch(["port", "add", "web", port]);
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toContain("Write it like port 8080:80");
  });
});

describe("mount", () => {
  const NO_MOUNTS: Hutch["mounts"] = {
    list: async () => [],
    way: async () => ({ by: "sshfs", now: true, why: "by sshfs, as asked" }),
    add: () => failed(new Error("not asked for")),
    hold: () => Promise.reject(new Error("not asked for")),
    remove: () => failed(new Error("not asked for")),
  };
  const HELD: HeldMount = {
    mount: { machine: "web", hostPath: "/a", guestPath: "/b", readonly: false, by: "sshfs", held: true },
    ended: new Promise(() => undefined),
    close: async () => undefined,
  };

  it("says which way a folder comes, and leaves a device there", async () => {
    const { code, calls, stderr } = await hutch(["mount", "--read-only", "site", "web:/srv/site"]);
    const request = { hostPath: "site", guestPath: "/srv/site", readonly: true };
    expect(calls.slice(0, 2)).toEqual([
      ["mounts.way", "web", request],
      ["mounts.add", "web", request],
    ]);
    expect([code, stderr]).toEqual([0, expect.stringContaining("site comes to web by virtiofs.")]);
  });

  it("holds it by sshfs until Ctrl-C, and unmounts it then", async () => {
    let closed = false;
    const held: HeldMount = {
      ...HELD,
      close: async () => {
        closed = true;
      },
    };
    const standIn = await hutch(["mount", "a", "web:/b", "-o", "json"], {
      hutch: {
        mounts: { ...NO_MOUNTS, hold: async () => held },
      },
      meanwhile: ({ signal, seen }) => whenSeen(seen, "Ctrl-C unmounts it", () => signal("SIGINT")),
    });
    expect([standIn.code, closed]).toEqual([0, true]);
    expect(JSON.parse(standIn.stdout)).toMatchObject({ v: 1, mount: { machine: "web", by: "sshfs" } });
  });

  it("tells when the VM goes away and when it has the folder again, and waits for that", async () => {
    let end: () => void = () => undefined;
    const standIn = await hutch(["mount", "a", "web:/b"], {
      hutch: {
        mounts: {
          ...NO_MOUNTS,
          hold: async (_name, _request, { onTurn = () => undefined } = {}) => {
            setTimeout(() => onTurn("gone"), 20);
            setTimeout(() => onTurn("back"), 40);
            setTimeout(() => end(), 60);
            return { ...HELD, ended: new Promise((resolve) => (end = resolve)) };
          },
        },
      },
    });
    expect(standIn.code).toBe(0);
    expect(standIn.stderr).toMatch(/web went away.*at web:\/b again.*mounted no longer/s);
  });

  it("lists what is mounted, and takes it away", async () => {
    expect((await hutch(["mount"])).stdout).toContain("web  /b    /a      sshfs  read-only, held by nobody here");
    expect((await hutch(["umount", "web:/b"])).calls[0]).toEqual(["mounts.remove", "web", "/b"]);
  });

  it.each([
    [["mount", "a"], "Missing required argument 'target'"],
    [["mount", "a", "web"], "names no place"],
    [["mount", "--by", "nfs", "a", "web:/b"], "virtiofs, 9p, sshfs"],
    [["umount", "web:b"], "whole path"],
  ])("%j is refused before anything is asked of libvirt", async (argv, said) => {
    const { code, stderr, calls } = await hutch(argv);
    expect([code, calls]).toEqual([2, []]);
    expect(stderr).toContain(said);
  });
});

describe("ssh-config and inventory", () => {
  it("print, install and remove; what is left out is told", async () => {
    const printed = await hutch(["ssh-config"]);
    expect([printed.stdout, printed.stderr]).toEqual([
      "Host web\n",
      "Left out: My VM, for it was not made by hutch.\n",
    ]);
    expect((await hutch(["ssh-config", "--install"])).calls).toEqual([["sshConfig.install"]]);
    const removed = await hutch(["ssh-config", "--remove", "-o", "json"]);
    expect(JSON.parse(removed.stdout)).toEqual({ v: 1, removed: true });
    expect((await hutch(["ssh-config", "--install", "--remove"])).code).toBe(2);
    expect((await hutch(["inventory", "--ansible"])).stdout).toBe("all: {}\n");
  });
});

describe("a password for the console", () => {
  it("is shown, once", async () => {
    const { stdout, stderr } = await hutch(["console-password", "web"]);
    expect(stdout).toContain("abcd-efgh");
    expect(stderr).toContain("only time");
  });

  it("of a launch is part of the answer: no --quiet loses it", async () => {
    const launch = () =>
      finished({ machine: machine("web"), stages: [], warnings: [], consolePassword: "abcd-efgh" } as LaunchResult);
    const { stdout } = await hutch(["launch", "--console-password", "--quiet"], { hutch: { launch } });
    expect(stdout).toContain("Console login of web: me, abcd-efgh (shown this once)\n");
  });

  it("and folders are part of a launch's order", async () => {
    const { calls } = await hutch(["launch", "--console-password", "--mount", "./a b:/srv:ro", "--mount", "c:/d"]);
    expect(calls[0]?.[1]).toMatchObject({
      consolePassword: true,
      mounts: [
        { hostPath: "./a b", guestPath: "/srv", readonly: true },
        { hostPath: "c", guestPath: "/d" },
      ],
    });
  });
});

it("an error of the library keeps its own code", async () => {
  const error = new HutchError({ code: "E_CONFLICT", message: "Somebody else is at the console of web." });
  const { code } = await hutch(["console", "web"], { tty: true, hutch: { console: () => Promise.reject(error) } });
  expect(code).toBe(5);
});
