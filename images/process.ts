import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { ImageError } from "./errors.ts";

export type RunOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with each line of the program's stderr. */
  readonly onLine?: (line: string) => void;
  /** An open file that the program finds as its descriptor 3. */
  readonly fd3?: number;
};

export type RunResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

const STDOUT_MAX = 4 * 1024 * 1024;
const STDERR_LINES = 40;

/** Where system administration programs live: not on every user's PATH. */
export const PROGRAM_PATH = [process.env["PATH"] ?? "", "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/**
 * Runs a program by its argument vector, in a process group of its own and with the C locale, and waits for it.
 *
 * Returns what it printed (of stderr the last lines) whatever its exit code. Fails with `tools` when the program does not
 * exist, `program` when it was killed or took longer than `timeoutMs`, `cancelled` when the signal fired: the whole group is
 * then killed and has ended before this returns.
 */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const [program, ...args] = argv;
  const { signal, timeoutMs, onLine, fd3 } = options;
  if (signal?.aborted) throw new ImageError("cancelled", `${program} was cancelled.`);

  const child = spawn(program, args, {
    stdio: ["ignore", "pipe", "pipe", fd3 ?? "ignore"],
    detached: true,
    env: { ...process.env, LC_ALL: "C", ...options.env, PATH: PROGRAM_PATH.filter((part) => part !== "").join(":") },
  });
  let ended: "cancelled" | "timeout" | undefined;
  const stop = (reason: "cancelled" | "timeout"): void => {
    ended ??= reason;
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group has ended by itself.
    }
  };
  const onAbort = (): void => stop("cancelled");
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop("timeout"), timeoutMs);

  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    if (stdout.length < STDOUT_MAX) stdout += text;
  });
  const tail: string[] = [];
  if (child.stderr !== null) {
    createInterface({ input: child.stderr }).on("line", (line) => {
      tail.push(line);
      if (tail.length > STDERR_LINES) tail.shift();
      onLine?.(line);
    });
  }

  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (ended === "cancelled") throw new ImageError("cancelled", `${program} was cancelled.`);
    if (ended === "timeout") throw new ImageError("program", `${program} did not end within ${timeoutMs} ms.`);
    if (code === null) throw new ImageError("program", `${program} was killed.`, { why: tail.join("\n") });
    return { code, stdout, stderr: tail.join("\n") };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new ImageError("tools", `The program ${program} is not installed.`, { cause: error });
    }
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
