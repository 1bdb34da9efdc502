/** A VM's root disk: where it is, and growing it with what is in it. */
import { guestScript } from "#cloud-init";
import { VirStorageVolResizeFlags } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { AT_NEXT_START } from "../core/machine/pending.ts";
import { isActive } from "../core/machine/status.ts";
import { formatSize } from "../core/units.ts";
import { readDomain } from "../host/domain-read.ts";
import { updateRecord } from "../host/records.ts";
import { answersAsSsh } from "../host/ssh/banner.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { OpScope, StepScope } from "../ops/operation.ts";
import { undoChange } from "./change-undo.ts";
import type { Context } from "./context.ts";
import { type OwnedMachine, ownedByUuid, sshTargetOf } from "./guest.ts";

export type RootDisk = {
  readonly pool: string;
  readonly volume: string;
  /** `vda`. */
  readonly target: string;
  readonly bytes: number;
  /** What is pending while the guest has not grown into it. */
  readonly pendingGrowth: string;
};

const PENDING = `grow the file system of / into its disk, ${AT_NEXT_START}`;
/** More than any file system takes to grow while it is in use. */
const GROW_MS = 120_000;

/** E_CONFLICT when it lies in no pool. */
export async function rootDiskOf(ctx: Context, { name, record }: OwnedMachine, xml: string): Promise<RootDisk> {
  const disk = readDomain(xml).disks.find(({ device, readonly }) => device === "disk" && !readonly);
  const volumes = await ctx.client.call("volume.list", { pool: record.pool });
  const volume = volumes.find(({ path }) => path === disk?.source);
  if (disk !== undefined && volume !== undefined) {
    return {
      pool: record.pool,
      volume: volume.name,
      target: disk.target,
      bytes: volume.capacityBytes,
      pendingGrowth: PENDING,
    };
  }
  throw new HutchError({
    code: "E_CONFLICT",
    message: `The root disk of ${name} lies in no pool that hutch looks after.`,
    ...(disk?.source == null ? {} : { why: `It is ${disk.source}.` }),
    next: [`hutch info ${name}`],
  });
}

/**
 * Grows the disk, then, in a guest that runs, what is in it. Up to the disk a failure takes it back; from there on the guest
 * may have written to it. Resolves to warnings.
 */
export async function growRootDisk(
  ctx: Context,
  op: OpScope,
  machine: OwnedMachine,
  root: RootDisk,
  bytes: number,
): Promise<readonly string[]> {
  const active = isActive(machine.status);
  if (bytes > root.bytes) {
    await op.step("disk", `Grow the disk to ${formatSize(bytes)}`, async (step) => {
      await step.undo(undoChange.grownDisk(machine, root, bytes, ctx.now()));
      await resizeDisk(ctx, machine, root, bytes, step.signal);
    });
  }
  const grown = active
    ? await op.step("file system", "Grow the file system of the guest", (step) =>
        growGuest(ctx, machine.uuid, bytes, step),
      )
    : null;
  // A guest that was not asked has not grown: the disk can still be taken back.
  op.signal.throwIfAborted();
  const pending = (before: readonly string[]) => [
    ...before.filter((each) => each !== PENDING),
    ...(grown?.done === false ? [PENDING] : []),
  ];
  await updateRecord(ctx.client, ctx.paths, machine.uuid, (record) => ({
    ...record,
    spec: { ...record.spec, diskBytes: bytes },
    pending: pending(record.pending),
  }));
  return grown === null || grown.done ? [] : [grown.why];
}

/** In a running VM through its hypervisor, else in the pool; also smaller, for undoing. */
export async function resizeDisk(
  ctx: Context,
  machine: Pick<OwnedMachine, "uuid" | "status">,
  root: Pick<RootDisk, "pool" | "volume" | "target">,
  bytes: number,
  signal?: AbortSignal,
): Promise<void> {
  const how = signal && { signal };
  if (isActive(machine.status)) {
    await ctx.client.call("domain.blockResize", { uuid: machine.uuid, disk: root.target, bytes }, how);
    await ctx.client.call("pool.refresh", { name: root.pool });
    return;
  }
  const row = await ctx.client.call("volume.lookup", { pool: root.pool, name: root.volume });
  const flags = row !== null && bytes < row.capacityBytes ? VirStorageVolResizeFlags.SHRINK : 0;
  await ctx.client.call("volume.resize", { pool: root.pool, name: root.volume, bytes, flags }, how);
}

/** From the moment at which the guest is asked to grow into it the disk is not made smaller any more: the record says so first. */
async function growGuest(
  ctx: Context,
  uuid: string,
  bytes: number,
  step: StepScope,
): Promise<{ readonly done: true } | { readonly done: false; readonly why: string }> {
  const later = (why: string) => ({
    done: false as const,
    why: `The disk has grown, the file system of / has not yet: ${why} It grows at the next start.`,
  });
  const machine = await ownedByUuid(ctx, uuid);
  const target = machine.status.power === "running" ? await sshTargetOf(ctx, machine) : null;
  if (target === null || !(await answersAsSsh(target.host, target.port, step.signal)))
    return later("its guest cannot be reached by ssh.");
  await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({
    ...record,
    spec: { ...record.spec, diskBytes: bytes },
  }));
  const answer = await sshRun(ctx.paths, target, ["sudo", "-n", "sh", "-s"], {
    stdin: guestScript("grow-root.sh"),
    timeoutMs: GROW_MS,
    signal: step.signal,
  });
  if (answer.code === 0) {
    step.note(`/ has ${formatSize(Number(answer.stdout.trim()))} now.`);
    return { done: true };
  }
  return later(`${answer.stderr.trim().split("\n").at(-1) ?? "the guest did not say why"}.`);
}
