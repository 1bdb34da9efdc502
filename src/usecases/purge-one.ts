/** The end of a VM: off, then everything that belongs to it, its definition last. */

import { isActive } from "../core/machine/status.ts";
import type { PowerResult } from "../core/requests.ts";
import { forceOff, removeDomain, shutDown } from "../host/domains.ts";
import { networkOf } from "../host/networks.ts";
import { forgetLock } from "../host/records.ts";
import { releaseAddress } from "../host/reservations.ts";
import { closeMaster } from "../host/ssh/command.ts";
import { forgetHost } from "../host/ssh/known-hosts.ts";
import { deleteVolume } from "../host/volumes.ts";
import type { OpScope, StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { closeAll } from "./forwarder.ts";
import { type OwnedMachine, sshTargetOf } from "./guest.ts";
import { refreshNames } from "./host-names.ts";

/** A deleted VM gets this long to shut down by itself before its power is cut, in milliseconds: it can come back. */
const GRACE_MS = 30_000;

/** The definition goes last: a purge that is cut off can be run again. */
export async function purgeOne(ctx: Context, op: OpScope, machine: OwnedMachine): Promise<PowerResult> {
  const { uuid, name, record } = machine;
  await op.step(`purge ${name}`, `Remove ${name} and its disks`, async (step) => {
    await closeAll(ctx, machine);
    await quiet(ctx, machine, true, step);
    for (const volume of record.volumes) await deleteVolume(ctx.client, record.pool, volume);
    const network = networkOf(record.spec.network, ctx.home);
    if (network !== null) await releaseAddress(ctx.client, network, record.mac);
    await forgetHost(ctx.paths, uuid);
    await removeDomain(ctx.client, uuid);
    forgetLock(ctx.paths, uuid);
    await refreshNames(ctx, step);
  });
  return { name, done: true, message: "removed for good", warnings: [] };
}

/** Off: by itself within a grace period, unless `force`; then by cutting the power. */
export async function quiet(ctx: Context, machine: OwnedMachine, force: boolean, step: StepScope): Promise<void> {
  if (!isActive(machine.status)) return;
  const target = await sshTargetOf(ctx, machine);
  if (target !== null) await closeMaster(ctx.paths, target);
  if (!force && (await shutDown(ctx.client, machine.uuid, { timeoutMs: GRACE_MS, signal: step.signal }))) return;
  await forceOff(ctx.client, machine.uuid, step.signal);
}
