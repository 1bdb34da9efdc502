/** A signal for a command in a guest. */
import { guestScript } from "#cloud-init";
import type { Paths } from "../paths.ts";
import type { SshTarget } from "./command.ts";
import { sshRun } from "./run.ts";

type SshPaths = Pick<Paths, "sshKey" | "knownHosts" | "sshControl">;

/** What may end it from outside; Ctrl-C reaches the guest through the terminal. */
export type PassedSignal = "SIGTERM" | "SIGHUP";

/** The variable that `pass-signal.sh` knows a command by. */
export const MARK = "HUTCH_EXEC";
const LIMIT_MS = 5_000;

/** ssh itself has no way to send one that a server must heed: a second command does it. False when it did not get there. */
export async function passSignal(
  paths: SshPaths,
  target: SshTarget,
  signal: PassedSignal,
  mark: string,
): Promise<boolean> {
  const argv = ["sudo", "-n", "sh", "-s", signal.slice("SIG".length), mark];
  const answer = await sshRun(paths, target, argv, { stdin: guestScript("pass-signal.sh"), timeoutMs: LIMIT_MS });
  return answer.code === 0;
}
