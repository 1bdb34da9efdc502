/** Data disks, attached and detached while the VM runs or is off. */
import { VirDomainModificationImpact as Impact } from "#ffi";
import type { AttachRequest, DetachRequest, DiskResult } from "../core/disks.ts";
import { HutchError } from "../core/errors.ts";
import { isActive } from "../core/machine/status.ts";
import { nearNames } from "../core/near.ts";
import { formatSize } from "../core/units.ts";
import { deviceXml, waitUntilGone } from "../host/devices.ts";
import { readDomain } from "../host/domain-read.ts";
import { dataTarget, writableDisk } from "../host/domain-xml.ts";
import { updateRecord } from "../host/records.ts";
import { createEmptyDisk, deleteVolume } from "../host/volumes.ts";
import { render } from "../host/xml-emit.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { undoDisk } from "./disk-undo.ts";
import type { OwnedMachine } from "./guest.ts";
import { assertAwake, assertNotSaved, livingMachine } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { isWritable } from "./snapshots.ts";

const MIB = 1024 ** 2;
const MOST_BYTES = 16 * 1024 ** 4;
/** vdc to vdz. */
const MOST_DISKS = 24;

/**
 * E_USAGE for a size that cannot be; E_NOT_FOUND and E_CONFLICT for a volume that is not there, or in use; E_CONFLICT for a
 * saved VM.
 */
export function attachDisk(ctx: Context, name: string, request: AttachRequest): Operation<DiskResult> {
  const about = { kind: "disk.attach", title: `Attach a disk to ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    return op.step("attach", "Attach the disk", async (step) => {
      const { uuid, record } = machine;
      const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
      assertNotSaved(machine, detail);
      const { inactiveXml } = detail;
      const target = freeTarget(
        machine,
        readDomain(inactiveXml).disks.map((disk) => disk.target),
      );
      const wanted = request.volume === undefined ? null : await unusedVolume(ctx, machine, request.volume);
      const volume = wanted?.name ?? (await freeVolumeName(ctx, machine));
      const bytes = wanted?.capacityBytes ?? checkedSize(request.bytes);
      const live = isActive(machine.status);
      await step.undo(undoDisk.attached(machine, { volume, target, made: wanted === null }));
      if (wanted === null) await createEmptyDisk(ctx.client, { name: record.pool }, { name: volume, bytes });
      const path = (await ctx.client.call("volume.lookup", { pool: record.pool, name: volume }))?.path ?? "";
      const disk = writableDisk({
        file: path,
        target,
        serial: `hutch-${target}`,
        iothread: inactiveXml.includes("<iothreads>"),
      });
      const flags = Impact.CONFIG | (live ? Impact.LIVE : 0);
      await ctx.client.call("domain.attachDevice", { uuid, xml: render(disk), flags }, { signal: step.signal });
      await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({
        ...before,
        volumes: [...before.volumes.filter((each) => each !== volume), volume],
        spec: { ...before.spec, dataDiskBytes: [...before.spec.dataDiskBytes, bytes] },
      }));
      return { name: machine.name, target, volume, bytes, live };
    });
  });
}

/**
 * E_NOT_FOUND for a target that is none; E_CONFLICT for root disk and seed, and for a saved VM; E_GUEST when a running guest
 * does not let go of it.
 */
export function detachDisk(ctx: Context, name: string, request: DetachRequest): Operation<DiskResult> {
  const about = { kind: "disk.detach", title: `Detach ${request.target} from ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    const { uuid, record } = machine;
    const detail = await ctx.client.call("domain.detail", { ref: { uuid } });
    assertNotSaved(machine, detail);
    const { source } = dataDisk(machine, detail.inactiveXml, request.target);
    const row = (await ctx.client.call("volume.list", { pool: record.pool })).find(({ path }) => path === source);
    const volume = row?.name ?? source ?? "";
    const bytes = row?.capacityBytes ?? 0;
    const live = isActive(machine.status) && deviceXml(detail.xml, "disk", request.target) !== "";
    if (live) assertAwake(machine, request.target);
    await op.step("detach", `Detach ${request.target}`, async (step) => {
      const xml = deviceXml(detail.inactiveXml, "disk", request.target);
      await step.undo(undoDisk.detached(machine, { volume, bytes, xml, live }));
      const flags = Impact.CONFIG | (live ? Impact.LIVE : 0);
      await ctx.client.call("domain.detachDevice", { uuid, xml, flags }, { signal: step.signal });
      if (live) await waitUntilGone(ctx.client, machine, request.target, step.signal);
      await updateRecord(ctx.client, ctx.paths, uuid, (before) => ({
        ...before,
        volumes: before.volumes.filter((each) => each !== volume),
        spec: { ...before.spec, dataDiskBytes: without(before.spec.dataDiskBytes, bytes) },
      }));
    });
    if (request.purge === true && row !== undefined) {
      await op.step("purge", `Remove ${volume}`, async () => {
        op.keepOnFailure();
        await deleteVolume(ctx.client, record.pool, volume);
      });
    }
    return { name: machine.name, target: request.target, volume, bytes, live };
  });
}

function dataDisk(machine: OwnedMachine, xml: string, target: string) {
  const [root, ...data] = readDomain(xml).disks.filter(isWritable);
  const found = data.find((disk) => disk.target === target);
  if (found !== undefined) return found;
  const targets = data.map((disk) => disk.target);
  const isOther = root?.target === target || readDomain(xml).disks.some((disk) => disk.target === target);
  throw new HutchError({
    code: isOther ? "E_CONFLICT" : "E_NOT_FOUND",
    message: isOther
      ? `${target} is no data disk of ${machine.name}: it cannot live without it.`
      : `${machine.name} has no disk ${target}.`,
    next: [
      ...(readDomain(xml).disks.some((disk) => disk.target === target && disk.device === "cdrom")
        ? [`hutch set ${machine.name} iso=off: takes the image out of that drive`]
        : []),
      ...nearNames(target, targets).map((near) => `Did you mean "${near}"?`),
      `hutch disk ls ${machine.name}`,
    ],
  });
}

function freeTarget({ name }: OwnedMachine, taken: readonly string[]): string {
  for (let index = 0; index < MOST_DISKS; index++) {
    if (!taken.includes(dataTarget(index))) return dataTarget(index);
  }
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${name} has ${MOST_DISKS} data disks, which is the most.`,
    next: [`hutch disk detach ${name} vdc`],
  });
}

/** Named as those that a VM is born with; never as one that was detached and is still there. */
async function freeVolumeName(ctx: Context, { uuid, record }: OwnedMachine): Promise<string> {
  const taken = (await ctx.client.call("volume.list", { pool: record.pool })).map(({ name }) => name);
  const stem = `${record.spec.name}-${uuid.slice(0, 8)}-data`;
  for (let number = 1; ; number++) if (!taken.includes(`${stem}${number}.qcow2`)) return `${stem}${number}.qcow2`;
}

async function unusedVolume(ctx: Context, { record }: OwnedMachine, name: string) {
  const volumes = await ctx.client.call("volume.list", { pool: record.pool });
  const found = volumes.find((volume) => volume.name === name);
  if (found === undefined) {
    const names = volumes.map((volume) => volume.name);
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `There is no volume "${name}" in the pool ${record.pool}.`,
      next: nearNames(name, names).map((near) => `Did you mean "${near}"?`),
    });
  }
  for (const row of await ctx.client.call("domain.list", {})) {
    const { inactiveXml } = await ctx.client.call("domain.detail", { ref: { uuid: row.uuid } });
    if (!readDomain(inactiveXml).disks.some(({ source }) => source === found.path)) continue;
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${name} is a disk of ${row.name}: two VMs cannot write to one.`,
      next: [`hutch disk ls ${row.name}`],
    });
  }
  return found;
}

function checkedSize(bytes: number | undefined): number {
  if (bytes !== undefined && Number.isFinite(bytes) && bytes >= MIB && bytes <= MOST_BYTES) return bytes;
  throw new HutchError({
    code: "E_USAGE",
    message:
      bytes === undefined
        ? "A disk needs a size, or a volume that is there."
        : `${formatSize(bytes)}: a disk has from 1 MiB to 16 TiB.`,
    next: ["hutch disk attach web 10G"],
  });
}

function without(sizes: readonly number[], bytes: number): readonly number[] {
  const at = sizes.lastIndexOf(bytes);
  return at === -1 ? sizes : sizes.toSpliced(at, 1);
}
