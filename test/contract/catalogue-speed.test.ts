import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

const HUTCH = join(import.meta.dirname, "../../dist/hutch.js");
const ROUNDS = 7;
/** What `--help` takes on a machine like CI's: the figure is scaled by how much slower this one is. */
const HELP_MS = 40;

const folder = mkdtempSync(join(tmpdir(), "hutch-speed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Of the CPU, which other tests at the same time take nothing of: on an idle machine it is the time that passes. */
const report = join(folder, "report.cjs");
writeFileSync(
  report,
  `process.on("exit", () => {
     const { user, system } = process.cpuUsage();
     require("node:fs").writeSync(2, "CPU " + (user + system) / 1000 + "\\n");
   });`,
);

function cpuMs(...args: readonly string[]): number {
  const { status, stderr } = spawnSync(process.execPath, ["--require", report, HUTCH, ...args], { encoding: "utf8" });
  expect(status).toBe(0);
  return Number(/^CPU ([\d.]+)$/m.exec(stderr)?.[1]);
}

it("lists the catalogue, offline, within 100 ms over --help", () => {
  const [help, find] = [[] as number[], [] as number[]];
  for (let round = 0; round < ROUNDS; round++) {
    help.push(cpuMs("--help"));
    find.push(cpuMs("image", "find", "--connect", "test:///default"));
  }
  const [least, ours] = [Math.min(...help), Math.min(...find)];
  expect(ours - least).toBeLessThanOrEqual(100 * Math.max(1, least / HELP_MS));
});
