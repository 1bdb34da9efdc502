import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { count } from "../../scripts/lib/count-results.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const SCRIPTS = join(ROOT, "scripts");
const FAMILIES = readdirSync(join(SCRIPTS, "packages"));
const work = mkdtempSync(join(tmpdir(), "t-scripts-"));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function run(argv: readonly string[], env: Record<string, string> = {}) {
  const [program = "", ...args] = argv;
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: SCRIPTS,
    encoding: "utf8",
    input: "",
    env: { PATH: process.env["PATH"] ?? "", HOME: work, ...env },
  });
  return { code: status, stdout, stderr };
}

/** Runs a command with these libraries read; `path` replaces the search path afterwards. */
function inBash(libraries: readonly string[], command: string, env: Record<string, string> = {}, path?: string) {
  const read = libraries.map((name) => `. lib/${name}.sh; `).join("");
  return run(["/bin/bash", "-c", `set -euo pipefail; ${read}PATH=\${0:-$PATH}; ${command}`, path ?? ""], env);
}

/** A folder with executables of these names, which do nothing. */
function programs(...names: readonly string[]): string {
  const folder = mkdtempSync(join(work, "path-"));
  for (const name of names) {
    writeFileSync(join(folder, name), "#!/bin/sh\n");
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

function shellFiles(): readonly string[] {
  const folders = [".ci", "scripts", "test", "images", "cloud-init"];
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => file.endsWith(".sh") || /^#!.*\b(ba)?sh\b/.test(readFileSync(file, "latin1").slice(0, 40))),
  );
}

describe("every shell file", () => {
  it("is clean to shellcheck", () => {
    expect(shellFiles().length).toBeGreaterThan(10);
    expect(run(["shellcheck", "--external-sources", ...shellFiles()])).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe.each(["quickstart", "uninstall", "test"])("scripts/%s", (script) => {
  it("says how it is used", () => {
    const { code, stdout } = run([join(SCRIPTS, script), "--help"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^usage: scripts/${script}\\b`));
  });

  it("refuses what it does not know, before it does anything", () => {
    const { code, stdout, stderr } = run([join(SCRIPTS, script), "--frobnicate"]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^usage: /);
  });
});

describe("the package manager", () => {
  const found = (...names: string[]) => inBash(["packages"], "package_manager", {}, programs(...names));

  it.each([
    [["apt-get"], "apt"],
    [["dnf"], "dnf"],
    [["zypper"], "zypper"],
    [["pacman"], "pacman"],
    [["apt-get", "dnf"], "apt"],
  ])("is, with %j on the path, %s", (names, family) => {
    expect(found(...names)).toEqual({ code: 0, stdout: `${family}\n`, stderr: "" });
  });

  it("is none of those that are not there", () => {
    expect(found("emerge")).toMatchObject({ code: 1, stdout: "" });
  });

  it("is asked only for what is missing, once, and that is written down", () => {
    const folder = programs("apt-get");
    // `dpkg-query` knows one package; `apt-get` writes down what it is asked for.
    const asked = join(folder, "asked");
    writeFileSync(join(folder, "dpkg-query"), '#!/bin/sh\n[ "$4" = tmux ] && printf installed\n', { mode: 0o755 });
    writeFileSync(join(folder, "apt-get"), `#!/bin/sh\necho "$@" >>${asked}\n`, { mode: 0o755 });
    writeFileSync(join(folder, "sudo"), '#!/bin/sh\nshift\nexec "$@"\n', { mode: 0o755 });
    for (const name of ["env", "uname", "awk", "grep", "dirname", "mkdir", "touch"]) {
      symlinkSync(run(["/bin/bash", "-c", `command -v ${name}`]).stdout.trim(), join(folder, name));
    }
    const state = { XDG_STATE_HOME: join(folder, "state") };
    const { code } = inBash(["say", "ledger", "packages"], "install_groups test", state, folder);
    expect(code).toBe(0);
    const [update, install] = readFileSync(asked, "utf8").trim().split("\n");
    expect(update).toBe("update -q");
    expect(install).toMatch(/^install -q -y --no-install-recommends .*\bslirp4netns\b/);
    expect(install).not.toMatch(/\btmux\b/);
    const ledger = readFileSync(join(state.XDG_STATE_HOME, "hutch/quickstart.state"), "utf8");
    expect(ledger).toContain("package apt slirp4netns\n");
    expect(ledger).not.toContain("tmux");
  });

  it.each(FAMILIES)("%s has QEMU for both machines, libvirt and npm", (family) => {
    for (const [machine, qemu] of [
      ["x86_64", /^qemu-(system-x86|kvm|base|x86)$/m],
      ["aarch64", /^qemu-(system-arm|kvm|system-aarch64|arm)$/m],
    ] as const) {
      const { stdout } = inBash(["packages"], `packages_of ${family} ${machine} run node`);
      expect(stdout).toMatch(qemu);
      expect(stdout).toMatch(/^libvirt/m);
      expect(stdout).toMatch(/^npm/m);
    }
  });
});

describe("the ledger", () => {
  const state = { XDG_STATE_HOME: join(work, "state") };
  const file = join(work, "state/hutch/quickstart.state");
  const ledger = (command: string) => inBash(["ledger"], command, state);

  it("keeps each line once, tells the newest first, and goes away when it is empty", () => {
    expect(ledger("ledger_list vm")).toEqual({ code: 0, stdout: "", stderr: "" });
    ledger("ledger_add vm a 1; ledger_add pool hutch; ledger_add vm b 2; ledger_add vm a 1");
    expect(ledger("ledger_list vm").stdout).toBe("b 2\na 1\n");
    expect(ledger("ledger_has vm a 1").code).toBe(0);
    expect(ledger("ledger_has vm a").code).toBe(1);
    ledger("ledger_drop vm a 1; ledger_drop vm c 3");
    expect(readFileSync(file, "utf8")).toBe("pool hutch\nvm b 2\n");
    ledger("ledger_drop pool hutch; ledger_drop vm b 2");
    expect(existsSync(join(work, "state/hutch"))).toBe(false);
  });
});

describe("scripts/uninstall", () => {
  it("has nothing to do where quickstart did nothing", () => {
    const { code, stderr } = run([join(SCRIPTS, "uninstall")], { XDG_STATE_HOME: join(work, "empty") });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "quickstart has changed nothing here.\n" });
  });

  it("tells what it would do, and does nothing, when there is nobody to ask", () => {
    const state = join(work, "asked");
    mkdirSync(join(state, "hutch"), { recursive: true });
    const file = join(state, "hutch/quickstart.state");
    writeFileSync(file, "package apt tmux\nvm web 0\n");
    const { code, stderr } = run([join(SCRIPTS, "uninstall")], { XDG_STATE_HOME: state });
    expect(code).toBe(1);
    expect(stderr).toBe("To be taken back:\n  vm web 0\nerror: nobody to ask here: say --yes\n");
    expect(readFileSync(file, "utf8")).toBe("package apt tmux\nvm web 0\n");
  });
});

describe("the count of tests", () => {
  const test = (status: string) => ({ status });

  it("adds up tests, and files that could not be loaded", () => {
    expect(
      count({
        numPassedTests: 2,
        numFailedTests: 1,
        testResults: [
          { status: "passed", assertionResults: [test("passed")] },
          { status: "failed", assertionResults: [test("passed"), test("failed")] },
          { status: "failed", assertionResults: [] },
        ],
      }),
    ).toEqual({ passed: 2, failed: 2 });
  });
});
