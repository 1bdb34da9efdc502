/** A guest's command or shell on the caller's own terminal or pipes, and the signals that are meant for it. */
import { randomUUID } from "node:crypto";
import type { Paths } from "../paths.ts";
import { codeOfSignal, startInherited } from "../processes.ts";
import { type SshTarget, sshArgv } from "./command.ts";
import { tellingSignals } from "./guest-command.ts";
import { MARK, type PassedSignal, passSignal } from "./pass-signal.ts";
import { SSH_FAILED } from "./run.ts";

type SshPaths = Pick<Paths, "sshKey" | "knownHosts" | "sshControl">;

/** As long as `docker stop` gives a container. */
const GRACE_MS = 10_000;

/**
 * Runs argv, or the login shell when it is empty; resolves to the exit code. An abort, whose reason is the signal, passes
 * that on to the command; one that has not ended ten seconds later loses its connection. What the signal ended gives 128 + n.
 */
export async function sshInteractive(
  paths: SshPaths,
  target: SshTarget,
  argv: readonly string[],
  { tty, signal }: { readonly tty: boolean; readonly signal?: AbortSignal },
): Promise<number> {
  const mark = signal === undefined || argv.length === 0 ? null : randomUUID();
  const environment = mark === null ? {} : { [MARK]: mark };
  const command = argv.length === 0 ? [] : tellingSignals(argv, { tty, environment });
  const ssh = startInherited(sshArgv(paths, target, { argv: command, tty }));
  let passed: PassedSignal | null = null;
  let passing: Promise<void> | undefined;
  let grace: NodeJS.Timeout | undefined;

  const pass = async (): Promise<void> => {
    const sent: PassedSignal = signal?.reason === "SIGHUP" ? "SIGHUP" : "SIGTERM";
    passed = sent;
    grace = setTimeout(() => ssh.kill(sent), GRACE_MS);
    if (mark === null || !(await passSignal(paths, target, sent, mark))) ssh.kill(sent);
  };
  const onAbort = (): void => {
    passing = pass();
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted === true) onAbort();
  try {
    const code = await ssh.code;
    // A signal to the whole process group ends ssh at once; the command has still to get its own.
    await passing;
    return passed !== null && code === SSH_FAILED ? codeOfSignal(passed) : code;
  } finally {
    clearTimeout(grace);
    signal?.removeEventListener("abort", onAbort);
  }
}
