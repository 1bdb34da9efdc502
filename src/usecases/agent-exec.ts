/** One command in a VM through its guest agent: no network, no ssh, no login; it runs as root. */
import type { AgentExecOptions } from "../core/enter.ts";
import { HutchError } from "../core/errors.ts";
import { type AgentEnd, type AgentTarget, finishedProcess, killProcess, startProcess } from "../host/guest-agent.ts";
import { findMachine } from "../host/machines.ts";
import type { Context } from "./context.ts";
import { assertRuns, ownedBy } from "./guest.ts";

const FIRST_LOOK_MS = 20;
const LAST_LOOK_MS = 500;

/**
 * Runs argv as it is, without a shell, and resolves to its exit code: 128 + n for signal n. Input and output go over as a
 * whole, at most 2 MiB and 3 MiB. E_NOT_FOUND, E_CONFLICT (foreign, stopped), E_GUEST (no agent, or it may not run commands).
 */
export async function execByAgent(
  ctx: Context,
  name: string,
  argv: readonly string[],
  { input, onOutput, signal }: AgentExecOptions,
): Promise<number> {
  const machine = ownedBy(await findMachine(ctx.client, name));
  assertRuns(machine);
  const target: AgentTarget = { client: ctx.client, uuid: machine.uuid, name: machine.name };
  const ended = await runByAgent(target, argv, { input, signal });
  if (ended.stdout.length > 0) await onOutput("stdout", ended.stdout);
  if (ended.stderr.length > 0) await onOutput("stderr", ended.stderr);
  return ended.code;
}

/** The same for a VM that is known to run. An abort asks the command to end, and fails with E_CANCELLED. */
export async function runByAgent(
  target: AgentTarget,
  argv: readonly string[],
  { input, signal }: { readonly input?: Uint8Array | undefined; readonly signal?: AbortSignal | undefined },
): Promise<AgentEnd> {
  const pid = await startProcess(target, argv, input ?? new Uint8Array());
  let pause = FIRST_LOOK_MS;
  for (;;) {
    if (signal?.aborted === true) {
      await killProcess(target, pid);
      throw new HutchError({ code: "E_CANCELLED", message: `The command in ${target.name} was asked to end.` });
    }
    const ended = await finishedProcess(target, pid);
    if (ended !== null) return ended;
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 2, LAST_LOOK_MS);
  }
}
