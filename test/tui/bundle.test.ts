import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHutch } from "../../scripts/build.ts";
import { writeTestHost } from "../support/test-host.ts";
import { Session, type SessionOptions } from "./session.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

describe("the bundle on a terminal", () => {
  const outdir = mkdtempSync(join(ROOT, "node_modules/.t-tui-"));
  const sessions: Session[] = [];
  const demo = (options?: SessionOptions) => {
    const session = new Session(process.execPath, [join(outdir, "hutch.js"), "ui", "--demo"], options);
    sessions.push(session);
    return session;
  };
  const leaves = async (session: Session, keys = "q") => {
    session.pty.write(keys);
    expect(await session.exit).toMatchObject({ exitCode: 0 });
    session.expectRestored();
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
    await leaves(session);
  });

  it("shows a VM from every side, and changes the containers in it", async () => {
    const session = demo({ columns: 100, rows: 30 });
    await session.shows("VMs 40");
    session.pty.write("/name=web-1\r\r");
    for (const [tab, shown] of [
      ["overview", "docker 28.5.1"],
      ["graphs", "NET ▼"],
      ["console", "web-1 login:"],
      ["disks", "vda  qcow2  20 GiB"],
      ["network", "address    192.168.122.11"],
      ["snapshots", "└─ before-upgrade ▸ now"],
      ["xml", "<name>web-1</name>"],
      ["containers", "! 1 of 3 without a limit"],
    ] as const) {
      session.pty.write(`:tab.${tab}\r`);
      await session.shows(shown);
    }
    session.pty.write("G=");
    await session.shows("Limits of watchtower");
    session.pty.write("1\t256M\r");
    await session.shows("1 cpu 256M");
    session.pty.write("Sy");
    await session.shows("○ exited");
    session.pty.write("D");
    await session.shows("type watchtower to go on:");
    session.pty.write("watchtower\r");
    await expect.poll(() => session.screen(), { timeout: 20_000 }).not.toContain("watchtower  ");
    session.pty.write("7");
    await session.shows("hutch exec web-1 -- docker rm watchtower");
    // What a command said before the terminal UI was back is told in it.
    session.pty.write("1c");
    await session.shows("✖ This driver of libvirt cannot do that.");
    await leaves(session);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGQUIT", 131],
    ["SIGINT", 130],
  ])("leaves the terminal as it was after %s, and exits with %d", async (signal, exitCode) => {
    const session = demo();
    await session.shows("VMs 40");
    session.pty.kill(signal);
    expect(await session.exit).toMatchObject({ exitCode });
    session.expectRestored();
  });

  it("looks and listens as the config says", async () => {
    const config = mkdtempSync(join(outdir, "config-"));
    mkdirSync(join(config, "hutch"));
    writeFileSync(
      join(config, "hutch", "config.yaml"),
      `ui:
  ascii: yes
  mouse: no
  readonly: yes
  keys: {hutch.quit: ctrl-x, view.filter: f, vm.stop: moon}
views:
  off: {filter: state=stopped, columns: [name, state, owner]}
`,
    );
    const session = demo({ env: { XDG_CONFIG_HOME: config } });
    await session.shows('There is no key "moon".');
    session.pty.write("qf");
    await session.shows("part of a name");
    session.pty.write("scratch-1\r");
    await session.shows("+- VMs 1 of 40");
    session.pty.write("s");
    await session.shows("This session only looks.");
    session.pty.write(":view off\r");
    await session.shows("OWNER");
    expect(session.raw).not.toContain("\x1b[?1000h");
    session.pty.write("\x18");
    expect(await session.exit).toMatchObject({ exitCode: 0 });
  });

  it("takes up hosts that are named while it is open, from inside or by another shell", async () => {
    const home = mkdtempSync(join(outdir, "home-"));
    const config = join(home, ".config/hutch/config.yaml");
    mkdirSync(join(home, ".config/hutch"), { recursive: true });
    const [attic, cellar] = [writeTestHost(home, "attic", ["web"]), writeTestHost(home, "cellar", ["db"])];
    writeFileSync(config, `connect: attic\nhosts:\n  attic: ${attic}\n`);
    const env = { HOME: home, XDG_CONFIG_HOME: "", XDG_STATE_HOME: "", XDG_DATA_HOME: "", XDG_CACHE_HOME: "" };
    const session = new Session(process.execPath, [join(outdir, "hutch.js"), "ui"], { columns: 120, env });
    sessions.push(session);
    await session.shows("VMs 1");
    expect(session.screen()).not.toContain("HOST");
    session.pty.write(`:host add cellar ${cellar}\r`);
    await session.shows("VMs 2");
    expect(session.screen()).toMatch(/db +cellar/);
    await expect.poll(() => session.screen()).toMatch(/web +attic/);
    writeFileSync(config, `connect: cellar\nhosts:\n  cellar: ${cellar}\n`);
    await session.shows("Without attic from now on.");
    expect(session.screen()).not.toContain("HOST");
    await leaves(session);
  });

  it("runs any command of hutch from inside", async () => {
    const session = demo();
    await session.shows("VMs 40");
    session.pty.write(":list\r");
    await session.shows("hutch list");
    await session.shows("ADDRESS");
    await session.shows("api-1");
    session.pty.write("q:hots\r");
    await session.shows('→ Did you mean "hutch host"?');
    await session.shows('✖ hots: There is no command "hots".');
    await leaves(session, "qq");
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
    // From within a question as well.
    session.pty.write("n");
    await session.shows("Launch a VM");
    session.pty.write("\x1a");
    await session.shows("Stopped");
    session.pty.write("clear\r");
    await expect.poll(() => session.screen().trim(), { timeout: 20_000 }).toBe("ready>");
    session.pty.write("fg\r");
    await session.shows("Launch a VM");
    session.pty.write("\x03");
    await session.shows("q quit");
    session.pty.write("jq");
    await expect.poll(() => session.raw.endsWith("ready> "), { timeout: 20_000 }).toBe(true);
    session.pty.write("echo out-$((40+3))\r");
    await session.shows("out-43");
    session.expectRestored();
  });
});
