/** Back to a snapshot; today's state is kept in another one first. */
import { HutchError } from "../core/errors.ts";
import { restoredRecord } from "../core/machine/restored.ts";
import { isActive } from "../core/machine/status.ts";
import { type RestoreRequest, type RestoreResult, type SafetyReason, safetyName } from "../core/snapshots.ts";
import { formatSize } from "../core/units.ts";
import { hostCapabilities } from "../host/capabilities.ts";
import { readDomain } from "../host/domain-read.ts";
import { replaceForwards } from "../host/forwards.ts";
import { updateRecord } from "../host/records.ts";
import { dropSnapshot, listSnapshots, revertTo, rewriteDefinitions, type SnapshotFacts } from "../host/snapshots.ts";
import { closeMaster } from "../host/ssh/command.ts";
import { type Operation, type OpScope, type StepScope, startOperation } from "../ops/operation.ts";
import { undoChange } from "./change-undo.ts";
import { type Context, timestamp } from "./context.ts";
import { type OwnedMachine, ownedByUuid, sshTargetOf } from "./guest.ts";
import { assertNotSaved, assertUnprotected, livingMachine } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { findSnapshot, isWritable, memoryProblem, take } from "./snapshots.ts";

/** Of the snapshots that hutch takes by itself, as many of a VM are kept. */
const SAFETY_KEPT = 3;
/** libvirt from here on goes back to snapshots outside the VM's own disks. */
const EXTERNAL_SINCE = 9_009_000;

/**
 * Brings the VM back to what it was: definition, disks and, for one with memory, the running guest. What the host keeps for
 * it (ports, address, name, protection, tags) stays as it is today. E_NOT_FOUND; E_CONFLICT for a protected or saved VM
 * and for disks that came after the snapshot. Until the VM is back a cancel returns to the state that was left.
 */
export function restoreSnapshot(ctx: Context, name: string, request: RestoreRequest): Operation<RestoreResult> {
  const about = {
    kind: "snapshot.restore",
    title: `Bring ${name} back to ${request.snapshot}`,
    subject: name,
  };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    assertUnprotected(machine, "restored");
    const snapshot = await findSnapshot(ctx, machine, request.snapshot);
    const warnings = await assertFits(ctx, machine, snapshot);
    const safety = request.safety === false ? null : await takeSafety(ctx, op, machine, "restore");

    await op.step("restore", `Go back to ${snapshot.name}`, async (step) => {
      const target = await sshTargetOf(ctx, machine);
      if (target !== null) await closeMaster(ctx.paths, target);
      await keepForwards(ctx, machine, snapshot);
      if (safety !== null) await step.undo(undoChange.restored(machine, safety));
      await revertTo(ctx.client, machine.uuid, snapshot.name);
      await updateRecord(ctx.client, ctx.paths, machine.uuid, (now) => restoredRecord(now, machine.record));
    });
    await dropOldSafety(ctx, machine.uuid);
    const back = await ownedByUuid(ctx, machine.uuid);
    return { name: back.name, snapshot: snapshot.name, safety, power: back.status.power, warnings };
  });
}

/** A snapshot of now before something that cannot be taken back otherwise; its name. With memory where the VM runs and that can be. */
export function takeSafety(ctx: Context, op: OpScope, machine: OwnedMachine, reason: SafetyReason): Promise<string> {
  const snapshot = safetyName(reason, timestamp(ctx));
  return op.step("safety", `Keep today's state as ${snapshot}`, async (step) => {
    const order = { snapshot, description: `Taken by hutch before a ${reason}` };
    // Before a disk grows its disks are enough, and the guest does not stand still meanwhile.
    const diskOnly = reason === "resize" || (await keepsNoMemory(ctx, machine, step));
    await take(ctx, machine, { ...order, diskOnly }, step);
    return snapshot;
  });
}

async function keepsNoMemory(ctx: Context, machine: OwnedMachine, step: StepScope): Promise<boolean> {
  if (!isActive(machine.status)) return false;
  const { xml } = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
  const problem = await memoryProblem(ctx, machine.name, readDomain(xml));
  if (problem !== null) step.note(`Its disks are kept, its memory is not. ${problem.message}`, "warn");
  return problem !== null;
}

/** The oldest of those that hutch took by itself go. */
export async function dropOldSafety(ctx: Context, uuid: string): Promise<void> {
  const taken = (await listSnapshots(ctx.client, uuid)).filter(({ safety }) => safety);
  for (const { name } of taken.slice(0, -SAFETY_KEPT)) await dropSnapshot(ctx.client, uuid, name);
}

/** Resolves to what else changes with it, in words. */
async function assertFits(ctx: Context, machine: OwnedMachine, snapshot: SnapshotFacts): Promise<readonly string[]> {
  const { name, uuid, record } = machine;
  const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
  assertNotSaved(machine, detail, "what is saved would be lost without a trace.");
  if (snapshot.external && (await hostCapabilities(ctx.client)).libVersion < EXTERNAL_SINCE) {
    throw new HutchError({
      code: "E_HOST",
      message: `${snapshot.name} lies outside the disks of ${name}, as hutch takes none: going back to it needs libvirt 9.9.`,
      next: [`hutch snapshot ls ${name}`],
    });
  }
  const then = snapshot.disks?.filter(isWritable) ?? [];
  const today = readDomain(detail.inactiveXml).disks.filter(isWritable);
  const newer = today.filter((disk) => snapshot.disks !== null && !then.some(({ source }) => source === disk.source));
  if (newer.length > 0) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${newer.map(({ target }) => target).join(", ")} came to ${name} after ${snapshot.name} was taken.`,
      why: "The snapshot knows nothing of it, and going back would take it away.",
      next: newer.map(({ target }) => `hutch disk detach ${name} ${target}`),
    });
  }
  const missing: string[] = [];
  for (const disk of then.filter(({ source }) => !today.some((now) => now.source === source))) {
    if (!(await isThere(ctx, disk.source))) missing.push(disk.target);
  }
  if (missing.length > 0) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${snapshot.name} needs the disk ${missing.join(", ")}, which was removed since.`,
      next: [`hutch snapshot ls ${name}`],
    });
  }
  const size = snapshot.record?.spec.diskBytes;
  return size === undefined || size === record.spec.diskBytes
    ? []
    : [`Its root disk has ${formatSize(size)} again, as then; it had ${formatSize(record.spec.diskBytes)}.`];
}

async function isThere(ctx: Context, path: string | null): Promise<boolean> {
  for (const { name, active } of await ctx.client.call("pool.list", {})) {
    if (active && (await ctx.client.call("volume.list", { pool: name })).some((volume) => volume.path === path))
      return true;
  }
  return false;
}

/** A guest that comes back from memory runs with the forwards of the definition it comes back with: they are to be today's. */
async function keepForwards(ctx: Context, { uuid, record }: OwnedMachine, snapshot: SnapshotFacts): Promise<void> {
  const then = snapshot.record?.forwards ?? [];
  if (record.forwards.length === 0 || JSON.stringify(then) === JSON.stringify(record.forwards)) return;
  await rewriteDefinitions(ctx.client, uuid, snapshot, (xml) => replaceForwards(xml, record.forwards));
}
