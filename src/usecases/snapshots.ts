/** Snapshots: taken, listed, removed. Restoring has a file of its own. */
import { HutchError } from "../core/errors.ts";
import { isActive } from "../core/machine/status.ts";
import { nearNames } from "../core/near.ts";
import type { PowerResult } from "../core/requests.ts";
import { checkSnapshotName, type SnapshotInfo, type SnapshotRequest, type SnapshotResult } from "../core/snapshots.ts";
import { hostCapabilities } from "../host/capabilities.ts";
import { type DiskFacts, type DomainFacts, readDomain } from "../host/domain-read.ts";
import { findMachine } from "../host/machines.ts";
import { dropSnapshot, listSnapshots, type SnapshotFacts, takeLiveDisks, takeSnapshot } from "../host/snapshots.ts";
import { type Operation, type StepScope, startOperation } from "../ops/operation.ts";
import { undoChange } from "./change-undo.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";
import { assertNotSaved, livingMachine } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { heldStill } from "./quiesce.ts";

/** libvirt before 10.9 takes no memory snapshot of a VM with UEFI, as its firmware's store is no qcow2. */
const UEFI_MEMORY_SINCE = 10_009_000;
/** libvirt before 9.3 takes none of a stopped one either. */
const UEFI_STOPPED_SINCE = 9_003_000;

/** Oldest first, those that others took too. */
export async function snapshots(ctx: Context, name: string): Promise<readonly SnapshotInfo[]> {
  const { uuid } = await findMachine(ctx.client, name);
  return (await listSnapshots(ctx.client, uuid)).map(infoOf);
}

/** E_USAGE for a name that cannot be; E_CONFLICT when it is taken, or when what is asked for could not be restored later. */
export function createSnapshot(ctx: Context, name: string, request: SnapshotRequest): Operation<SnapshotResult> {
  const about = { kind: "snapshot.create", title: `Take a snapshot of ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    const taken = (await listSnapshots(ctx.client, machine.uuid)).map((snapshot) => snapshot.name);
    const snapshot = newName(machine.name, taken, request.snapshot);
    const { quiesced } = await op.step("snapshot", `Take ${snapshot}`, (step) =>
      take(ctx, machine, { ...request, snapshot }, step),
    );
    const made = await findSnapshot(ctx, machine, snapshot);
    return {
      snapshot: infoOf(made),
      quiesced,
      warnings:
        quiesced === false
          ? ["The guest's agent did not answer: the disks are as after a power cut, which file systems survive."]
          : [],
    };
  });
}

/** Its children, if any, stand on its parent afterwards; the VM's present state is not touched. */
export function removeSnapshots(
  ctx: Context,
  name: string,
  names: readonly string[],
): Operation<readonly PowerResult[]> {
  const about = { kind: "snapshot.rm", title: `Remove ${names.join(", ")} of ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    for (const each of names) await findSnapshot(ctx, machine, each);
    const results: PowerResult[] = [];
    for (const each of names) {
      await op.step(`remove ${each}`, `Remove ${each}`, () => dropSnapshot(ctx.client, machine.uuid, each));
      results.push({ name: each, done: true, message: "removed", warnings: [] });
    }
    return results;
  });
}

export type Take = SnapshotRequest & { readonly snapshot: string };

/** Takes one of the VM as it is now, its undo registered. `quiesced` is null where nothing had to be held still. */
export async function take(
  ctx: Context,
  machine: OwnedMachine,
  request: Take,
  step: StepScope,
): Promise<{ readonly quiesced: boolean | null }> {
  const { uuid } = machine;
  const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
  const facts = readDomain(detail.xml);
  await assertRestorable(ctx, machine, facts, request, detail);
  const order = { uuid, name: request.snapshot, description: request.description ?? "", disks: facts.disks };
  await step.undo(undoChange.snapshot(machine, request.snapshot, ctx.now()));
  if (!isActive(machine.status) || request.diskOnly !== true) {
    await takeSnapshot(ctx.client, order, step.signal);
    return { quiesced: null };
  }
  const current = (await listSnapshots(ctx.client, uuid)).find((snapshot) => snapshot.current);
  const stillness = { hasAgent: facts.hasAgent, undo: undoChange.frozen(machine) };
  return heldStill(ctx, uuid, stillness, step, () =>
    takeLiveDisks(
      ctx.client,
      { ...order, inactiveXml: detail.inactiveXml, parent: current?.name ?? null, nowMs: ctx.now() },
      step.signal,
    ),
  );
}

/** What could not be restored is refused before it is taken. */
async function assertRestorable(
  ctx: Context,
  machine: OwnedMachine,
  facts: DomainFacts,
  { diskOnly }: SnapshotRequest,
  detail: { readonly hasManagedSave: boolean },
): Promise<void> {
  const { name } = machine;
  assertNotSaved(machine, detail, "its disks and its saved memory belong together.");
  assertHoldable(name, facts.disks.filter(isWritable));
  if (isActive(machine.status)) {
    const problem = diskOnly === true ? null : await memoryProblem(ctx, name, facts);
    if (problem !== null) throw problem;
  } else if (facts.firmware === "uefi" && (await hostCapabilities(ctx.client)).libVersion < UEFI_STOPPED_SINCE)
    throw tooOld(name, "a snapshot of it while it is stopped", "9.3", `hutch clone ${name} ${name}-copy`);
}

/** A snapshot lies inside the disks: E_CONFLICT where there is none, or one that is no qcow2. */
function assertHoldable(name: string, disks: readonly DiskFacts[]): void {
  const [root] = disks;
  if (root === undefined) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${name} has no disk that could hold a snapshot.`,
      why: "A snapshot lies inside the disks that the VM writes to, its memory too.",
      next: [`hutch disk attach ${name} 10G: a disk of its own`],
    });
  }
  const raw = disks.find(({ format }) => format !== "qcow2");
  if (raw === undefined) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `The disk ${raw.target} of ${name} is ${raw.format ?? "of no known format"}: it cannot hold a snapshot.`,
    why: "Only qcow2 disks can.",
    next:
      raw === root
        ? ["With the VM off, qemu-img convert -O qcow2 makes one of it.", `hutch edit ${name}: give it the new disk`]
        : [`hutch disk detach ${name} ${raw.target}`],
  });
}

/** Why a snapshot with the memory of this running VM could not be restored; null when it could. */
export async function memoryProblem(
  ctx: Context,
  name: string,
  facts: Pick<DomainFacts, "hotVcpus" | "firmware">,
): Promise<HutchError | null> {
  if (facts.hotVcpus) {
    return new HutchError({
      code: "E_CONFLICT",
      message: `${name} has vCPUs that were plugged in while it ran: libvirt could not restore its memory.`,
      next: [
        `hutch snapshot create ${name} --disk-only`,
        `hutch restart ${name}: after it a snapshot has its memory too`,
      ],
    });
  }
  if (facts.firmware === "bios" || (await hostCapabilities(ctx.client)).libVersion >= UEFI_MEMORY_SINCE) return null;
  return tooOld(name, "a snapshot with memory", "10.9", `hutch snapshot create ${name} --disk-only`);
}

function tooOld(name: string, what: string, since: string, next: string): HutchError {
  return new HutchError({
    code: "E_HOST",
    message: `${name} boots by UEFI: ${what} needs libvirt ${since}.`,
    next: [next],
  });
}

export function isWritable({ device, readonly }: DiskFacts): boolean {
  return device === "disk" && !readonly;
}

/** E_NOT_FOUND, with near names. */
export async function findSnapshot(
  ctx: Context,
  { uuid, name }: Pick<OwnedMachine, "uuid" | "name">,
  wanted: string,
): Promise<SnapshotFacts> {
  const all = await listSnapshots(ctx.client, uuid);
  const found = all.find((snapshot) => snapshot.name === wanted);
  if (found !== undefined) return found;
  throw new HutchError({
    code: "E_NOT_FOUND",
    message: `${name} has no snapshot named "${wanted}".`,
    next: [
      ...nearNames(
        wanted,
        all.map((snapshot) => snapshot.name),
      ).map((near) => `Did you mean "${near}"?`),
      `hutch snapshot ls ${name}`,
    ],
  });
}

export function infoOf({ external: _, disks: __, record: ___, xml: ____, ...info }: SnapshotFacts): SnapshotInfo {
  return info;
}

function newName(machine: string, taken: readonly string[], wanted: string | undefined): string {
  if (wanted === undefined) {
    for (let number = 1; ; number++) if (!taken.includes(`snap-${number}`)) return `snap-${number}`;
  }
  const problem = checkSnapshotName(wanted);
  if (problem !== null) {
    throw new HutchError({
      code: "E_USAGE",
      message: `"${wanted}" cannot be a snapshot's name: ${problem}`,
      next: ["Write it like before-upgrade"],
    });
  }
  if (!taken.includes(wanted)) return wanted;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${machine} has a snapshot named ${wanted} already.`,
    next: [
      "Choose another name.",
      `hutch snapshot restore ${machine} ${wanted}`,
      `hutch snapshot rm ${machine} ${wanted}`,
    ],
  });
}
