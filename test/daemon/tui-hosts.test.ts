/** The terminal UI on real hosts: a private libvirtd that dies and comes back, a host of the test driver, and one that never answers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LibvirtClient, VirDomainCreateFlags } from "#ffi";
import { PtyScreen } from "../../scripts/lib/pty-screen.ts";
import { openClient } from "../../src/host/connection.ts";
import { HUTCH, type SystemLane, startSystemLane } from "../support/lane.ts";
import { type MuteServer, startMuteServer } from "../support/mute-server.ts";
import { writeTestHost } from "../support/test-host.ts";

const XML = (name: string) =>
  `<domain type="qemu"><name>${name}</name><memory unit="MiB">16</memory><vcpu>1</vcpu><os><type arch="x86_64" machine="q35">hvm</type></os><devices><controller type="usb" model="none"/></devices></domain>`;

let lane: SystemLane;
let client: LibvirtClient;
let mute: MuteServer;
let home = "";

beforeAll(async () => {
  lane = await startSystemLane();
  client = await openClient({ uri: lane.uri });
  mute = await startMuteServer();
  home = mkdtempSync(join(tmpdir(), "hutch-tui-"));
  mkdirSync(join(home, ".config/hutch"), { recursive: true });
});
afterAll(async () => {
  await client?.close();
  mute?.[Symbol.dispose]();
  await lane?.stop();
  rmSync(home, { recursive: true, force: true });
});

async function define(name: string, { running = false } = {}): Promise<string> {
  const { uuid } = await client.call("domain.define", { xml: XML(name), validate: false });
  if (running) await client.call("domain.start", { uuid, flags: VirDomainCreateFlags.PAUSED });
  return uuid;
}

function ui(hosts: Readonly<Record<string, string>>): PtyScreen {
  const lines = Object.entries(hosts).map(([name, uri]) => `  ${name}: ${uri}\n`);
  const [first = ""] = Object.keys(hosts);
  writeFileSync(join(home, ".config/hutch/config.yaml"), `connect: ${first}\nhosts:\n${lines.join("")}`);
  const env = { PATH: process.env["PATH"] ?? "", HOME: home, TERM: "xterm-256color", LANG: "C.UTF-8", NO_COLOR: "1" };
  return new PtyScreen([...HUTCH, "ui"], { columns: 120, rows: 34, env });
}

describe("the terminal UI", () => {
  it("says that its host is gone, and shows how things are when it is back", async () => {
    await define("t-stays", { running: true });
    const cut = await define("t-cut", { running: true });
    await using session = ui({ lane: lane.uri });
    await session.shows(/t-cut +◐ paused/);
    const { xml } = await client.call("domain.detail", { ref: { uuid: cut } });
    const [, id = ""] = /^<domain[^>]* id=['"](\d+)/.exec(xml) ?? [];
    expect(id).not.toBe("");

    await lane.killDaemon();
    await session.shows("✖ lost");
    expect(session.screen()).toMatch(/t-cut +◐ paused/);
    // What changes while nobody listens: its process dies, and another VM is defined before anybody asks again.
    await lane.exec(["pkill", "-KILL", "-f", "guest=t-cut,"]);
    await lane.startDaemon();
    await expect(client.call("domain.list", {})).rejects.toMatchObject({ cause: { kind: "lost" } });
    await define("t-new");

    await session.shows("The connection is back.");
    await session.shows(/t-cut +○ (stopped|failed)|t-cut +✖ (crashed|failed)/);
    await session.shows(/t-new +○ stopped/);
    expect(session.screen()).toMatch(/t-stays +◐ paused/);
    expect(session.screen()).not.toContain("✖ lost");

    // And it listens again.
    await client.call("domain.undefine", { uuid: await define("t-last"), flags: 0 });
    await session.shows(/VMs 3 /);
    session.pty.write("q");
    expect(await session.exit).toBe(0);
  });

  it("shows several hosts at once, and none of them waits for another", async () => {
    await define("t-both");
    const attic = writeTestHost(home, "attic", ["t-both", "t-attic"]);
    await using session = ui({ attic, lane: lane.uri, hole: mute.uri });
    await session.shows(/t-both +attic +● running/);
    await session.shows(/t-both +lane +○ stopped/);
    await session.shows("hole opening…");

    // Each action goes to its own host, the same name or not.
    session.pty.write("/host=lane t-both\r");
    await session.shows("VMs 1 of");
    session.pty.write(":start t-both --foreign\r");
    await session.shows("─ hutch -c lane start t-both --foreign ─");
    session.pty.write("\x1b");
    await session.shows(/t-both +lane +● running/);

    await lane.killDaemon();
    await session.shows("lane ✖ away");
    session.pty.write(":host attic\r");
    await session.shows("VMs attic 0 of 2");
    session.pty.write("/\x15\r");
    await session.shows(/t-attic +attic +● running/);
    session.pty.write("6");
    await session.shows(/attic +● up +2 \d+\.\d+/);
    await session.shows(/lane +✖ away/);
    await session.shows(/hole +◐ opening/);
    await lane.startDaemon();
    await session.shows(/lane +● up/);

    // A host that never answers does not hold up the end.
    session.pty.write("q");
    const began = performance.now();
    expect(await session.exit).toBe(0);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it("shows its demo where there is no daemon", async () => {
    await lane.killDaemon();
    expect((await lane.hutch(["list"])).code).toBe(6);
    const [enter = "env", ...rest] = lane.enter;
    await using session = new PtyScreen([enter, ...rest, ...HUTCH, "ui", "--demo"], {
      columns: 100,
      rows: 30,
      env: { ...lane.env, NO_COLOR: "1" },
    });
    await session.shows("VMs 40");
    session.pty.write("/scratch-1\rs");
    await session.shows("Start scratch-1: done");
    session.pty.write("q");
    expect(await session.exit).toBe(0);
    await lane.startDaemon();
  });
});
