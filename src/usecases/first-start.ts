/** The start of a VM that has never run. */

import { resumeDomain, startDomain, startHeld } from "../host/domains.ts";
import { networkOf } from "../host/networks.ts";
import { updateRecord } from "../host/records.ts";
import { reserveAddress } from "../host/reservations.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { ownedByUuid } from "./guest.ts";
import { refreshNames } from "./host-names.ts";

/**
 * Starts it, and keeps an address for it where its network gives them. QEMU's does both at once: for any change of a network
 * in use libvirt writes the host's firewall rules anew, which takes as long as the start. No guest runs before it is kept.
 */
export async function firstStart(ctx: Context, uuid: string, step: StepScope): Promise<void> {
  const { name, record } = await ownedByUuid(ctx, uuid);
  const network = networkOf(record.spec.network, ctx.home);
  if (network === null || record.address !== null) return startDomain(ctx.client, uuid, step.signal);
  const keep = async (address: string | null) => {
    await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({ ...before, address }));
    await refreshNames(ctx, step);
  };
  const reserve = (signal: AbortSignal) => reserveAddress(ctx.client, network, { mac: record.mac, name }, signal);
  // Not every driver can start a domain held.
  if (ctx.home.driver !== "qemu") {
    await keep(await reserve(step.signal));
    return startDomain(ctx.client, uuid, step.signal);
  }
  // The start first: it needs the network but for a moment, the change needs it to its end.
  const failed = new AbortController();
  const signal = AbortSignal.any([step.signal, failed.signal]);
  try {
    const [, address] = await Promise.all([startHeld(ctx.client, uuid, step.signal), reserve(signal)]);
    await keep(address);
  } catch (error) {
    // What would still be done could not be taken back.
    failed.abort();
    throw error;
  }
  await resumeDomain(ctx.client, uuid, step.signal);
}
