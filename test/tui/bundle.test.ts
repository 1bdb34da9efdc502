import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHutch } from "../../scripts/build.ts";
import { Session } from "./session.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("the bundle on a terminal", () => {
  const outdir = mkdtempSync(join(ROOT, "node_modules/.t-tui-"));
  const sessions: Session[] = [];
  const demo = (size?: { columns: number; rows: number }) => {
    const session = new Session(process.execPath, [join(outdir, "hutch.js"), "ui", "--demo"], size);
    sessions.push(session);
    return session;
  };
  beforeAll(async () => {
    await buildHutch(outdir);
  });
  afterAll(() => {
    for (const { pty } of sessions) {
      try {
        pty.kill("SIGKILL");
      } catch {
        // Ended already.
      }
    }
    rmSync(outdir, { recursive: true, force: true });
  });

  it("shows forty VMs of the demo that really start and stop, resizes, and leaves the terminal as it was", async () => {
    const session = demo();
    await session.shows("VMs 40");
    session.pty.write("/scratch-1\r");
    await session.shows("1 of 40");
    session.pty.write("s");
    await session.shows("scratch-1");
    await session.shows("● running");
    session.pty.write("S");
    await session.shows("$ hutch stop scratch-1");
    session.pty.write("n");
    session.resize(80, 24);
    await session.shows("1 of 40");
    session.pty.write("\x1b");
    await session.shows("VMs 40");
    session.pty.write("3");
    await session.shows("192.168.122.1/24");
    session.pty.write("5");
    await session.shows("before-upgrade");
    session.pty.write("q");
    expect(await session.exit).toMatchObject({ exitCode: 0 });
    session.expectRestored();
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ])("leaves the terminal as it was after %s, and exits with %d", async (signal, exitCode) => {
    const session = demo();
    await session.shows("VMs 40");
    session.pty.kill(signal);
    expect(await session.exit).toMatchObject({ exitCode });
    session.expectRestored();
  });

  it("runs any command of hutch from inside", async () => {
    const session = demo();
    await session.shows("VMs 40");
    session.pty.write(":list\r");
    await session.shows("hutch list");
    await session.shows("ADDRESS");
    await session.shows("api-1");
    session.pty.write("qq");
    expect(await session.exit).toMatchObject({ exitCode: 0 });
  });

  it("is suspended by Ctrl-Z and comes back with fg", async () => {
    const command = `${process.execPath} ${join(outdir, "hutch.js")} ui --demo`;
    const session = new Session("/bin/bash", ["--norc", "-i"]);
    sessions.push(session);
    session.pty.write(`PS1='ready> '; ${command}\r`);
    await session.shows("VMs 40");
    session.pty.write("\x1a");
    await session.shows("Stopped");
    session.pty.write("echo in-$((40+2))\r");
    await session.shows("in-42");
    session.pty.write("fg\r");
    await session.shows("VMs 40");
    session.pty.write("jq");
    await expect.poll(() => session.raw.endsWith("ready> "), { timeout: 20_000 }).toBe(true);
    session.pty.write("echo out-$((40+3))\r");
    await session.shows("out-43");
    session.expectRestored();
  });
});
