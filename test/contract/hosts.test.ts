/** Hosts with names, on the real library: each `test:///file.xml` is a host of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startMuteServer } from "../support/mute-server.ts";
import { writeTestHost } from "../support/test-host.ts";
import { hutch as run } from "../unit/cli/stand-in.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");

let home = "";
let file = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "hutch-hosts-"));
  file = join(home, ".config/hutch/config.yaml");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const hutch = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(argv, { env: { HOME: home, ...env }, library: () => import("../../src/index.ts") });

/** Of its own, for what matters is that it ends. */
async function hutchProcess(argv: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...argv], {
    env: { HOME: home, PATH: process.env["PATH"] ?? "" },
    stdio: ["ignore", "pipe", "ignore"],
    timeout: 40_000,
  });
  let stdout = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  const [status] = await once(child, "close");
  return { stdout, status };
}

const configured = (text: string) => {
  mkdirSync(join(home, ".config/hutch"), { recursive: true });
  writeFileSync(file, text);
};

describe("hosts with names", () => {
  it("are added, made the default and forgotten; everything else in the file stays", async () => {
    configured("# mine\nimage: debian-12 # good enough\n");
    const attic = writeTestHost(home, "attic", ["web"]);
    const cellar = writeTestHost(home, "cellar", ["db"]);
    await hutch(["host", "add", "attic", attic]);
    await hutch(["host", "add", "cellar", cellar]);
    await hutch(["host", "use", "cellar"]);
    expect(readFileSync(file, "utf8")).toBe(
      `# mine\nimage: debian-12 # good enough\nhosts:\n  attic: ${attic}\n  cellar: ${cellar}\nconnect: cellar\n`,
    );
    const { stdout } = await hutch(["host", "ls"]);
    expect(stdout).toBe(`NAME    DEFAULT  URI\nattic   no       ${attic}\ncellar  yes      ${cellar}\n`);
    expect((await hutch(["list", "-o", "name"])).stdout).toBe("db\n");
    expect((await hutch(["-c", "attic", "list", "-o", "name"])).stdout).toBe("web\n");
    expect((await hutch(["list", "-o", "name"], { HUTCH_CONNECT: "attic" })).stdout).toBe("web\n");
    await hutch(["host", "rm", "attic"]);
    expect(readFileSync(file, "utf8")).not.toContain("attic");
  });

  it("tell which place decides where another wins over the file", async () => {
    await hutch(["host", "add", "attic", "test:///default"]);
    const { stderr } = await hutch(["host", "use", "attic"], { HUTCH_CONNECT: "xen:///system" });
    expect(stderr).toContain("$HUTCH_CONNECT wins: xen:///system");
    const { stdout } = await hutch(["host", "ls", "-o", "json"], { HUTCH_CONNECT: "xen:///system" });
    expect(JSON.parse(stdout)).toEqual({
      v: 1,
      hosts: [{ name: "attic", uri: "test:///default", isDefault: false }],
      defaultUri: "xen:///system",
      defaultFrom: "$HUTCH_CONNECT",
    });
  });

  it("show what they have", async () => {
    await hutch(["host", "add", "attic", writeTestHost(home, "attic", ["web", "db"])]);
    const { stdout } = await hutch(["host", "info", "attic"]);
    expect(stdout).toMatch(/libvirt +\d+\.\d+\.\d+, TEST/);
    expect(stdout).toMatch(/VMs +2, 2 running/);
    expect(JSON.parse((await hutch(["host", "info", "attic", "-o", "json"])).stdout)).toMatchObject({
      host: { driver: "TEST", pool: null },
      machines: 2,
    });
  });

  it.each([
    [["host", "add", "my.nas", "test:///default"], 2, "cannot be the name of a host"],
    [["host", "add", "all", "test:///default"], 2, "stands for every host"],
    [["host", "add", "nas", "nas.lan"], 2, '"nas.lan" is no libvirt URI'],
    [["host", "add", "attic", "xen:///system"], 5, "attic is test:///default already"],
    [["host", "use", "atic"], 4, 'Did you mean "attic"?'],
    [["host", "rm", "nas"], 4, 'There is no host "nas"'],
    [["host", "rm", "attic"], 5, "attic is the default host"],
    [["-c", "atic", "list"], 2, 'Did you mean "attic"?'],
    [["host", "info", "nas"], 2, "hutch host add nas"],
  ])("refuse %j with %d, and the file stays", async (argv, exitCode, words) => {
    const before = "connect: attic\nhosts:\n  attic: test:///default\n";
    configured(before);
    const { code, stderr } = await hutch(argv);
    expect([code, stderr]).toEqual([exitCode, expect.stringContaining(words)]);
    expect(readFileSync(file, "utf8")).toBe(before);
  });

  it("say which line of the file cannot be meant", async () => {
    configured("hosts:\n  attic: 3\n");
    const { code, stderr } = await hutch(["host", "ls"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('config.yaml:2: "attic" must be a text')]);
  });

  it("are completed, for --connect too", async () => {
    configured("hosts:\n  attic: test:///default\n  nas: qemu+ssh://nas/system\n");
    const candidates = async (...words: string[]) => (await hutch(["__complete", ...words])).stdout;
    expect(await candidates("host", "use", "")).toBe("attic\ttest:///default\nnas\tqemu+ssh://nas/system\n");
    expect(await candidates("--connect", "n")).toBe("nas\tqemu+ssh://nas/system\n");
    expect(await candidates("-c", "a")).toBe("attic\ttest:///default\n");
    configured("connect: nas\nhosts:\n  nas: qemu+ssh://nas/system\n");
    expect(await candidates("-c", "n")).toBe("nas\tqemu+ssh://nas/system\n");
  });
});

describe("hutch without a screen", () => {
  it("says how each host does, waits for none that is silent, and ends", async () => {
    using mute = await startMuteServer();
    const attic = writeTestHost(home, "attic", ["web", "db"]);
    configured(
      `connect: attic\nhosts:\n  attic: ${attic}\n  gone: qemu+unix:///system?socket=${home}/none\n  hole: ${mute.uri}\n`,
    );
    const { stdout, status } = await hutchProcess([]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^attic +2 VMs, 2 running\ngone +away: .+\nhole +away: no answer in 5 s\n$/);
    const json = await hutchProcess(["-o", "json"]);
    expect(JSON.parse(json.stdout)).toMatchObject({
      v: 1,
      hosts: [
        { name: "attic", uri: attic, machines: 2, running: 2, trashed: 0 },
        { name: "gone", error: expect.any(String) },
        { name: "hole", error: "no answer in 5 s" },
      ],
    });
  });

  it("says how the one of --connect does, and the default beside the named", async () => {
    const [attic, cellar] = [writeTestHost(home, "attic", ["web"]), writeTestHost(home, "cellar", [])];
    configured(`connect: attic\nhosts:\n  attic: ${attic}\n`);
    expect((await hutch([])).stdout).toBe(`1 VM, 1 running, at ${attic}\n`);
    configured(`connect: ${cellar}\nhosts:\n  attic: ${attic}\n`);
    expect((await hutch(["-o", "json"])).stdout).toContain(`"name": "${cellar}"`);
    expect((await hutch(["-c", "attic"])).stdout).toBe(`1 VM, 1 running, at ${attic}\n`);
    expect((await hutch([], { HUTCH_CONNECT: "attic" })).stdout).toBe(`1 VM, 1 running, at ${attic}\n`);
  });
});
