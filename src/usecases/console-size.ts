/** How the guest's end of a serial console learns the size of a window: through its agent, else by ssh. */
import type { WindowSize } from "../core/enter.ts";
import { isActive } from "../core/machine/status.ts";
import { consoleLine } from "../host/console-line.ts";
import type { AgentTarget } from "../host/guest-agent.ts";
import { findMachineByUuid } from "../host/machines.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { sshRun } from "../host/ssh/run.ts";
import { runByAgent } from "./agent-exec.ts";
import type { Context } from "./context.ts";
import { ownedBy, sshTargetOf } from "./guest.ts";

/** Nobody waits for it: an agent or a network that is slower than that is given up. */
const PATIENCE_SECONDS = 5;

type Ways = {
  readonly tty: string;
  readonly agent: AgentTarget | null;
  readonly target: SshTarget | null;
};

/** Whether there is a way that could be tried; one that others made has none. Never fails. */
export async function canResizeConsole(ctx: Context, uuid: string): Promise<boolean> {
  return (await waysIn(ctx, uuid).catch(() => null)) !== null;
}

/** Resolves to whether the guest took it. Never fails, an abort included. */
export async function resizeConsole(
  ctx: Context,
  uuid: string,
  { rows, columns }: WindowSize,
  signal: AbortSignal,
): Promise<boolean> {
  // Looked for each time: an agent comes later than a console, and goes with a restart.
  const ways = await waysIn(ctx, uuid).catch(() => null);
  if (ways === null) return false;
  const { tty, agent, target } = ways;
  const argv = ["stty", "-F", tty, "rows", `${rows}`, "cols", `${columns}`];
  if (agent !== null && (await runByAgent(agent, argv, { signal }).catch(() => null))?.code === 0) return true;
  if (target === null || signal.aborted) return false;
  const how = { signal, timeoutMs: PATIENCE_SECONDS * 1_000 };
  const answer = await sshRun(ctx.paths, target, ["sudo", "-n", ...argv], how).catch(() => null);
  return answer?.code === 0;
}

async function waysIn(ctx: Context, uuid: string): Promise<Ways | null> {
  const { client } = ctx;
  const found = await findMachineByUuid(client, uuid);
  if (found === null || !isActive(found.status)) return null;
  const machine = ownedBy(found);
  const { tty, hasAgent } = consoleLine((await client.call("domain.detail", { ref: { uuid } })).xml);
  const agent = hasAgent ? { client, uuid, name: machine.name, patienceSeconds: PATIENCE_SECONDS } : null;
  const target = await sshTargetOf(ctx, machine);
  return tty === null || (agent === null && target === null) ? null : { tty, agent, target };
}
