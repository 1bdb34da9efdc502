/** One verb over several VMs. */
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { PowerResult } from "../core/requests.ts";
import { findMachine, listMachines } from "../host/machines.ts";
import { type Operation, type OpScope, startOperation } from "../ops/operation.ts";
import { replayInterrupted } from "../ops/replay.ts";
import type { Context } from "./context.ts";
import { ownedBy } from "./guest.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { purgeOne } from "./purge-one.ts";

/**
 * Settles first what earlier commands left open; then looks every VM up before the first is touched: one wrong name
 * changes nothing. E_CONFLICT for VMs that others made, unless `foreign`.
 */
export function eachMachine(
  ctx: Context,
  kind: string,
  verb: string,
  names: readonly string[],
  act: (op: OpScope, machine: MachineView) => Promise<PowerResult>,
  { foreign = false }: { readonly foreign?: boolean | undefined } = {},
): Operation<readonly PowerResult[]> {
  const about = { kind, title: `${verb} ${names.join(", ")}`, subject: names.join(",") };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    for (const name of names) await replayInterrupted(operationEnvironment(ctx), name);
    const machines: MachineView[] = [];
    for (const name of names) machines.push(await findMachine(ctx.client, name));
    if (!foreign) for (const machine of machines) ownedBy(machine);
    const results: PowerResult[] = [];
    for (const machine of machines) results.push(await act(op, machine));
    return results;
  });
}

export function isEphemeral({ record }: MachineView): boolean {
  return record?.state === "made" && record.spec.ephemeral;
}

/** Ephemeral VMs that stopped by themselves are thrown away by the next launch: hutch has no daemon that could do it at once. */
export async function sweepEphemeral(ctx: Context, op: OpScope): Promise<void> {
  for (const machine of await listMachines(ctx.client)) {
    if (isEphemeral(machine) && !isActive(machine.status)) await purgeOne(ctx, op, ownedBy(machine));
  }
}
