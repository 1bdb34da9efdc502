/**
 * A copy of a stopped VM that is a machine of its own: another name, address, host key, machine-id and cloud-init instance.
 * It stands on the base image of its source, never on its source: either may be started, changed and removed at will.
 */
import { mkdirSync } from "node:fs";
import { newIdentityUserData } from "#cloud-init";
import type { CloneRequest, CloneResult } from "../core/copies.ts";
import { HutchError } from "../core/errors.ts";
import { macOf } from "../core/mac.ts";
import type { MachineRecord } from "../core/machine/record.ts";
import { usesForwards } from "../core/machine/resolve.ts";
import { isActive } from "../core/machine/status.ts";
import { listBases } from "../host/base-images.ts";
import { hostCapabilities } from "../host/capabilities.ts";
import { readDomain } from "../host/domain-read.ts";
import { domainXml } from "../host/domain-xml.ts";
import { defineDomain } from "../host/domains.ts";
import { listMachines } from "../host/machines.ts";
import { ensureNetwork, networkOf } from "../host/networks.ts";
import { ensurePool, type Pool } from "../host/pool.ts";
import { updateRecord } from "../host/records.ts";
import { reserveAddress } from "../host/reservations.ts";
import { makeHostKey } from "../host/ssh/keys.ts";
import { rememberHost } from "../host/ssh/known-hosts.ts";
import { copyDisk, createSeed } from "../host/volumes.ts";
import { parseXml, textAt } from "../host/xml.ts";
import { type Operation, type OpScope, startOperation } from "../ops/operation.ts";
import { type Context, timestamp } from "./context.ts";
import { domainInputOf } from "./domain-input.ts";
import { markMade } from "./first-boot.ts";
import { type OwnedMachine, ownedByUuid } from "./guest.ts";
import { livingMachine, wrongState } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { chooseForwards, type Prepared, volumesOf } from "./prepare.ts";
import { assertNewName } from "./rename.ts";
import { seedBytes } from "./seed.ts";
import { isWritable } from "./snapshots.ts";
import { undoOf } from "./undo-actions.ts";

/** A disk of the source. */
type SourceDisk = { readonly volume: string; readonly bytes: number };

type Copy = {
  readonly source: OwnedMachine;
  readonly disks: readonly SourceDisk[];
  readonly prepared: Prepared;
  readonly pool: Pool;
};

/** E_CONFLICT when the name is taken, or the source is not off. The copy is left stopped. */
export function clone(ctx: Context, name: string, request: CloneRequest): Operation<CloneResult> {
  const { to, full = false } = request;
  const about = { kind: "clone", title: `Clone ${name} as ${to}`, subject: `${name},${to}` };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const source = await livingMachine(ctx, op, name);
    await assertNewName(ctx, to, `hutch clone ${name} web-2`);
    const copy = await prepareCopy(ctx, source, to);
    const { uuid } = copy.prepared;
    const hostKey = await claim(ctx, op, copy);
    await copyDisks(ctx, op, copy, full);
    await finish(ctx, op, copy, hostKey);
    return { machine: await ownedByUuid(ctx, uuid), warnings: warningsOf(source) };
  });
}

async function prepareCopy(ctx: Context, source: OwnedMachine, to: string): Promise<Copy> {
  const { name, record, uuid } = source;
  const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
  if (isActive(source.status) || detail.hasManagedSave) {
    throw wrongState(
      detail.hasManagedSave ? { ...source, status: { ...source.status, power: "saved" } } : source,
      "its disks are whole only while it is off.",
      detail.hasManagedSave ? `hutch start ${name}` : `hutch stop ${name}`,
    );
  }
  if (record.seedVolume === null) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${name} was not made by hutch from a cloud image: its copy could not be told to be another machine.`,
      next: [`virt-clone --original ${name} --name ${to} --auto-clone`],
    });
  }
  const disks = await disksOf(ctx, source, detail.inactiveXml);
  const capabilities = await hostCapabilities(ctx.client);
  const [root, ...data] = disks;
  const spec = {
    ...record.spec,
    name: to,
    diskBytes: root?.bytes ?? record.spec.diskBytes,
    dataDiskBytes: data.map(({ bytes }) => bytes),
    publish: [],
    autostart: false,
    network: withoutAddress(record.spec.network),
  };
  const forwards = usesForwards(spec, ctx.home.mode === "session")
    ? await chooseForwards(spec, await listMachines(ctx.client))
    : [];
  return {
    source,
    disks,
    pool: await ensurePool(ctx.client, ctx.home, ctx.paths),
    prepared: {
      uuid: crypto.randomUUID(),
      spec,
      capabilities,
      accel: { kind: record.accel, why: "" },
      forwards,
      isFirst: false,
      source: { kind: "file", path: "" },
    },
  };
}

/** Root first. E_CONFLICT for disks outside the pool. */
async function disksOf(ctx: Context, { name, record }: OwnedMachine, xml: string): Promise<readonly SourceDisk[]> {
  const rows = await ctx.client.call("volume.list", { pool: record.pool });
  return readDomain(xml)
    .disks.filter(isWritable)
    .map(({ source, target }) => {
      const row = rows.find(({ path }) => path === source);
      if (row !== undefined) return { volume: row.name, bytes: row.capacityBytes };
      throw new HutchError({
        code: "E_CONFLICT",
        message: `The disk ${target} of ${name} lies outside the pool ${record.pool}, and cannot be copied.`,
        next: [`hutch disk detach ${name} ${target}`],
      });
    });
}

/** An address that was asked for is the source's. */
function withoutAddress(network: MachineRecord["spec"]["network"]): MachineRecord["spec"]["network"] {
  if (network.kind === "network") return { kind: "network", network: network.network };
  return network.kind === "bridge" ? { kind: "bridge", bridge: network.bridge } : network;
}

async function claim(ctx: Context, op: OpScope, { source, prepared, pool }: Copy) {
  return op.step("claim", "Claim the name", async (step) => {
    const { uuid, spec, forwards } = prepared;
    const making = { uuid, name: spec.name, op: op.id };
    const hostKey = await makeHostKey(spec.name, step.signal);
    const names = volumesOf(uuid, prepared);
    const record: MachineRecord = {
      ...source.record,
      revision: 0,
      state: "making",
      op: op.id,
      createdAt: timestamp(ctx),
      spec,
      pool: pool.name,
      volumes: [names.root, ...names.data, names.seed],
      seedVolume: names.seed,
      mac: macOf(uuid),
      address: null,
      forwards,
      hostKey: hostKey.publicKey,
      cloudInit: null,
      protected: false,
      mounts: [],
      pending: [],
    };
    if (ctx.home.mode === "session") mkdirSync(ctx.paths.sessionLogs, { recursive: true });
    await step.undo(undoOf.domain(making));
    await defineDomain(ctx.client, domainXml(domainInputOf(ctx, prepared, record, pool)), step.signal);
    await step.undo(undoOf.knownHost(making));
    await rememberHost(ctx.paths, uuid, hostKey.publicKey);
    return hostKey;
  });
}

async function copyDisks(ctx: Context, op: OpScope, { disks, prepared, pool }: Copy, full: boolean): Promise<void> {
  const { uuid, spec } = prepared;
  const making = { uuid, name: spec.name, op: op.id };
  const names = volumesOf(uuid, prepared);
  const base = full ? null : await baseOf(ctx, disks[0], pool);
  await op.step("disk", base === null ? "Copy the disks" : "Copy what differs from the image", async (step) => {
    for (const [index, { volume, bytes }] of disks.entries()) {
      const name = index === 0 ? names.root : (names.data[index - 1] ?? "");
      await step.undo(undoOf.volume(making, pool.name, name));
      await copyDisk(ctx.client, pool, { from: volume, name, bytes, base: index === 0 ? base : null }, step.signal);
    }
  });
}

/** The base image that the disk stands on; null when it stands on none of the store's. What differs from any other would be wrong. */
async function baseOf(ctx: Context, disk: SourceDisk | undefined, pool: Pool) {
  if (disk === undefined) return null;
  const { xml } = await ctx.client.call("volume.xml", { pool: pool.name, name: disk.volume });
  const below = textAt(parseXml(xml, "a volume"), "backingStore", "path");
  return (await listBases(ctx.client, pool)).find(({ path }) => path === below) ?? null;
}

async function finish(
  ctx: Context,
  op: OpScope,
  { prepared, pool }: Copy,
  hostKey: Awaited<ReturnType<typeof claim>>,
): Promise<void> {
  const { uuid, spec } = prepared;
  const making = { uuid, name: spec.name, op: op.id };
  const names = volumesOf(uuid, prepared);
  await op.step("seed", "Write the seed of another machine", async (step) => {
    const { record } = await ownedByUuid(ctx, uuid);
    await step.undo(undoOf.volume(making, pool.name, names.seed));
    const bytes = seedBytes(uuid, record, { hostKey, userData: newIdentityUserData() });
    await createSeed(ctx.client, pool, { name: names.seed, bytes });
  });
  await op.step("network", "Prepare the network", async (step) => {
    await ensureNetwork(ctx.client, spec.network, ctx.home);
    const network = networkOf(spec.network, ctx.home);
    if (network === null) return;
    const { mac } = (await ownedByUuid(ctx, uuid)).record;
    await step.undo(undoOf.address(making, network, mac));
    const address = await reserveAddress(ctx.client, network, { mac, name: spec.name });
    await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({ ...before, address }));
  });
  await op.step("made", "Let it go", () => markMade(ctx, uuid));
}

function warningsOf({ name, record }: OwnedMachine): readonly string[] {
  const { network, publish } = record.spec;
  const given = (network.kind === "network" || network.kind === "bridge") && network.address !== undefined;
  return [
    ...(publish.length === 0 ? [] : [`The ports that ${name} publishes are its own: the copy publishes none.`]),
    ...(given ? [`The address of ${name} is its own: the copy gets another one.`] : []),
  ];
}
