import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CHECKOUT } from "../support/lane-namespace.ts";

/** A checkout with the real scripts, where everything that they start is a stub: no packages, npm and vitest by hand. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "t-scripts-test-"));
  for (const path of ["scripts", "test/support/sweep.ts"]) {
    cpSync(join(CHECKOUT, path), join(root, path), { recursive: true });
  }
  for (const family of ["apt", "dnf", "pacman", "zypper"]) writeFileSync(join(root, "scripts/packages", family), "");
  for (const folder of ["node/bin", "node-pty/build/Release", ".bin"]) {
    mkdirSync(join(root, "node_modules", folder), { recursive: true });
  }
  writeFileSync(join(root, "package-lock.json"), "");
  writeFileSync(join(root, "node_modules/node-pty/build/Release/pty.node"), "");
  for (const link of ["node/bin/node", ".bin/node"]) symlinkSync(process.execPath, join(root, "node_modules", link));
  writeFileSync(join(root, "package.json"), '{ "type": "module" }');
  stub("npm", "exit 0");
  vitest({ e2e: [{ numPassedTests: 2, numFailedTests: 0, testResults: [] }, 0] });
  writeFileSync(join(root, "node_modules/.package-lock.json"), "");
  // npm leaves its own list newer than the lock file.
  utimesSync(join(root, "package-lock.json"), 0, 0);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function stub(name: string, body: string): void {
  writeFileSync(join(root, "node_modules/.bin", name), `#!/bin/bash\n${body}\n`, { mode: 0o755 });
}

/** What vitest reports for a project, and its exit code; for others: one passed. */
function vitest(reports: Record<string, [report: object | null, code: number]>): void {
  const passed = { numPassedTests: 1, numFailedTests: 0, testResults: [] };
  const cases = Object.entries(reports).map(([project, [report, code]]) => {
    const file = join(root, `${project}.json`);
    writeFileSync(file, JSON.stringify(report));
    return `*"--project ${project} "*) ${report === null ? ":" : `cp ${file} "$report"`}; exit ${code} ;;`;
  });
  writeFileSync(join(root, "passed.json"), JSON.stringify(passed));
  const otherwise = `*) cp ${join(root, "passed.json")} "$report" ;;`;
  stub("vitest", `all="$*"\nreport=\${all##*json=}\ncase "$*" in\n${[...cases, otherwise].join("\n")}\nesac`);
}

function scriptsTest(): { code: number | null; last: string | undefined; stderr: string } {
  const { status, stdout, stderr } = spawnSync(join(root, "scripts/test"), {
    encoding: "utf8",
    env: { ...process.env, PATH: `${join(root, "node_modules/.bin")}:${process.env["PATH"]}` },
  });
  return { code: status, last: stdout.trimEnd().split("\n").at(-1), stderr };
}

describe("scripts/test", () => {
  it("adds up set-up, checks and every project, and ends with 0 when all passed", () => {
    expect(scriptsTest()).toMatchObject({ code: 0, last: "6 passed, 0 failed" });
  });

  it("counts each failed test and ends with 1", () => {
    vitest({ daemon: [{ numPassedTests: 3, numFailedTests: 2, testResults: [] }, 1] });
    expect(scriptsTest()).toMatchObject({ code: 1, last: "7 passed, 2 failed" });
  });

  it("counts a run that crashed, or failed without a failed test, as one", () => {
    vitest({ daemon: [null, 139], e2e: [{ numPassedTests: 4, numFailedTests: 0, testResults: [] }, 1] });
    const { code, last, stderr } = scriptsTest();
    expect({ code, last }).toEqual({ code: 1, last: "7 passed, 2 failed" });
    expect(stderr).toContain("Tests on private daemons: ended with exit code 139.");
  });

  it("goes on after a failed check, and stops where the set-up failed", () => {
    stub("npm", "[[ $* != *check* ]]");
    expect(scriptsTest()).toMatchObject({ code: 1, last: "5 passed, 1 failed" });
    stub("npm", "exit 1");
    expect(scriptsTest()).toMatchObject({ code: 1, last: "0 passed, 1 failed" });
  });
});
