/** However it ends, and whatever happens to the terminal meanwhile: the bundle on a pseudo-terminal. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHutch } from "../../scripts/build.ts";
import { Session, type SessionOptions } from "./session.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FAULTS = pathToFileURL(join(import.meta.dirname, "faults/fault-on-signal.mjs")).href;
const CLEARED = /\x1b\[[0-3]?J/;

describe("the bundle on a terminal that goes through much", () => {
  const outdir = mkdtempSync(join(ROOT, "node_modules/.t-tui-"));
  const demo = (options?: SessionOptions) =>
    new Session(process.execPath, [join(outdir, "hutch.js"), "ui", "--demo"], options);
  beforeAll(async () => {
    await buildHutch(outdir);
  });
  afterAll(() => rmSync(outdir, { recursive: true, force: true }));

  it.each([
    ["throws", "thrown"],
    ["rejects", "rejected"],
    ["draws", "drawn"],
  ])("leaves it whole when something %s, says what, and exits with 70", async (fault, word) => {
    using session = demo({ env: { FAULT: fault, NODE_OPTIONS: `--import ${FAULTS}` } });
    await session.shows("VMs 40");
    session.pty.kill("SIGUSR2");
    expect(await session.exit).toMatchObject({ exitCode: 70 });
    session.expectRestored();
    // Where it can be read: on the screen of the shell.
    expect(session.afterwards()).toContain(`t-fault: ${word}`);
  });

  it("leaves it whole when it is ended before it has come up", async () => {
    using session = demo();
    await expect.poll(() => session.raw, { timeout: 30_000, interval: 1 }).toContain("\x1b[?1049h");
    session.pty.kill("SIGTERM");
    expect(await session.exit).toMatchObject({ exitCode: 143 });
    session.expectRestored();
  });

  it("ends with its terminal", async () => {
    using session = demo();
    await session.shows("VMs 40");
    const { pid } = session.pty;
    session.hangUp();
    await expect.poll(() => runs(pid), { timeout: 20_000 }).toBe(false);
  });

  it("is whole after a storm of sizes, and never clears the screen", async () => {
    using session = demo({ columns: 160, rows: 50 });
    await session.shows("VMs 40");
    const from = session.raw.length;
    for (let turn = 0; turn < 40; turn += 1) {
      session.resize(50 + ((turn * 37) % 120), 10 + ((turn * 13) % 45));
      await new Promise((resolve) => setTimeout(resolve, turn % 3 === 0 ? 30 : 3));
    }
    session.resize(50, 12);
    await session.shows("It has 50x12, it needs 60x15.");
    session.resize(132, 40);
    await session.shows("VMs 40");
    await session.shows("cloud-init done");
    expect(session.raw.slice(from)).not.toMatch(CLEARED);
    // Nothing of another size is left over: each line of the list ends in the frames of list and detail.
    const broken = () =>
      session
        .screen()
        .split("\n")
        .slice(3, 30)
        .filter((text) => !/^│.*││.*│$/.test(text));
    await expect.poll(broken, { timeout: 20_000 }).toEqual([]);
    session.pty.write("q");
    expect(await session.exit).toMatchObject({ exitCode: 0 });
    session.expectRestored();
  });

  it("comes back from Ctrl-Z in another size, and once more", async () => {
    using session = new Session("/bin/bash", ["--norc", "-i"]);
    session.pty.write(`PS1='ready> '; ${process.execPath} ${join(outdir, "hutch.js")} ui --demo\r`);
    await session.shows("VMs 40");
    for (const [columns, rows] of [
      [120, 35],
      [80, 24],
    ] as const) {
      session.pty.write("\x1a");
      await session.shows("Stopped");
      session.resize(columns, rows);
      session.pty.write("clear\r");
      await expect.poll(() => session.screen().trim(), { timeout: 20_000 }).toBe("ready>");
      session.pty.write("fg\r");
      await session.shows("VMs 40");
      await session.shows("q quit");
      await expect.poll(() => session.screen().split("\n")[2], { timeout: 20_000 }).toHaveLength(columns);
    }
    session.pty.write("q");
    await expect.poll(() => session.raw.endsWith("ready> "), { timeout: 20_000 }).toBe(true);
    session.expectRestored();
  });

  it("takes the terminal again when somebody else stopped it and lets it go on", async () => {
    using session = demo();
    await session.shows("VMs 40");
    session.pty.kill("SIGSTOP");
    const from = session.raw.length;
    session.pty.kill("SIGCONT");
    await expect.poll(() => session.raw.slice(from), { timeout: 20_000 }).toContain("\x1b[?1049h");
    await expect.poll(() => session.raw.slice(from), { timeout: 20_000 }).toContain("VMs");
    session.pty.write("q");
    expect(await session.exit).toMatchObject({ exitCode: 0 });
    session.expectRestored();
  });

  it("takes what is pasted for text, and not for keys", async () => {
    using session = demo();
    await session.shows("VMs 40");
    session.pty.write("\x1b[200~/nothing-like-this\rq\x1b[201~");
    session.pty.write("/scratch-1\r");
    await session.shows("1 of 40");
    session.pty.write("q");
    expect(await session.exit).toMatchObject({ exitCode: 0 });
  });
});

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
