import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { PassThrough, type Readable } from "node:stream";
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

const environment = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...process.env,
  LC_ALL: "C",
  ...more,
  PATH: PROGRAM_PATH.filter((part) => part !== "").join(":"),
});

/** What a program is run by so that the kernel ends it when we end, however that is: `kill -9` leaves us no time to. */
const WITH_US = ["setpriv", "--pdeathsig", "KILL", "--"] as const;
/** What setpriv ends with where it finds no such program, as a shell does. */
const NO_SUCH_PROGRAM = 127;
let withUs: Promise<readonly string[]> | undefined;

/** Empty where there is no setpriv, or one that cannot, as busybox's: programs then outlive us as ever. */
function endingWithUs(): Promise<readonly string[]> {
  withUs ??= new Promise((resolve) => {
    const [setpriv, ...args] = [...WITH_US, "true"] as const;
    spawn(setpriv, args, { stdio: "ignore", env: environment() })
      .once("error", () => resolve([]))
      .once("close", (code) => resolve(code === 0 ? WITH_US : []));
  });
  return withUs;
}

/**
 * A program as a filter: `input` goes in, what it prints comes out. The stream fails with what `failure` makes of its last
 * words, or of `missing` when there is no such program; with `cancelled` when the signal fires. Destroying it ends the program.
 */
export function programStream(
  argv: readonly [string, ...string[]],
  input: Readable,
  { signal }: Pick<RunOptions, "signal">,
  failure: (why: string) => ImageError,
): Readable {
  const [program, ...args] = argv;
  const child = spawn(program, args, { stdio: "pipe", env: environment() });
  const output = new PassThrough();
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-1000);
  });
  const stop = (): void => void child.kill("SIGKILL");
  const onAbort = (): void => void output.destroy(new ImageError("cancelled", `${program} was cancelled.`));
  signal?.addEventListener("abort", onAbort, { once: true });
  output.once("close", () => {
    signal?.removeEventListener("abort", onAbort);
    stop();
  });
  input.once("error", (error) => output.destroy(error));
  // A program that ends early closes its input; that shows in its exit code.
  child.stdin.on("error", () => undefined);
  input.pipe(child.stdin);
  child.stdout.pipe(output, { end: false });
  child.once("error", (error) => {
    const isMissing = "code" in error && error.code === "ENOENT";
    output.destroy(failure(isMissing ? "missing" : error.message));
  });
  child.once("close", (code) => {
    // What is broken behind a first whole stream bzip2 takes for garbage, and ends with 0.
    if (code === 0 && !/trailing garbage/.test(said)) output.end();
    else output.destroy(failure(firstLine(said) || `${program} ended with ${code}.`));
  });
  return output;
}

/** The fault; what may follow it is advice about the program's own flags. */
function firstLine(said: string): string {
  return said.trim().split("\n")[0] ?? "";
}

/**
 * Runs a program by its argument vector, in a process group of its own and with the C locale, and waits for it. When we
 * end, it ends.
 *
 * Returns what it printed (of stderr the last lines) whatever its exit code. Fails with `tools` when the program does not
 * exist, `program` when it was killed or took longer than `timeoutMs`, `cancelled` when the signal fired: the whole group is
 * then killed and has ended before this returns.
 */
export async function run(argv: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const [program] = argv;
  const { signal, timeoutMs, onLine, fd3 } = options;
  const before = await endingWithUs();
  const [first = program, ...args] = [...before, ...argv];
  if (signal?.aborted) throw new ImageError("cancelled", `${program} was cancelled.`);

  const child = spawn(first, args, {
    stdio: ["ignore", "pipe", "pipe", fd3 ?? "ignore"],
    detached: true,
    env: environment(options.env),
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
    const stderr = tail.join("\n");
    if (code === null) throw new ImageError("program", `${program} was killed.`, { why: stderr });
    if (code === NO_SUCH_PROGRAM && before.length > 0 && stderr.startsWith(`${first}: `)) throw notInstalled(program);
    return { code, stdout, stderr };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") throw notInstalled(program, error);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function notInstalled(program: string, cause?: Error): ImageError {
  return new ImageError("tools", `The program ${program} is not installed.`, { cause });
}
