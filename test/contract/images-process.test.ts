import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it, vi } from "vitest";
import { run } from "../../images/process.ts";

const SOURCE = JSON.stringify(new URL("../../images/process.ts", import.meta.url).href);
const folder = mkdtempSync(join(tmpdir(), "hutch-process-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A zombie that nobody reaps has ended too. */
function lives(pid: string): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, "utf8"));
}

it("ends a program with the process that runs it, however that ends", async () => {
  const pidFile = join(folder, "pid");
  const argv = JSON.stringify(["sh", "-c", `echo $$ > "$1"; exec sleep 60`, "sh", pidFile]);
  const script = `const { run } = await import(${SOURCE}); await run(${argv});`;
  const runner = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
  const written = () => existsSync(pidFile) && readFileSync(pidFile, "utf8").endsWith("\n");
  await vi.waitUntil(written, { timeout: 10_000 });
  const pid = readFileSync(pidFile, "utf8").trim();
  expect(lives(pid)).toBe(true);
  runner.kill("SIGKILL");
  await vi.waitUntil(() => !lives(pid), { timeout: 5_000 }).finally(() => lives(pid) && process.kill(Number(pid)));
});

it("says that a program is not installed", async () => {
  await expect(run(["no-such-program", "x"])).rejects.toMatchObject({
    kind: "tools",
    message: "The program no-such-program is not installed.",
  });
});

it("gives a program's own exit code and words", async () => {
  const words = ["sh", "-c", "echo out; echo err >&2; exit 127"] as const;
  expect(await run(words)).toEqual({ code: 127, stdout: "out\n", stderr: "err" });
});

it.each([
  ["there is no setpriv", null],
  ["setpriv knows no such signal, as busybox's", "exit 1"],
])("runs programs as they are where %s", async (_, setpriv) => {
  const bin = mkdtempSync(join(folder, "bin-"));
  symlinkSync("/bin/echo", join(bin, "echo"));
  if (setpriv !== null) writeFileSync(join(bin, "setpriv"), `#!/bin/sh\n${setpriv}\n`, { mode: 0o755 });
  const script = `const { PROGRAM_PATH, run } = await import(${SOURCE});
    PROGRAM_PATH.splice(0, PROGRAM_PATH.length, ${JSON.stringify(bin)});
    console.log((await run(["echo", "here"])).stdout, await run(["true"]).catch(({ kind }) => kind));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(stdout).toBe("here\n tools\n");
});
