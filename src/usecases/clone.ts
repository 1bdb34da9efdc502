/**
 * A copy of a stopped VM that is a machine of its own: another name, address, host key, machine-id and cloud-init instance.
 * It stands on the base image of its source, never on its source: either may be started, changed and removed at will.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { newIdentityUserData } from "#cloud-init";
import type { CloneRequest, CloneResult } from "../core/copies.ts";
import { HutchError } from "../core/errors.ts";
import { macOf } from "../core/mac.ts";
import { waysOff } from "../core/machine/power-button.ts";
import type { MachineRecord } from "../core/machine/record.ts";
import { usesForwards } from "../core/machine/resolve.ts";
import { isActive } from "../core/machine/status.ts";
import { shellWord } from "../core/shell-word.ts";
import { listBases } from "../host/base-images.ts";
import { hostCapabilities } from "../host/capabilities.ts";
import { listMachines } from "../host/machines.ts";
import { ensurePool, type Pool } from "../host/pool.ts";
import { listSnapshots } from "../host/snapshots.ts";
import { makeHostKey } from "../host/ssh/keys.ts";
import { copyVolume } from "../host/volume-bytes.ts";
import { copyDisk } from "../host/volumes.ts";
import { parseXml, textAt } from "../host/xml.ts";
import { type Operation, type OpScope, startOperation } from "../ops/operation.ts";
import { bornRecord, claim, letGo, makingOf, settle } from "./birth.ts";
import { undoChange } from "./change-undo.ts";
import type { Context } from "./context.ts";
import { disksOf, type SourceDisk } from "./disks-of.ts";
import type { OwnedMachine } from "./guest.ts";
import { livingMachine, wrongState } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { chooseForwards, type Prepared, volumesOf } from "./prepare.ts";
import { assertNewName } from "./rename.ts";
import { seedBytes } from "./seed.ts";
import { undoOf } from "./undo-actions.ts";

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
    await assertNewName(ctx, to, `hutch clone ${shellWord(name)} web-2`);
    const copy = await prepareCopy(ctx, source, to);
    const { prepared, pool } = copy;
    const hostKey = await makeHostKey(to, op.signal);
    const record = recordOf(ctx, op, copy, hostKey.publicKey);
    await claim(ctx, op, prepared, pool, record);
    await copyDisks(ctx, op, copy, full);
    await settle(ctx, op, prepared, pool, () =>
      seedBytes(prepared.uuid, record, { hostKey, userData: newIdentityUserData() }),
    );
    return { machine: await letGo(ctx, op, prepared.uuid), warnings: warningsOf(source) };
  });
}

async function prepareCopy(ctx: Context, source: OwnedMachine, to: string): Promise<Copy> {
  const { name, record, uuid } = source;
  const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
  if (isActive(source.status) || detail.hasManagedSave) {
    throw wrongState(
      detail.hasManagedSave ? { ...source, status: { ...source.status, power: "saved" } } : source,
      "its disks are whole only while it is off.",
      ...(detail.hasManagedSave ? [`hutch start ${name}`, `hutch save ${name} --discard`] : waysOff(source)),
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
    networks: (record.spec.networks ?? []).map(({ network }) => ({ network, mac: macOf(crypto.randomUUID()) })),
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
      warnings: [],
      imageNotes: [],
      source: { kind: "file", path: "" },
    },
  };
}

/** An address that was asked for is the source's. */
function withoutAddress(network: MachineRecord["spec"]["network"]): MachineRecord["spec"]["network"] {
  if (network.kind === "network") return { kind: "network", network: network.network };
  return network.kind === "bridge" ? { kind: "bridge", bridge: network.bridge } : network;
}

/** The source's record, as one of another machine. */
function recordOf(ctx: Context, op: OpScope, { source, prepared, pool }: Copy, hostKey: string): MachineRecord {
  return {
    ...source.record,
    ...bornRecord(ctx, op.id, prepared, pool),
    hostKey,
    cloudInit: null,
    protected: false,
    mounts: [],
  };
}

/** Root on top of the image that the source's stands on, unless `full`; a copy with snapshots in it would be no start for another machine. */
async function copyDisks(
  ctx: Context,
  op: OpScope,
  { source, disks, prepared, pool }: Copy,
  full: boolean,
): Promise<void> {
  const names = volumesOf(prepared.uuid, prepared);
  const making = makingOf(op, prepared);
  const thin = !full && (await listSnapshots(ctx.client, source.uuid)).length === 0;
  const onImage = thin && (await standsOnImage(ctx, disks[0], pool));
  await op.step("disk", onImage ? "Copy what differs from the image" : "Copy the disks", async (step) => {
    for (const [index, { volume, bytes }] of disks.entries()) {
      const name = index === 0 ? names.root : (names.data[index - 1] ?? "");
      await step.undo(undoOf.volume(making, pool.name, name));
      if (index > 0 || !onImage) {
        await copyDisk(ctx.client, pool.name, { from: volume, name, bytes }, step.signal);
        continue;
      }
      const via = join(ctx.paths.imageCache, `${op.id}.part`);
      mkdirSync(ctx.paths.imageCache, { recursive: true });
      await step.undo(undoChange.file(via));
      await copyVolume(ctx.client, pool.name, { from: volume, name, via }, { signal: step.signal });
    }
  });
}

/** A disk on an image of the store is as good a start for two. */
async function standsOnImage(ctx: Context, disk: SourceDisk | undefined, pool: Pool): Promise<boolean> {
  if (disk === undefined) return false;
  const { xml } = await ctx.client.call("volume.xml", { pool: pool.name, name: disk.volume });
  const below = textAt(parseXml(xml, "a volume"), "backingStore", "path");
  return (await listBases(ctx.client, pool)).some(({ path }) => path === below);
}

function warningsOf({ name, record }: OwnedMachine): readonly string[] {
  const { network, publish } = record.spec;
  const given = (network.kind === "network" || network.kind === "bridge") && network.address !== undefined;
  return [
    ...(publish.length === 0 ? [] : [`The ports that ${name} publishes are its own: the copy publishes none.`]),
    ...(given ? [`The address of ${name} is its own: the copy gets another one.`] : []),
  ];
}
