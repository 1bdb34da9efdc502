/** Holding VMs: paused in memory, or saved to disk with it. */
import { HutchError } from "../core/errors.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { PowerResult } from "../core/requests.ts";
import { resumeDomain } from "../host/domains.ts";
import { closeMaster } from "../host/ssh/command.ts";
import type { Operation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { eachMachine } from "./each-machine.ts";
import { sshTargetOf } from "./guest.ts";

/** E_CONFLICT for VMs that do not run. */
export function pause(ctx: Context, names: readonly string[]): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, "pause", "Pause", names, async (op, machine) => {
    const { uuid, name, status } = machine;
    if (status.power !== "running" && status.power !== "paused")
      throw cannot(machine, "only a running VM can be paused.", `hutch start ${name}`);
    await op.step(`pause ${name}`, `Pause ${name}`, async (step) => {
      if (status.power === "paused") step.skip();
      else await ctx.client.call("domain.suspend", { uuid }, { signal: step.signal });
    });
    return { name, done: true, message: "paused", warnings: [] };
  });
}

/** E_CONFLICT for VMs that are off or saved: those are started. */
export function resume(ctx: Context, names: readonly string[]): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, "resume", "Resume", names, async (op, machine) => {
    const { uuid, name, status } = machine;
    if (status.power !== "running" && status.power !== "paused")
      throw cannot(machine, "only a paused VM can be resumed.", `hutch start ${name}`);
    await op.step(`resume ${name}`, `Resume ${name}`, async (step) => {
      if (status.power === "running") step.skip();
      else await resumeDomain(ctx.client, uuid, step.signal);
    });
    return { name, done: true, message: "running", warnings: [] };
  });
}

/** Memory goes to the host's disk, the VM is off, and its next start goes on where it was. E_CONFLICT for VMs that are off. */
export function save(ctx: Context, names: readonly string[]): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, "save", "Save", names, async (op, machine) => {
    const { uuid, name, status } = machine;
    const { hasManagedSave } = await ctx.client.call("domain.detail", { ref: { uuid } });
    if (!hasManagedSave && status.power !== "running" && status.power !== "paused")
      throw cannot(machine, "only a running VM has memory to save.", `hutch start ${name}`);
    await op.step(`save ${name}`, `Save ${name}`, async (step) => {
      if (hasManagedSave) {
        step.skip();
        return;
      }
      const target = machine.record === null ? null : await sshTargetOf(ctx, { ...machine, record: machine.record });
      if (target !== null) await closeMaster(ctx.paths, target);
      await ctx.client.call("domain.managedSave", { uuid, flags: 0 }, { signal: step.signal });
    });
    return { name, done: true, message: "saved", warnings: [] };
  });
}

/** What was saved is thrown away: the next start boots. VMs without it are left as they are. */
export function discardSaved(ctx: Context, names: readonly string[]): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, "save.discard", "Discard the saved memory of", names, async (op, { uuid, name }) => {
    const { hasManagedSave } = await ctx.client.call("domain.detail", { ref: { uuid } });
    if (!hasManagedSave) return { name, done: false, message: "nothing is saved", warnings: [] };
    await op.step(`discard ${name}`, `Discard what was saved of ${name}`, () =>
      ctx.client.call("domain.managedSaveRemove", { uuid }),
    );
    return { name, done: true, message: "discarded, stopped", warnings: [] };
  });
}

function cannot({ name, status }: MachineView, why: string, next: string): HutchError {
  return new HutchError({ code: "E_CONFLICT", message: `${name} is ${status.power}: ${why}`, next: [next] });
}
