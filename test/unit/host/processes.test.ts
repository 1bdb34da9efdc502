import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { run } from "../../../src/host/processes.ts";

const sh = (script: string, ...args: readonly string[]) => ["sh", "-c", script, "sh", ...args];
const alive = (pid: string) =>
  existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");

describe("programs of the host", () => {
  it("get argv as it is, input and environment, and answer with code and outputs", async () => {
    const answer = await run(sh('cat; printf "%s|%s" "$1" "$V"; echo no >&2; exit 3', "a b'\"$x"), {
      input: "in ",
      env: { V: "v" },
    });
    expect(answer).toEqual({ code: 3, stdout: "in a b'\"$x|v", stderr: "no\n", timedOut: false });
  });

  it("are heard line by line, whole characters and the last line without an end included", async () => {
    const lines: string[] = [];
    const errors: string[] = [];
    await run(sh("printf 'a\\r\\n\\303'; sleep 0.05; printf '\\244b\\n\\nend'; echo e >&2"), {
      onStdoutLine: (line) => lines.push(line),
      onStderrLine: (line) => errors.push(line),
    });
    expect(lines).toEqual(["a", "äb", "", "end"]);
    expect(errors).toEqual(["e"]);
  });

  it("cannot fill the memory", async () => {
    const { stdout } = await run(sh("yes | head -c 1000000"), { maxBytes: 1000 });
    expect(stdout).toHaveLength(1000);
  });

  it("may end without reading their input", async () => {
    expect((await run(["true"], { input: "x".repeat(1_000_000) })).code).toBe(0);
  });

  it("are ended with all that they started when they are given up", async () => {
    const stop = new AbortController();
    let pid = "";
    const running = run(sh("sleep 60 & echo $!; wait"), {
      signal: stop.signal,
      onStdoutLine: (line) => {
        pid = line;
        stop.abort(new Error("given up"));
      },
    });
    await expect(running).rejects.toThrow("given up");
    expect(pid).toMatch(/^\d+$/);
    await expect.poll(() => alive(pid)).toBe(false);
  });

  it("are ended when their time is up, and that is told", async () => {
    expect(await run(["sleep", "60"], { timeoutMs: 50 })).toEqual({
      code: null,
      stdout: "",
      stderr: "",
      timedOut: true,
    });
  });

  it.each(["exec >&2", ":"])("that gave their outputs to another are not waited for any longer (%s)", async (where) => {
    const began = performance.now();
    const answer = await run(sh(`${where}; echo told; setsid sleep 5 & wait`), { timeoutMs: 200 });
    expect(answer).toMatchObject({ timedOut: true });
    expect(answer.stdout + answer.stderr).toBe("told\n");
    expect(performance.now() - began).toBeLessThan(3_000);
  });

  it("are not started when given up before", async () => {
    await expect(run(["sh", "-c", "echo x"], { signal: AbortSignal.abort(new Error("early")) })).rejects.toThrow(
      "early",
    );
  });

  it("that are not installed are named with their package", async () => {
    await expect(run(["hutch-no-such-program"])).rejects.toMatchObject({
      code: "E_HOST",
      message: expect.stringContaining("hutch-no-such-program"),
    });
  });
});
