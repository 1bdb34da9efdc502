import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FileLock, LockTimeout } from "../../ffi/index.ts";

const INDEX = new URL("../../ffi/index.ts", import.meta.url).href;

describe("FileLock", () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hutch-lock-"));
    path = join(folder, "lock");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("is held by one at a time, also within a process", () => {
    const first = FileLock.tryAcquire(path);
    expect(first?.path).toBe(path);
    expect(FileLock.tryAcquire(path)).toBeNull();
    first?.[Symbol.dispose]();
    first?.[Symbol.dispose]();
    const second = FileLock.tryAcquire(path);
    expect(second).not.toBeNull();
    second?.[Symbol.dispose]();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is waited for, and comes when it is released", async () => {
    const first = await FileLock.acquire(path);
    const second = FileLock.acquire(path, { timeoutMs: 10_000 });
    setTimeout(() => first[Symbol.dispose](), 30);
    (await second)[Symbol.dispose]();
  });

  it("is not waited for longer than asked, nor after an abort", async () => {
    const held = await FileLock.acquire(path);
    await expect(FileLock.acquire(path, { timeoutMs: 20 })).rejects.toBeInstanceOf(LockTimeout);
    const abort = new AbortController();
    const waiting = FileLock.acquire(path, { signal: abort.signal });
    abort.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    held[Symbol.dispose]();
  });

  it("ends with the process that held it, even by kill -9", async () => {
    const script = `
      import { FileLock } from ${JSON.stringify(INDEX)};
      await FileLock.acquire(process.argv[1]);
      console.log("held");
      setInterval(() => undefined, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    expect(FileLock.tryAcquire(path)).toBeNull();
    child.kill("SIGKILL");
    (await FileLock.acquire(path, { timeoutMs: 10_000 }))[Symbol.dispose]();
  });

  it("fails with the file system's own error where it cannot be", () => {
    expect(() => FileLock.tryAcquire(join(folder, "no", "such"))).toThrow(expect.objectContaining({ code: "ENOENT" }));
  });
});
