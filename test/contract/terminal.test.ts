/** Questions, asked and answered on a real terminal. */
import { join } from "node:path";
import { spawn } from "node-pty";
import { describe, expect, it } from "vitest";

const AT_TERMINAL = join(import.meta.dirname, "cli-at-terminal.ts");
const ENTER = "\r";
const QUIET_MS = 150;
const DOWN = "\u001b[B";

type Shown = { readonly code: number; readonly shown: string };
/** Once `seen` stands on the screen, after the last answer, `answer` is typed. */
type Turn = readonly [seen: string, answer: string];

function atTerminal(argv: readonly string[], turns: readonly Turn[]): Promise<Shown> {
  return new Promise((resolve) => {
    const terminal = spawn(process.execPath, [AT_TERMINAL, ...argv], {
      env: { PATH: process.env["PATH"] ?? "", TERM: "xterm-256color" },
      cols: 120,
      rows: 40,
    });
    let shown = "";
    let since = 0;
    const waiting = [...turns];
    let quiet: NodeJS.Timeout | undefined;
    const answer = () => {
      const [turn] = waiting;
      if (turn === undefined || !shown.slice(since).includes(turn[0])) return;
      waiting.shift();
      since = shown.length;
      terminal.write(turn[1]);
    };
    terminal.onData((data) => {
      shown += data;
      // A question is drawn before it listens.
      clearTimeout(quiet);
      quiet = setTimeout(answer, QUIET_MS);
    });
    terminal.onExit(({ exitCode }) => resolve({ code: exitCode, shown }));
  });
}

describe("before a VM goes for good", () => {
  it.each([
    ["y\r", 0, "web: gone"],
    ["n\r", 130, "Nothing was changed."],
    ["\u0003", 130, "cancelled"],
  ])("it asks, and takes %j for an answer", async (answer, exit, said) => {
    const { code, shown } = await atTerminal(["delete", "web", "--purge", "--force"], [["(y/N)", answer]]);
    expect(shown).toContain("hutch/web.qcow2");
    expect([code, shown.includes(said)]).toEqual([exit, true]);
  });
});

describe("a command that lacks a word", () => {
  it("lets one be picked", async () => {
    const { code, shown } = await atTerminal(
      ["logs"],
      [
        ["name (", DOWN],
        ["db", ENTER],
      ],
    );
    expect([code, shown.includes("lines of db")]).toEqual([0, true]);
  });

  it("lets several be picked, of the living or of the trash", async () => {
    const stopped = await atTerminal(
      ["stop"],
      [
        ["Which VMs?", " "],
        ["◉", `${DOWN} `],
        ["◉", ENTER],
      ],
    );
    expect([stopped.code, stopped.shown.includes("web: stopped"), stopped.shown.includes("db: stopped")]).toEqual([
      0,
      true,
      true,
    ]);
    const recovered = await atTerminal(
      ["recover"],
      [
        ["names (", " "],
        ["◉", ENTER],
      ],
    );
    expect([recovered.code, recovered.shown.includes("old: back")]).toEqual([0, true]);
  });

  it("asks for the command of exec, and runs the line by the guest's shell", async () => {
    const { code, shown } = await atTerminal(
      ["exec"],
      [
        ["name (", DOWN],
        ["db", ENTER],
        ["command (", "echo 'a  b' | wc -c\r"],
      ],
    );
    expect([code, shown.includes('exec: ["db","sh","-c","echo \'a  b\' | wc -c"]')]).toEqual([7, true]);
  });

  it("asks for words of any kind one after the other, until there are no more", async () => {
    const { code, shown } = await atTerminal(
      ["port", "add", "web"],
      [
        ["ports (", "8080:80\r"],
        ["another one", "5353:53/udp\r"],
        ["another one", ENTER],
      ],
    );
    const [, ports = "[]"] = /ports\.add: (\[.*\])/.exec(shown) ?? [];
    expect([code, JSON.parse(ports)]).toEqual([
      0,
      ["web", [expect.objectContaining({ hostPort: 8080 }), expect.objectContaining({ hostPort: 5353 })]],
    ]);
  });

  it("asks for what only some of its forms need", async () => {
    const { code, shown } = await atTerminal(["mount", "/srv"], [["target (", "web:/data\r"]]);
    expect([code, shown.includes('mounts.add: ["web",{"hostPath":"/srv","guestPath":"/data"}]')]).toEqual([0, true]);
  });

  it("asks nothing after --yes", async () => {
    const { code, shown } = await atTerminal(["exec", "db", "--yes"], []);
    expect([code, shown.includes("Missing required argument 'command'")]).toEqual([2, true]);
  });

  it("ends with a Ctrl-C, and nothing is done", async () => {
    const { code, shown } = await atTerminal(["stop"], [["Which VMs?", "\u0003"]]);
    expect([code, shown.includes("stopped\r\n")]).toEqual([130, false]);
  });
});

describe("launch without a word", () => {
  const HOW = [
    ["Image", "fedora"],
    ["Fedora 43", ENTER],
    ["Name", "\u0015web"],
    ["web", ENTER],
    // There is one of that name already.
    ["already", "\u0015lab-1"],
    ["lab-1", ENTER],
    ["4 GiB memory free", DOWN],
    ["small", ENTER],
    ["Container engine", ENTER],
    ["Network", DOWN],
    ["lab", ENTER],
    ["Who may log in", ENTER],
  ] as const;

  it("asks for what matters, shows the command line that says the same, and launches", async () => {
    const { code, shown } = await atTerminal(["launch"], [...HOW, ["Launch it?", ENTER]]);
    expect(shown).toContain(
      "hutch launch fedora-43 --name lab-1 --cpus 1 --memory 1G --disk 10G --engine docker --network network=lab",
    );
    expect(code).toBe(0);
    const [, order = ""] = /launch: (\{.*\})/.exec(shown) ?? [];
    expect(JSON.parse(order)).toEqual({
      image: "fedora-43",
      name: "lab-1",
      cpus: 1,
      memoryMiB: 1024,
      diskBytes: 10 * 1024 ** 3,
      engine: "docker",
      network: { kind: "network", network: "lab" },
      buildIfUnreachable: false,
    });
    // 8 GiB of memory are not free on this host.
    expect(shown).toContain("more memory than is free now");
  });

  it("makes nothing after a no, and gives the command line back", async () => {
    const { code, shown } = await atTerminal(["launch"], [...HOW, ["Launch it?", "n\r"]]);
    expect([code, shown.includes("launch: {"), /→\S* hutch launch fedora-43/.test(shown)]).toEqual([130, false, true]);
  });

  it("asks nothing when something is said", async () => {
    const { code, shown } = await atTerminal(["launch", "--name", "lab-2"], []);
    expect([code, shown.includes('launch: {"name":"lab-2"')]).toEqual([0, true]);
    expect((await atTerminal(["launch", "--yes"], [])).code).toBe(0);
  });
});
