/** The making of VMs whose disks are there already, somewhere: the name claimed first, seed and address last. */
import { mkdirSync } from "node:fs";
import { macOf } from "../core/mac.ts";
import type { MachineRecord } from "../core/machine/record.ts";
import { domainXml } from "../host/domain-xml.ts";
import { defineDomain } from "../host/domains.ts";
import { ensureNetworks, networkOf } from "../host/networks.ts";
import type { Pool } from "../host/pool.ts";
import { updateRecord } from "../host/records.ts";
import { reserveAddress } from "../host/reservations.ts";
import { rememberHost } from "../host/ssh/known-hosts.ts";
import { createSeed } from "../host/volumes.ts";
import type { OpScope } from "../ops/operation.ts";
import { type Context, timestamp } from "./context.ts";
import { domainInputOf } from "./domain-input.ts";
import { markMade, markMaking } from "./first-boot.ts";
import { leadPublished } from "./forwarder.ts";
import { type OwnedMachine, ownedByUuid } from "./guest.ts";
import { refreshNames } from "./host-names.ts";
import { type Prepared, volumesOf } from "./prepare.ts";
import { type Making, undoOf } from "./undo-actions.ts";

export function makingOf(op: OpScope, { uuid, spec }: Prepared): Making {
  return { uuid, name: spec.name, op: op.id };
}

/** What every record of a VM in the making says. */
export function bornRecord(ctx: Context, op: string, prepared: Prepared, pool: Pool) {
  const names = volumesOf(prepared.uuid, prepared);
  return {
    revision: 0,
    state: "making" as const,
    op,
    createdAt: timestamp(ctx),
    spec: prepared.spec,
    pool: pool.name,
    volumes: [names.root, ...names.data, names.seed],
    seedVolume: names.seed,
    mac: macOf(prepared.uuid),
    address: null,
    forwards: prepared.forwards,
    accel: prepared.accel.kind,
    trash: null,
    pending: [],
  };
}

/** Defines the domain, marked as being made: that is the lock on its name. */
export async function claim(
  ctx: Context,
  op: OpScope,
  prepared: Prepared,
  pool: Pool,
  record: MachineRecord,
): Promise<void> {
  await op.step("claim", "Claim the name", async (step) => {
    const making = makingOf(op, prepared);
    // libvirt opens the console's log before it makes the folder for it.
    if (ctx.home.mode === "session") mkdirSync(ctx.paths.sessionLogs, { recursive: true });
    await step.undo(undoOf.domain(making));
    await defineDomain(ctx.client, domainXml(domainInputOf(ctx, prepared, record, pool)), step.signal);
    if (record.hostKey === null) return;
    await step.undo(undoOf.knownHost(making));
    await rememberHost(ctx.paths, prepared.uuid, record.hostKey);
  });
}

/** From here on it is nobody's to take back; a cancel in the last moment still does. */
export async function letGo(
  ctx: Context,
  op: OpScope,
  uuid: string,
  pending?: readonly string[],
): Promise<OwnedMachine> {
  op.signal.throwIfAborted();
  await markMade(ctx, uuid, pending);
  if (op.signal.aborted) await markMaking(ctx, uuid, op.id);
  return ownedByUuid(ctx, uuid);
}

/** Gives the claimed VM, whose disks are in place, its address, and its seed where it has one. */
export async function settle(
  ctx: Context,
  op: OpScope,
  prepared: Prepared,
  pool: Pool,
  seed: (() => Uint8Array) | null,
): Promise<void> {
  const { uuid, spec } = prepared;
  const making = makingOf(op, prepared);
  if (seed !== null) {
    await op.step("seed", "Write the seed", async (step) => {
      const name = volumesOf(uuid, prepared).seed;
      await step.undo(undoOf.volume(making, pool.name, name));
      await createSeed(ctx.client, pool, { name, bytes: seed() });
    });
  }
  await op.step("network", "Prepare the network", async (step) => {
    await ensureNetworks(ctx.client, spec, ctx.home);
    const network = networkOf(spec.network, ctx.home);
    if (network === null) return leadPublished(ctx, uuid, step);
    const { mac } = (await ownedByUuid(ctx, uuid)).record;
    await step.undo(undoOf.address(making, network, mac));
    const wanted = spec.network.kind === "network" ? spec.network.address : undefined;
    const address = await reserveAddress(ctx.client, network, { mac, name: spec.name, wanted });
    await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({ ...before, address }));
    await leadPublished(ctx, uuid, step);
    await refreshNames(ctx, step);
  });
}
