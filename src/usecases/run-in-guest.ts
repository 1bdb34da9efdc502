/** One command in a VM with its output kept, for scripts. */
import { randomUUID } from "node:crypto";
import { HutchError } from "../core/errors.ts";
import type { RunOptions, RunResult } from "../core/requests.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { tellingSignals } from "../host/ssh/guest-command.ts";
import { MARK, passSignal } from "../host/ssh/pass-signal.ts";
import { SSH_FAILED, sshRun } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import { enter, unreached } from "./enter.ts";

/**
 * The guest runs exactly these words; one that is still starting is waited for. E_NOT_FOUND, E_CONFLICT (foreign, stopped),
 * E_GUEST when it cannot be reached, E_TIMEOUT; an abort rejects with the signal's reason. Both end the command by SIGTERM. A command that fails is no
 * error: look at its code.
 */
export async function runInGuest(
  ctx: Context,
  name: string,
  argv: readonly string[],
  { stdin, signal, timeoutMs }: RunOptions,
): Promise<RunResult> {
  if (argv.length === 0) throw new HutchError({ code: "E_USAGE", message: "There is no command to run." });
  const limit = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs);
  const signals = [signal, limit].filter((each) => each !== undefined);
  const stop = signals.length === 0 ? {} : { signal: AbortSignal.any(signals) };
  const mark = randomUUID();
  let reached: SshTarget | undefined;
  try {
    const { machine, target } = await enter(ctx, name, stop);
    reached = target;
    const answer = await sshRun(ctx.paths, target, tellingSignals(argv, { environment: { [MARK]: mark } }), {
      ...(stdin === undefined ? {} : { stdin }),
      ...stop,
    });
    if (answer.code === SSH_FAILED && isSshsOwn(answer.stderr)) throw unreached(machine.name, answer.stderr);
    return answer;
  } catch (error) {
    // Without ssh it would run on.
    if (reached !== undefined && stop.signal?.aborted === true) await passSignal(ctx.paths, reached, "SIGTERM", mark);
    if (limit?.aborted !== true || signal?.aborted === true) throw error;
    throw new HutchError({
      code: "E_TIMEOUT",
      message: `${argv[0]} in ${name} did not end within ${(timeoutMs ?? 0) / 1000} s.`,
    });
  }
}

/** A command may end with 255 too; ssh tells of its own failures in these words. */
function isSshsOwn(stderr: string): boolean {
  return /^(ssh: |kex_exchange|Connection (closed|reset|timed out)|Host key verification failed|.*: Permission denied \()/m.test(
    stderr,
  );
}
