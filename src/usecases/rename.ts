/** Another name for a VM on this host; what it calls itself inside stays. */
import { HutchError } from "../core/errors.ts";
import { waysOff } from "../core/machine/power-button.ts";
import { isActive } from "../core/machine/status.ts";
import { checkName } from "../core/names.ts";
import type { PowerResult } from "../core/requests.ts";
import { shellWord } from "../core/shell-word.ts";
import { listMachines } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { refreshNames } from "./host-names.ts";
import { undoIdentity } from "./identity-undo.ts";
import { livingMachine, wrongState } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { savedMemory } from "./trash.ts";

/** E_USAGE for a name that cannot be; E_CONFLICT when it is taken, and for a VM that is not off: libvirt renames no other. */
export function rename(ctx: Context, name: string, to: string): Operation<PowerResult> {
  const about = { kind: "rename", title: `Rename ${name} to ${to}`, subject: `${name},${to}` };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    await assertNewName(ctx, to, `hutch rename ${shellWord(name)} web-2`);
    if (isActive(machine.status))
      throw wrongState(machine, "libvirt renames a VM only while it is off.", ...waysOff(machine));
    if ((await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } })).hasManagedSave)
      throw savedMemory(machine.name);
    await op.step("rename", `Rename it to ${to}`, async (step) => {
      const { uuid, record } = machine;
      await step.undo(undoIdentity.renamed(machine, record.spec.name));
      await ctx.client.call("domain.rename", { uuid, name: to }, { signal: step.signal });
      await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({
        ...before,
        spec: { ...before.spec, name: to },
      }));
      await refreshNames(ctx, step);
    });
    const inside = `Its host name inside stays ${machine.record.spec.name}: sudo hostnamectl hostname ${to}, in it, changes that.`;
    return { name: to, done: true, message: `was ${machine.name}`, warnings: [inside] };
  });
}

/** E_USAGE with `example` for a name that is none; E_CONFLICT when a living VM has it. */
export async function assertNewName(ctx: Context, name: string, example: string): Promise<void> {
  const problem = checkName(name);
  if (problem !== null) {
    throw new HutchError({
      code: "E_USAGE",
      message: `"${name}" cannot be a VM's name: ${problem}`,
      next: [example],
    });
  }
  const taken = (await listMachines(ctx.client)).find(
    (machine) => machine.name === name && machine.record?.state !== "trashed",
  );
  if (taken === undefined) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `There is a VM named ${name} already (${taken.status.power}).`,
    next: [`hutch info ${name}`, "Choose another name."],
  });
}
