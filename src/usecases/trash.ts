/** Deleting is a trash: the VM stays defined, stopped and whole under another name until it is recovered or purged. */
import { HutchError } from "../core/errors.ts";
import { assertNotPaused } from "../core/machine/power-button.ts";
import type { MachineRecord } from "../core/machine/record.ts";
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { DeleteRequest, PowerResult, PurgeOptions } from "../core/requests.ts";
import { findMachine, listMachines } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import { type Operation, type OpScope, startOperation } from "../ops/operation.ts";
import { type Context, timestamp } from "./context.ts";
import { eachMachine } from "./each-machine.ts";
import { type OwnedMachine, ownedBy } from "./guest.ts";
import { refreshNames } from "./host-names.ts";
import { assertUnprotected } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { purgeOne, quiet } from "./purge-one.ts";
import { undoOf } from "./undo-actions.ts";

/** Into the trash; with `purge` for good. E_CONFLICT for VMs that hutch did not make, and without `force` for paused ones. */
export function remove(ctx: Context, request: DeleteRequest): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, "delete", "Delete", request.names, async (op, machine) => {
    const owned = ownedBy(machine);
    assertUnprotected(owned, "deleted");
    if (request.purge === true || owned.record.state === "making" || owned.record.spec.ephemeral)
      return purgeOne(ctx, op, owned);
    if (owned.record.state === "trashed")
      return { name: machine.name, done: false, message: "in the trash already", warnings: [] };
    return discard(ctx, op, owned, request.force ?? false);
  });
}

export function recover(ctx: Context, names: readonly string[]): Operation<readonly PowerResult[]> {
  return startOperation(
    operationEnvironment(ctx),
    { kind: "recover", title: `Recover ${names.join(", ")}`, subject: names.join(",") },
    async (op) => {
      const results: PowerResult[] = [];
      for (const name of names)
        results.push(await recoverOne(ctx, op, ownedBy(await findMachine(ctx.client, name, { trashed: true }))));
      return results;
    },
  );
}

/** For good: what is in the trash by these names, or all of it; with an age, what has been there for longer. */
export function purge(
  ctx: Context,
  names: readonly string[],
  { olderThanMs = 0 }: PurgeOptions = {},
): Operation<readonly PowerResult[]> {
  const title = names.length === 0 ? "Empty the trash" : `Purge ${names.join(", ")}`;
  return startOperation(operationEnvironment(ctx), { kind: "purge", title, subject: names.join(",") }, async (op) => {
    const results: PowerResult[] = [];
    for (const machine of await purgeable(ctx, names, olderThanMs)) results.push(await purgeOne(ctx, op, machine));
    return results;
  });
}

/** What goes when these are purged, for the prompt. */
export async function losses(
  ctx: Context,
  names: readonly string[],
  { olderThanMs = 0 }: PurgeOptions = {},
): Promise<readonly { name: string; what: readonly string[] }[]> {
  return (await purgeable(ctx, names, olderThanMs)).map(({ name, record }) => ({
    name,
    what: record.volumes.map((volume) => `${record.pool}/${volume}`),
  }));
}

/** With an age, what is younger is left out; of all that is in the trash, what is protected is left out too. */
async function purgeable(
  ctx: Context,
  names: readonly string[],
  olderThanMs: number,
): Promise<readonly OwnedMachine[]> {
  const oldEnough = ({ record }: MachineView) =>
    olderThanMs === 0 || (record?.trash != null && ctx.now() - Date.parse(record.trash.at) > olderThanMs);
  if (names.length === 0) {
    return (await listMachines(ctx.client))
      .filter((machine) => machine.record?.state === "trashed" && !machine.record.protected && oldEnough(machine))
      .map(ownedBy);
  }
  const found: OwnedMachine[] = [];
  for (const name of names) {
    const machine = ownedBy(await findMachine(ctx.client, name, { trashed: true }));
    if (machine.record.state === "made") {
      throw new HutchError({
        code: "E_CONFLICT",
        message: `${name} is not in the trash.`,
        next: [`hutch delete ${name}`, `hutch delete ${name} --purge`],
      });
    }
    assertUnprotected(machine, "purged");
    if (oldEnough(machine)) found.push(machine);
  }
  return found;
}

async function discard(ctx: Context, op: OpScope, machine: OwnedMachine, force: boolean): Promise<PowerResult> {
  const { uuid, name } = machine;
  return op.step(`delete ${name}`, `Put ${name} into the trash`, async (step) => {
    const { autostart, hasManagedSave } = await ctx.client.call("domain.detail", { ref: { uuid } });
    if (hasManagedSave) throw savedMemory(name);
    if (!force) assertNotPaused(machine, "delete");
    await step.undo(undoOf.discard(uuid, name, { autostart, running: isActive(machine.status) }));
    await quiet(ctx, machine, force, step);
    await ctx.client.call("domain.setAutostart", { uuid, autostart: false });
    await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({
      ...record,
      state: "trashed",
      trash: { at: timestamp(ctx), name, autostart },
    }));
    await ctx.client.call("domain.rename", { uuid, name: trashName(name, uuid) }, { signal: step.signal });
    await refreshNames(ctx, step);
    return { name, done: true, message: "in the trash", warnings: [] };
  });
}

/** What is saved belongs to the name that it was saved under, says libvirt. */
export function savedMemory(name: string): HutchError {
  return new HutchError({
    code: "E_CONFLICT",
    message: `${name} is saved: libvirt gives it no other name while its memory lies on the disk.`,
    next: [`hutch start ${name}`, `hutch save ${name} --discard`],
  });
}

/** A name that hutch never gives to a living VM: host names have no dots. */
function trashName(name: string, uuid: string): string {
  return `${name}.trash-${uuid.slice(0, 8)}`;
}

async function recoverOne(ctx: Context, op: OpScope, machine: OwnedMachine): Promise<PowerResult> {
  const { name, record } = machine;
  if (record.state !== "trashed") return { name, done: false, message: "not in the trash", warnings: [] };
  return op.step(`recover ${name}`, `Bring ${name} back`, async (step) => {
    await bringBack(ctx, machine.uuid, record);
    await refreshNames(ctx, step);
    return { name, done: true, message: "recovered, stopped", warnings: [] };
  });
}

/** The name first: it may have been taken by another VM meanwhile, and then nothing else is changed. */
export async function bringBack(ctx: Context, uuid: string, record: MachineRecord): Promise<void> {
  const was = record.trash;
  if (was === null) return;
  const living = (await listMachines(ctx.client)).find(
    (machine) => machine.name === was.name && machine.uuid !== uuid && machine.record?.state !== "trashed",
  );
  if (living !== undefined) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `The name ${was.name} was given to another VM meanwhile.`,
      next: [`hutch delete ${was.name}`, `hutch purge ${was.name}`],
    });
  }
  const { name } = await ctx.client.call("domain.detail", { ref: { uuid } });
  if (name !== was.name) await ctx.client.call("domain.rename", { uuid, name: was.name });
  await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({ ...before, state: "made", trash: null }));
  if (was.autostart) await ctx.client.call("domain.setAutostart", { uuid, autostart: true });
}
