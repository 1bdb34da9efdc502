/** A VM as one file that another host's hutch can make it from. */
import { existsSync, renameSync } from "node:fs";
import { dirname, resolve } from "node:path";
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type ArchiveDisk,
  type ArchiveManifest,
  diskEntry,
  type ExportRequest,
  type ExportResult,
} from "../core/archive.ts";
import { HutchError } from "../core/errors.ts";
import { waysOff } from "../core/machine/power-button.ts";
import { isActive } from "../core/machine/status.ts";
import { ArchiveWriter } from "../host/archive-file.ts";
import { listBases } from "../host/base-images.ts";
import type { BaseImage } from "../host/image-label.ts";
import { ensurePool } from "../host/pool.ts";
import { bytesOf } from "../host/volume-bytes.ts";
import { copyDisk, deleteVolume } from "../host/volumes.ts";
import { parseXml, textAt } from "../host/xml.ts";
import { type Operation, type StepScope, startOperation } from "../ops/operation.ts";
import { undoChange } from "./change-undo.ts";
import { type Context, timestamp } from "./context.ts";
import { disksOf, type SourceDisk } from "./disks-of.ts";
import type { OwnedMachine } from "./guest.ts";
import { livingMachine, wrongState } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";

/**
 * Of a VM that is off. Its snapshots stay behind. E_CONFLICT when the file is there already, or the VM is not off; a file
 * that was begun is removed when it fails.
 */
export function exportMachine(ctx: Context, name: string, request: ExportRequest): Operation<ExportResult> {
  const about = { kind: "export", title: `Export ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const machine = await livingMachine(ctx, op, name);
    const file = resolve(request.file ?? `${machine.name}.hutch.tar`);
    assertFree(file, request);
    const { inactiveXml, hasManagedSave } = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
    if (isActive(machine.status))
      throw wrongState(machine, "its disks are whole only while it is off.", ...waysOff(machine));
    if (hasManagedSave)
      throw wrongState(machine, "its memory is not exported.", `hutch start ${name}`, `hutch save ${name} --discard`);
    const disks = await disksOf(ctx, machine, inactiveXml);
    const base = request.withoutBase === true ? await baseOf(ctx, machine, disks[0]) : null;
    // Of this export alone: another one of the same VM, or to the same file, is not in its way.
    const own = crypto.randomUUID().slice(0, 8);
    const partial = `${file}.${own}.part`;
    const bytes = await op.step("export", `Write ${file}`, async (step) => {
      await step.undo(undoChange.file(partial));
      const writer = await ArchiveWriter.create(partial, ctx.now());
      try {
        const written: ArchiveDisk[] = [];
        for (const [index, disk] of disks.entries())
          written.push(
            await addDisk(ctx, writer, machine, { index, disk, own, asDifference: base !== null && index === 0 }, step),
          );
        return await writer.finish(manifestOf(ctx, machine, base, written));
      } finally {
        await writer.close();
      }
    });
    // The very last: whatever breaks before, a file that was there already is as it was.
    op.signal.throwIfAborted();
    assertFree(file, request);
    renameSync(partial, file);
    return { name: machine.name, file, bytes };
  });
}

function assertFree(file: string, { force }: ExportRequest): void {
  if (!existsSync(dirname(file)))
    throw new HutchError({ code: "E_NOT_FOUND", message: `There is no folder ${dirname(file)} here.` });
  if (!existsSync(file) || force === true) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `There is a file ${file} already.`,
    next: ["Choose another name, or say --force."],
  });
}

type DiskToAdd = {
  readonly index: number;
  readonly disk: SourceDisk;
  /** What this export calls its own. */
  readonly own: string;
  readonly asDifference: boolean;
};

/** As a difference it goes in as it lies there; else a copy that stands on nothing does, which is made for it. */
async function addDisk(
  ctx: Context,
  writer: ArchiveWriter,
  { record }: OwnedMachine,
  { index, disk: { volume, bytes }, own, asDifference }: DiskToAdd,
  step: StepScope,
): Promise<ArchiveDisk> {
  const file = diskEntry(index);
  const told = (done: number) => step.progress(done, undefined, "bytes");
  const write = async (name: string) => ({
    file,
    virtualBytes: bytes,
    ...(await writer.add(file, bytesOf(ctx.client, record.pool, name, step.signal), told)),
  });
  if (asDifference) return write(volume);
  const flat = `${volume}.${own}.export`;
  await step.undo(undoChange.helperVolume(record.pool, flat));
  await copyDisk(ctx.client, record.pool, { from: volume, name: flat, bytes }, step.signal);
  try {
    return await write(flat);
  } finally {
    await deleteVolume(ctx.client, record.pool, flat);
  }
}

async function baseOf(ctx: Context, { name }: OwnedMachine, disk: SourceDisk | undefined): Promise<BaseImage> {
  const pool = await ensurePool(ctx.client, ctx.home, ctx.paths);
  const { xml } = await ctx.client.call("volume.xml", { pool: pool.name, name: disk?.volume ?? "" });
  const below = textAt(parseXml(xml, "a volume"), "backingStore", "path");
  const base = (await listBases(ctx.client, pool)).find(({ path }) => path === below);
  if (base !== undefined) return base;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `The disk of ${name} stands on no image of the store, so none can be left out.`,
    next: [`hutch export ${name}`],
  });
}

/** What belongs to this host stays here. */
function manifestOf(
  ctx: Context,
  { uuid, record }: OwnedMachine,
  base: BaseImage | null,
  disks: readonly ArchiveDisk[],
): ArchiveManifest {
  return {
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    uuid,
    exportedAt: timestamp(ctx),
    record: { ...record, address: null, forwards: [], mounts: [], pending: [] },
    base: base === null ? null : { name: base.name, sha256: base.sha256 },
    disks,
  };
}
