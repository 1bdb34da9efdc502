/** What ends the making of a VM: its seed loses keys and secrets, and its record says that it is made. */
import { updateRecord } from "../host/records.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { OpScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { type OwnedMachine, ownedByUuid, sshTargetOf } from "./guest.ts";
import { sealSeedOf } from "./seed.ts";

/** What is settled once cloud-init has finished, by whichever hutch command sees that first. */
const SEAL_PENDING = "take the keys out of the seed once cloud-init has finished";

/** A guest on a slow disk has minutes of its first boot to write. */
const WRITE_OUT_MS = 120_000;

/** Seals the seed if cloud-init is through with it and the guest's disk holds what it did; leaves that pending otherwise. Safe to run again. */
export async function finishFirstBoot(ctx: Context, op: OpScope, uuid: string): Promise<void> {
  await op.step("seal", "Take the keys out of the seed", async (step) => {
    const machine = await ownedByUuid(ctx, uuid);
    const finished = machine.record.cloudInit !== null && (await isWrittenOut(ctx, machine, step.signal));
    if (finished) await sealSeedOf(ctx, machine);
    else step.skip();
    await markMade(ctx, uuid, finished ? [] : [SEAL_PENDING]);
  });
}

/**
 * Until a guest writes its memory out, a power cut takes its host key and keys with it (ext4 leaves the files there, empty);
 * only the full seed still has them then.
 */
async function isWrittenOut(ctx: Context, machine: OwnedMachine, signal: AbortSignal): Promise<boolean> {
  const target = machine.status.power === "running" ? await sshTargetOf(ctx, machine) : null;
  if (target === null) return false;
  return (await sshRun(ctx.paths, target, ["sync"], { timeoutMs: WRITE_OUT_MS, signal })).code === 0;
}

export async function markMade(ctx: Context, uuid: string, pending: readonly string[] = [SEAL_PENDING]): Promise<void> {
  await updateRecord(ctx.client, ctx.paths, uuid, ({ op: _op, ...record }) => ({ ...record, state: "made", pending }));
}

/** Back under the lock of the operation that made it. */
export async function markMaking(ctx: Context, uuid: string, op: string): Promise<void> {
  await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({ ...record, state: "making", op }));
}
