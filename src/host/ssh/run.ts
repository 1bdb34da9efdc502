/** Commands in a guest, over ssh. */
import type { Paths } from "../paths.ts";
import { run } from "../processes.ts";
import { type SshTarget, sshArgv } from "./command.ts";

type SshPaths = Pick<Paths, "sshKey" | "knownHosts" | "sshControl">;

export type SshOptions = {
  readonly stdin?: string | Uint8Array;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Each line of the standard output as it comes: untrusted, as the guest wrote it. */
  readonly onLine?: (line: string) => void;
};
export type SshAnswer = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** What ssh answers when it is ssh itself that failed. */
export const SSH_FAILED = 255;
/** More than any script of ours prints; a guest cannot fill the host's memory. */
const MOST_BYTES = 4 * 1024 ** 2;

/**
 * Resolves to the command's exit code; 255 is ssh's own failure (not reached, not let in, wrong host key) or the end of
 * `timeoutMs`. An abort rejects with the signal's reason.
 */
export async function sshRun(
  paths: SshPaths,
  target: SshTarget,
  argv: readonly string[],
  options: SshOptions = {},
): Promise<SshAnswer> {
  const { stdin, signal, timeoutMs, onLine } = options;
  const answer = await run(sshArgv(paths, target, { argv, tty: false }), {
    maxBytes: MOST_BYTES,
    ...(stdin === undefined ? {} : { input: stdin }),
    ...(signal === undefined ? {} : { signal }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(onLine === undefined ? {} : { onStdoutLine: onLine }),
  });
  return {
    code: answer.code ?? SSH_FAILED,
    stdout: answer.stdout,
    stderr: answer.timedOut ? `${answer.stderr}No answer in time.` : answer.stderr,
  };
}

/** Lines of a command's output while it runs; ends with the command, or at an abort. Leaving the loop ends the command. */
export async function* sshLines(
  paths: SshPaths,
  target: SshTarget,
  argv: readonly string[],
  options: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<string> {
  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([options.signal, left.signal]);
  const lines: string[] = [];
  let wake = (): void => undefined;
  let failure: unknown;
  let running = true;
  const done = sshRun(paths, target, argv, {
    signal,
    onLine: (line) => {
      lines.push(line);
      wake();
    },
  })
    .catch((error: unknown) => {
      if (!signal.aborted) failure = error;
    })
    .finally(() => {
      running = false;
      wake();
    });
  try {
    while (running || lines.length > 0) {
      yield* lines.splice(0);
      if (running && lines.length === 0)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
    if (failure !== undefined) throw failure;
  } finally {
    left.abort();
    await done;
  }
}
