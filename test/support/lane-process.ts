import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { constants } from "node:os";

/** How a command ended; `code` is 128 + the signal's number when a signal ended it, as a shell has it. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type RunOptions = {
  readonly stdin?: string | Uint8Array;
  /** Beside, and before, what the lane sets. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Two minutes when omitted. The whole process group is killed then, and `done` fails with what was said so far. */
  readonly timeoutMs?: number;
  /** Kills the whole process group; `done` then tells how it ended. */
  readonly signal?: AbortSignal;
};

export type Running = {
  readonly child: ChildProcessWithoutNullStreams;
  /** To the whole process group, as a terminal's Ctrl-C does it. */
  kill(signal: NodeJS.Signals): void;
  readonly done: Promise<Ran>;
};

/** Starts argv as the leader of its own process group. Its standard input stays open unless `stdin` is given. */
export function start(argv: readonly string[], options: RunOptions & { env: Record<string, string> }): Running {
  const [program = "", ...args] = argv;
  const { timeoutMs = 120_000, signal } = options;
  const child = spawn(program, args, {
    detached: true,
    env: options.env,
    stdio: "pipe",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const kill = (name: NodeJS.Signals) => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has ended by itself.
    }
  };
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  }
  // A command may end without having read all of its input.
  child.stdin.on("error", () => undefined);
  if (options.stdin !== undefined) child.stdin.end(options.stdin);

  const done = new Promise<Ran>((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      kill("SIGKILL");
    }, timeoutMs);
    const abort = () => kill("SIGKILL");
    signal?.addEventListener("abort", abort, { once: true });
    child.once("error", reject);
    child.once("close", (code, name) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      if (late) {
        const tail = `${said.stdout}\n${said.stderr}`.slice(-4000);
        reject(new Error(`${argv.join(" ")} did not end in ${timeoutMs / 1000} s. It said:\n${tail}`));
      } else {
        resolve({ ...said, code: code ?? 128 + (name === null ? 0 : constants.signals[name]) });
      }
    });
  });
  // Whoever never looks at `done` must not be ended by it.
  done.catch(() => undefined);
  return { child, kill, done };
}

/** Runs argv to its end, without input unless it is given. */
export function run(argv: readonly string[], options: RunOptions & { env: Record<string, string> }): Promise<Ran> {
  return start(argv, { stdin: "", ...options }).done;
}
