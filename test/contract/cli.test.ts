/** The command line on the real library and libvirt's test driver. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hutch as run } from "../unit/cli/stand-in.ts";

const MAIN = join(import.meta.dirname, "../../src/main.ts");
const HUTCH = join(import.meta.dirname, "../../dist/hutch.js");
const HOME = mkdtempSync(join(tmpdir(), "hutch-cli-"));
const ENV = { PATH: process.env["PATH"] ?? "", HOME, HUTCH_CONNECT: "test:///default" };

afterAll(() => rmSync(HOME, { recursive: true, force: true }));

/** In this process, which is quicker; all but `main.ts` is the real thing. */
const hutch = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(argv, { env: { ...ENV, ...env }, library: () => import("../../src/index.ts") });

type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

/** A process of its own; with `deaf`, one whose output nobody reads. */
function hutchProcess(argv: readonly string[], deaf = false): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...argv], { env: ENV, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  if (deaf) child.stdout.destroy();
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

describe("a Node that is too old", () => {
  it("is told what it is, and with what hutch runs, before anything is loaded", () => {
    const old = 'Object.defineProperty(process.versions, "node", { value: "20.20.2" })';
    const { engines } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    const argv = ["--import", `data:text/javascript,${encodeURIComponent(old)}`, HUTCH, "launch"];
    const { status, stdout, stderr } = spawnSync(process.execPath, argv, { env: ENV, encoding: "utf8" });
    expect([status, stdout]).toEqual([6, ""]);
    expect(stderr).toContain(`needs Node ${engines.node.replace(">=", "")} or newer; this is 20.20.2.`);
    expect(stderr).toContain("→ Install a newer one");
    // What an old Node has not must not be imported by name: it would end before the first line is run.
    expect(readFileSync(HUTCH, "utf8")).not.toMatch(/import\s*\{[^}]*enableCompileCache/);
  });
});

describe("hutch on libvirt's test driver", () => {
  it("lists, and is silent on stderr", async () => {
    const { code, stdout, stderr } = await hutch(["list"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toBe(
      "NAME  STATE    ADDRESS  IMAGE  CPUS  MEMORY  ENGINE\ntest  running  -        -      -     -       -\n",
    );
  });

  it("lists as JSON with a version, in YAML, by name, as ndjson", async () => {
    const [json, name, ndjson, yaml] = await Promise.all(
      ["json", "name", "ndjson", "yaml"].map((format) => hutch(["list", "-o", format])),
    );
    expect(JSON.parse(json?.stdout ?? "")).toMatchObject({
      v: 1,
      machines: [{ name: "test", record: null, status: { power: "running" } }],
    });
    expect(name?.stdout).toBe("test\n");
    expect(JSON.parse(ndjson?.stdout ?? "")).toMatchObject({ v: 1, k: "result", machines: [{ name: "test" }] });
    expect(yaml?.stdout).toContain("  - uuid: ");
  });

  it("shows one VM", async () => {
    const { code, stdout } = await hutch(["info", "test", "-o", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ v: 1, machine: { name: "test", cpus: 2, memoryBytes: 2 * 1024 ** 3 } });
    expect((await hutch(["info", "test"])).stdout).toMatch(/^Name +test$/m);
  });

  it("does not know a VM, says which are near, and exits with 4", async () => {
    const { code, stdout, stderr } = await hutch(["info", "tset"]);
    expect([code, stdout]).toEqual([4, ""]);
    expect(stderr).toContain('Did you mean "test"?');
    const json = await hutch(["info", "tset", "-o", "json"]);
    expect(JSON.parse(json.stderr)).toMatchObject({ v: 1, error: { code: "E_NOT_FOUND", exitCode: 4 } });
    expect((await hutch(["start", "tset"])).code).toBe(4);
    expect((await hutch(["exec", "tset", "--", "ls"])).code).toBe(125);
  });

  it.each(["../etc", "1web", "web.local", "My VM", "-", "x".repeat(64)])(
    "refuses to make a VM named %j",
    async (name) => {
      const { code, stderr } = await hutch(["launch", `--name=${name}`]);
      expect(code).toBe(2);
      expect(stderr).toContain(name);
    },
  );

  it.each([
    [["--cpus", "100000"], 2],
    [["--memory", "16T"], 2],
    [["--memory", "1M"], 2],
    [["--disk", "1K"], 2],
    [["--cloud-init", "/nonexistent/user-data"], 3],
  ])("refuses %j with exit %i", async (flags, exit) => {
    const { code, stderr } = await hutch(["launch", "--name", "web", ...flags]);
    expect([code, stderr.includes(flags[0] ?? "")]).toEqual([exit, true]);
  });

  it("refuses user-data that cloud-init would not take", async () => {
    const file = join(HOME, "user-data");
    writeFileSync(file, "#cloud-config\npackages: [oops\n");
    expect((await hutch(["launch", "--name", "web", "--cloud-init", file])).code).toBe(3);
  });

  it("does not know an image, and says which are near", async () => {
    const { code, stderr } = await hutch(["launch", "debain-13"]);
    expect(code).toBe(4);
    expect(stderr).toContain("debian-13");
  });

  it("leaves alone what it did not make", async () => {
    expect((await hutch(["delete", "test", "--yes"])).code).toBe(5);
  });

  it("says what is wrong with the host", async () => {
    const { code, stderr } = await hutch(["list"], { HUTCH_CONNECT: "qemu+unix:///system?socket=/nonexistent/socket" });
    expect(code).toBe(6);
    expect(stderr).toContain("hutch doctor");
    expect((await hutch(["list", "-c", "nonsense"])).code).toBe(2);
  });

  it("answers hutch alone with 0, also where there is no libvirt to speak to", async () => {
    expect((await hutch([])).stdout).toBe("1 VM, 1 running, at test:///default\n");
    const broken = await hutch([], { HUTCH_CONNECT: "qemu+unix:///system?socket=/nonexistent/socket" });
    expect(broken.code).toBe(0);
    expect(broken.stderr).toContain("hutch --help");
  });
});

describe("hutch as a process", () => {
  it("has the output, the silence and the exit codes of its own", async () => {
    expect(await hutchProcess(["list", "-o", "name"])).toEqual({ code: 0, stdout: "test\n", stderr: "" });
    expect(await hutchProcess(["info", "tset"])).toMatchObject({ code: 4, stdout: "" });
  });

  it("tells its versions", async () => {
    const version = expect.stringMatching(/^\d+\.\d+\.\d+$/);
    const { stdout } = await hutchProcess(["version", "-o", "json"]);
    expect(JSON.parse(stdout)).toEqual({ v: 1, hutch: version, node: version, libvirt: version });
    expect((await hutchProcess(["--version"])).stdout).toMatch(/^hutch \d+\.\d+\.\d+\n$/);
  });

  it("ends quietly when nobody reads on", async () => {
    expect(await hutchProcess(["--help"], true)).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await hutchProcess(["list"], true)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});
