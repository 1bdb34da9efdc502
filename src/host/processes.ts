/** Programs of the host, by argv and never through a shell. The only place that starts any. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { HutchError } from "../core/errors.ts";

export type RunOptions = {
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly onStdoutLine?: (line: string) => void;
  readonly onStderrLine?: (line: string) => void;
  /** The most that is kept of each output; what comes after it is read and dropped. */
  readonly maxBytes?: number;
  /** It may use the caller's terminal, and hears the Ctrl-C that is typed there; an abort ends it alone. */
  readonly atTerminal?: boolean;
};

/** `code` is null when a signal ended it; `timedOut` when that was ours. */
export type RunResult = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
};

const DEFAULT_MAX_BYTES = 4 * 1024 ** 2;
/** A program that was asked to end and does not within this time is killed. */
const GRACE_MS = 2_000;

/** Packages of the programs that hutch needs. */
const PACKAGES: Readonly<Record<string, string>> = {
  ssh: "openssh-client (Fedora, openSUSE: openssh-clients, Arch: openssh)",
  "ssh-keygen": "openssh-client (Fedora, openSUSE: openssh-clients, Arch: openssh)",
};

/**
 * Runs it to its end, whatever its exit code. An abort ends its whole process group and rejects with the signal's reason;
 * a time-out ends it and resolves: both with it alone, whoever else holds its outputs. E_HOST when the program is not
 * installed.
 */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { signal, timeoutMs, maxBytes = DEFAULT_MAX_BYTES, atTerminal = false } = options;
  signal?.throwIfAborted();
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { detached: !atTerminal, stdio: "pipe", env: { ...process.env, ...options.env } });
  let timedOut = false;
  const end = (): void => {
    if (atTerminal) child.kill();
    else endGroup(child);
    child.once("exit", () => letGo(child));
  };
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          end();
        }, timeoutMs);
  signal?.addEventListener("abort", end, { once: true });
  try {
    const stdout = new Output(maxBytes, options.onStdoutLine);
    const stderr = new Output(maxBytes, options.onStderrLine);
    child.stdout.on("data", (chunk: Buffer) => stdout.take(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.take(chunk));
    // A program may end without having read its input; that shows in its exit code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    const code = await ended(child, program);
    stdout.finish();
    stderr.finish();
    signal?.throwIfAborted();
    return { code, stdout: stdout.text, stderr: stderr.text, timedOut };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", end);
  }
}

/** `stdin` and `stdout` are the caller's to write and to read; `ended` tells how it went, and never rejects before it is looked at. */
export type Piped = {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly ended: Promise<Pick<RunResult, "code" | "stderr">>;
};

/** Starts it with its input and output in the caller's hands. An abort ends its whole process group. `ended` rejects with E_HOST when it is not installed. */
export function runPiped(argv: readonly string[], { signal }: Pick<RunOptions, "signal"> = {}): Piped {
  signal?.throwIfAborted();
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { detached: true, stdio: "pipe" });
  const end = (): void => endGroup(child);
  signal?.addEventListener("abort", end, { once: true });
  const stderr = new Output(DEFAULT_MAX_BYTES, undefined);
  child.stderr.on("data", (chunk: Buffer) => stderr.take(chunk));
  child.stdin.on("error", () => undefined);
  const ending = ended(child, program)
    .then((code) => {
      stderr.finish();
      return { code, stderr: stderr.text };
    })
    .finally(() => signal?.removeEventListener("abort", end));
  ending.catch(() => undefined);
  return { stdin: child.stdin, stdout: child.stdout, ended: ending };
}

/** A program on the caller's own terminal or pipes. */
export type Inherited = {
  /** Its exit code, 128 + n for signal n. Rejects with E_HOST when it is not installed. */
  readonly code: Promise<number>;
  kill(signal: NodeJS.Signals): void;
};

export function startInherited(argv: readonly string[]): Inherited {
  const [program = "", ...args] = argv;
  const child = spawn(program, args, { stdio: "inherit" });
  return {
    code: ended(child, program).then((code) => code ?? codeOfSignal(child.signalCode)),
    kill: (signal) => child.kill(signal),
  };
}

/** What a shell says of a program that a signal ended. */
export function codeOfSignal(signal: NodeJS.Signals | null): number {
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}

function ended(child: ChildProcess, program: string): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? notInstalled(program) : error),
    );
    child.once("close", (code) => resolve(code));
  });
}

/** ssh gives its outputs to the process of its shared connection, which keeps them for as long as the guest's command runs. */
function letGo({ stdout, stderr }: ChildProcess): void {
  stdout?.destroy();
  stderr?.destroy();
}

function endGroup(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  signalGroup(pid, "SIGTERM");
  const killer = setTimeout(() => signalGroup(pid, "SIGKILL"), GRACE_MS);
  child.once("close", () => clearTimeout(killer));
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Gone already.
  }
}

export function notInstalled(program: string): HutchError {
  return new HutchError({
    code: "E_HOST",
    message: `${program} is not installed on this host.`,
    next: [`Install the package ${PACKAGES[program] ?? program}.`],
  });
}

/** One output of a program: its beginning as text, and its lines as they come. */
class Output {
  text = "";
  readonly #maxBytes: number;
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #decoder = new StringDecoder("utf8");
  #kept = 0;
  #rest = "";

  constructor(maxBytes: number, onLine: ((line: string) => void) | undefined) {
    this.#maxBytes = maxBytes;
    this.#onLine = onLine;
  }

  take(chunk: Buffer): void {
    this.#add(this.#decoder.write(chunk));
  }

  finish(): void {
    this.#add(this.#decoder.end());
    if (this.#rest !== "") this.#onLine?.(this.#rest);
  }

  #add(text: string): void {
    const room = this.#maxBytes - this.#kept;
    if (room > 0) {
      this.text += text.slice(0, room);
      this.#kept += text.length;
    }
    if (this.#onLine === undefined) return;
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#onLine(line.replace(/\r$/, ""));
  }
}
