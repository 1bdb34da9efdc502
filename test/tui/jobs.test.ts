/** Long work by the real runner, in flight while keys are typed. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Operation, type OpScope, startOperation } from "../../src/ops/operation.ts";
import { lookOf } from "../../src/tui/theme/look.ts";
import { fleetHost, NOW } from "./fleet.ts";
import { TestTerminal } from "./terminal.ts";

let journalDirectory: string;
beforeAll(() => {
  journalDirectory = mkdtempSync(join(tmpdir(), "hutch-tui-jobs-"));
});
afterAll(() => rmSync(journalDirectory, { recursive: true, force: true }));

/** Operations of the real runner, and what was undone by it. */
function work() {
  const undone: string[] = [];
  let ids = 0;
  const start = <T>(title: string, subject: string, body: (op: OpScope) => Promise<T>): Operation<T> =>
    startOperation(
      {
        journalDirectory,
        host: "test:///default",
        tryLock: () => ({ [Symbol.dispose]: () => undefined }),
        undo: {
          "disk.remove": async ({ name = "" }) => {
            undone.push(name);
          },
        },
        now: () => NOW,
        newId: () => `op-${++ids}`,
        settled: async () => undefined,
      },
      { kind: "test", title, subject },
      body,
    );
  /** A download that is 30 % done for ever, and a disk that is taken back when it is cancelled. */
  const launch = ({ name = "" }: { readonly name?: string }) =>
    start(`Launch ${name}`, name, (op) =>
      op.step("image", "Download debian-13", async (step) => {
        await step.undo({ action: "disk.remove", args: { name }, what: `disk ${name}`, command: `rm ${name}` });
        step.progress(30, 100, "items");
        return new Promise<never>((_resolve, reject) =>
          step.signal.addEventListener("abort", () => reject(step.signal.reason), { once: true }),
        );
      }),
    );
  const stop = ({ names }: { readonly names: readonly string[] }) =>
    start("Stop", names.join(), (op) => op.step("stop", "Shut down", async () => names));
  return { undone, launch, stop };
}

async function downloading() {
  const host = fleetHost();
  const { undone, ...verbs } = work();
  Object.assign(host.hutch, verbs);
  const terminal = new TestTerminal({ columns: 120, rows: 35, look: lookOf("none", "dark", false), host });
  await terminal.pass(2);
  await terminal.type("n", "web-9", "\r");
  await terminal.flush();
  return { terminal, undone };
}

describe("a job in flight", () => {
  it("blocks no key: moving, screens, filters, other actions and a second job", async () => {
    const held = await downloading();
    await using terminal = held.terminal;
    expect(terminal.screen()).toMatch(/launch web-9 {2}Download debian-13 .*█+░+ +30%/);
    await terminal.type("jj");
    expect(terminal.screen()).toMatch(/▸ {2}db-primary/);
    await terminal.type("2");
    expect(terminal.screen()).toContain("╭─ Images");
    await terminal.type("1", "/web-01\r");
    expect(terminal.screen()).toContain("VMs 1 of 14");
    await terminal.type("S", "y");
    await terminal.flush();
    await expect.poll(() => terminal.screen()).toContain("Shut down web-01: done");
    await terminal.type("n", "web-8", "\r");
    await terminal.flush();
    expect(terminal.screen()).toContain("2 jobs");
    expect(terminal.screen()).toMatch(/7 Jobs 2/);
    expect(held.undone).toEqual([]);
  });

  it("tells of itself, is cancelled after a yes, and is undone", async () => {
    const held = await downloading();
    await using terminal = held.terminal;
    await terminal.type("7");
    // The line that does the same, whole.
    expect(
      terminal
        .screen()
        .replace(/[^ -~]|\s+/g, " ")
        .replace(/ +/g, " "),
    ).toContain("$ hutch launch debian-13");
    await terminal.type("D", "n");
    expect(terminal.screen()).toContain("● running");
    await terminal.type("D", "y");
    await expect.poll(() => terminal.screen()).toContain("✖ cancelled");
    expect(held.undone).toEqual(["web-9"]);
    expect(terminal.screen()).toContain("→ disk web-9: done");
    await terminal.type("D");
    expect(terminal.screen()).toContain("It has ended.");
  });

  it("is asked about before hutch ends, and undone first", async () => {
    const held = await downloading();
    await using terminal = held.terminal;
    await terminal.type("q");
    expect(terminal.screen()).toContain("Work is still going on.");
    await terminal.type("n", "q", "y");
    expect(await terminal.ended).toBe(0);
    expect(held.undone).toEqual(["web-9"]);
  });
});
