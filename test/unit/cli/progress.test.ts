import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { frame } from "../../../src/cli/progress/frame.ts";
import { plainLines } from "../../../src/cli/progress/plain-lines.ts";
import { NO_PAINT } from "../../../src/cli/render/paint.ts";
import { widthOf } from "../../../src/cli/render/width.ts";
import { cancelled } from "../../../src/core/errors.ts";
import type { OpEvent } from "../../../src/core/op/event.ts";
import { NO_OPERATION, type OpState, reduce } from "../../../src/core/op/reduce.ts";
import { endless, hutch, machine, operation, whenSeen } from "./stand-in.ts";

const GOLDEN = join(import.meta.dirname, "../../golden/progress");
const STREAMS = ["launch", "cancelled"];

function eventsOf(name: string): readonly OpEvent[] {
  const text = readFileSync(join(GOLDEN, `${name}.ndjson`), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

function* statesOf(events: readonly OpEvent[]): Generator<readonly [OpState, OpEvent]> {
  let state = NO_OPERATION;
  for (const event of events) {
    state = reduce(state, event);
    yield [state, event];
  }
}

describe("a stream of events", () => {
  it.each(STREAMS)("%s becomes these frames on a terminal", async (name) => {
    const frames = [100, 60].flatMap((columns) =>
      [...statesOf(eventsOf(name))].map(([state, { at }]) =>
        frame([state], { now: at + 1_500, columns, rows: 24, paint: NO_PAINT }).join("\n"),
      ),
    );
    const text = [...new Set(frames)].join(`\n${"·".repeat(20)}\n`);
    await expect(`${text}\n`).toMatchFileSnapshot(join(GOLDEN, `${name}.frames.txt`));
  });

  it.each(STREAMS)("%s becomes these lines in a log", async (name) => {
    const lines = (prefix: boolean, all: boolean) => {
      const tell = plainLines(prefix, all);
      return [...statesOf(eventsOf(name))].flatMap(([state, event]) => tell(state, event));
    };
    const text = [lines(false, false), lines(true, true)].map((each) => each.join("\n")).join(`\n${"·".repeat(20)}\n`);
    await expect(`${text}\n`).toMatchFileSnapshot(join(GOLDEN, `${name}.lines.txt`));
  });

  it.each([20, 40, 60, 80, 200])("fits %i columns in every frame, whatever a guest says", (columns) => {
    const wild = `${"网络".repeat(60)}\u001b[2J\u0007${"e\u0301".repeat(80)}👩‍👩‍👧`;
    const events: OpEvent[] = [...eventsOf("launch")].map((event) =>
      event.k === "step.note" ? { ...event, text: wild } : event,
    );
    for (const [state, { at }] of statesOf(events)) {
      for (const line of frame([state], { now: at, columns, rows: 24, paint: NO_PAINT })) {
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
        expect(line).not.toMatch(/[\u0000-\u001f]/);
      }
    }
  });

  it.each([60, 80, 100])("shows rate and time left of a download in %i columns", (columns) => {
    const MIB = 1024 ** 2;
    const begun = { op: "op-1", step: "image" };
    const events: readonly OpEvent[] = [
      { k: "op.begin", op: "op-1", kind: "image.pull", title: "Pull debian-13", subject: "debian-13", at: 0 },
      { k: "step.begin", ...begun, title: "Pull debian-13", at: 0 },
      ...[0, 1, 2, 3, 4].map((second): OpEvent => {
        const done = 11.2 * MIB * second;
        return { k: "step.progress", ...begun, done, total: 531.4 * MIB, unit: "bytes", at: second * 1000 };
      }),
    ];
    const [state] = [...statesOf(events)].at(-1) ?? [];
    const lines = state === undefined ? [] : frame([state], { now: 4_000, columns, rows: 24, paint: NO_PAINT });
    expect(lines.at(-1)).toMatch(/ 8%, .*11\.2 MiB\/s, 0:4\d left$/);
    expect(lines.at(-1)?.includes("█")).toBe(columns === 100);
  });

  it("keeps the latest lines where the terminal is low", () => {
    const states = [...statesOf(eventsOf("launch"))].map(([state]) => state);
    const last = states.at(-1) ?? NO_OPERATION;
    const look = { now: last.endedAt ?? 0, columns: 80, paint: NO_PAINT };
    expect(frame([last], { ...look, rows: 2 })).toEqual(frame([last], { ...look, rows: 24 }).slice(-2));
  });

  it("gives each of several operations one line", () => {
    const [a, b] = STREAMS.map((name) => [...statesOf(eventsOf(name))].at(-1)?.[0] ?? NO_OPERATION);
    if (a === undefined || b === undefined) throw new Error("no streams");
    const lines = frame([a, { ...b, subject: "db" }], { now: 0, columns: 80, rows: 24, paint: NO_PAINT });
    expect(lines).toEqual(["✓ web  1 min 34 s", "✗ db  2.4 s  Get debian-13  5 MiB, 4 MiB/s"]);
  });
});

describe("an operation on the command line", () => {
  const events = eventsOf("launch");
  const made = {
    machine: machine("web"),
    stages: [],
    warnings: ["This host offers no KVM. So it is emulated (TCG), about ten times slower.", "A port moved."],
  };
  const launch = () => operation(events, Promise.resolve(made));

  it("says a warning once, though event and result tell it", async () => {
    for (const tty of [false, true]) {
      const { stderr } = await hutch(["launch", "debian-13", "--no-color"], { tty, hutch: { launch } });
      expect(stderr.match(/Warning: This host offers no KVM/g)).toHaveLength(1);
      expect(stderr.match(/Warning: A port moved/g)).toHaveLength(1);
    }
  });

  it("leaves a terminal with the last frame, the cursor back and no colour unasked for", async () => {
    const { stderr } = await hutch(["launch", "debian-13", "--no-color"], { tty: true, hutch: { launch } });
    expect(stderr).toContain("\u001b[?25l");
    expect(stderr.lastIndexOf("\u001b[?25h")).toBeGreaterThan(stderr.lastIndexOf("✓ Wait for ssh"));
    expect(stderr).not.toMatch(/\u001b\[\d+m/);
    expect((await hutch(["launch", "debian-13"], { tty: true, hutch: { launch } })).stderr).toMatch(/\u001b\[32m✓/);
    expect(
      (await hutch(["launch", "debian-13"], { tty: true, env: { NO_COLOR: "1" }, hutch: { launch } })).stderr,
    ).not.toMatch(/\u001b\[\d+m/);
  });

  it("draws nothing on a dumb terminal or into a pipe", async () => {
    const dumb = await hutch(["launch", "debian-13"], { tty: true, env: { TERM: "dumb" }, hutch: { launch } });
    const piped = await hutch(["launch"], { hutch: { launch } });
    expect(dumb.stderr).not.toContain("\u001b");
    expect(piped.stderr).toBe(dumb.stderr);
    expect(piped.stderr).toContain("Get debian-13 … done (19 s)");
  });

  it("is silent with --quiet, but for the result", async () => {
    const { stdout, stderr } = await hutch(["launch", "debian-13", "--quiet", "-o", "name"], {
      tty: true,
      hutch: { launch },
    });
    expect([stdout, stderr]).toEqual(["web\n", ""]);
  });

  it("is told word for word with ndjson, the result last", async () => {
    const { stdout } = await hutch(["launch", "-o", "ndjson"], { hutch: { launch } });
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1)).toEqual(events.map((event) => ({ v: 1, ...event })));
    expect(lines.at(-1)).toMatchObject({ v: 1, k: "result", machine: { name: "web" } });
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("is cancelled by the first %s, abandoned by the second, and exits with %i", async (signal, exit) => {
    const calls: string[] = [];
    const { code, stderr } = await hutch(["launch"], {
      hutch: { launch: () => endless(calls) },
      meanwhile: ({ signal: send, seen }) => {
        whenSeen(seen, "Launch web", () => {
          send(signal);
          whenSeen(seen, "Cancelling, and undoing", () => send(signal));
        });
      },
    });
    expect(calls).toEqual(["cancel", "abandon"]);
    expect(code).toBe(exit);
    expect(stderr).toContain("Launch web was cancelled.");
  });

  it("names what is left and how to remove it", async () => {
    const left = [{ what: "the VM web", command: "virsh undefine web" }];
    const result = Promise.reject(cancelled("Launch web").leaving(left));
    const { code, stderr } = await hutch(["launch"], {
      hutch: { launch: () => operation(eventsOf("cancelled"), result) },
    });
    expect(code).toBe(130);
    expect(stderr).toContain("Still there, and how to remove it:\n  the VM web\n    virsh undefine web\n");
  });
});
