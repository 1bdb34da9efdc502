/** A VM from a file that `export` wrote, here or elsewhere: the same machine, with its own host key and identity inside. */
import { closeSync, mkdirSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { assertUsable, HEADER_READ_BYTES, inspectImage, withBackingFile } from "#images";
import type { ArchiveManifest, ImportRequest } from "../core/archive.ts";
import type { CloneResult } from "../core/copies.ts";
import { HutchError } from "../core/errors.ts";
import { type MachineRecord, NO_UPKEEP, RECORD_SCHEMA } from "../core/machine/record.ts";
import { assertPossible, usesForwards } from "../core/machine/resolve.ts";
import { ArchiveReader } from "../host/archive-file.ts";
import { listBases } from "../host/base-images.ts";
import { chooseAccel, hostCapabilities } from "../host/capabilities.ts";
import type { BaseImage } from "../host/image-label.ts";
import { findMachineByUuid, listMachines } from "../host/machines.ts";
import { assertNetwork } from "../host/networks.ts";
import { ensurePool, type Pool } from "../host/pool.ts";
import { decodeRecord, encodeRecord, isUnreadable } from "../host/records.ts";
import { volumeFromFile } from "../host/volume-bytes.ts";
import { type Operation, type OpScope, startOperation } from "../ops/operation.ts";
import { replayInterrupted } from "../ops/replay.ts";
import { bornRecord, claim, letGo, makingOf, settle } from "./birth.ts";
import { undoChange } from "./change-undo.ts";
import type { Context } from "./context.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { chooseForwards, type Prepared, volumesOf } from "./prepare.ts";
import { assertNewName } from "./rename.ts";
import { sealedSeedBytes } from "./seed.ts";
import { undoOf } from "./undo-actions.ts";

/**
 * Checks the whole file before anything is made: E_INVALID when it is damaged, newer, or holds what it should not. E_CONFLICT
 * when the name is taken, or this very VM is here. E_IMAGE when it needs a base image that is not in the store. It is left
 * stopped.
 */
export function importMachine(ctx: Context, request: ImportRequest): Operation<CloneResult> {
  const file = resolve(request.file);
  const about = { kind: "import", title: `Import ${file}`, subject: request.name ?? file };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    await replayInterrupted(operationEnvironment(ctx), request.name ?? file);
    const archive = await ArchiveReader.open(file);
    const folder = join(ctx.paths.imageCache, `${op.id}.import`);
    try {
      const order = await op.step("check", "Check the file", () => prepareImport(ctx, archive.manifest, request));
      const files = await op.step("read", "Read and verify its disks", async (step) => {
        mkdirSync(ctx.paths.imageCache, { recursive: true });
        await step.undo(undoChange.file(folder));
        mkdirSync(folder, { mode: 0o700 });
        return extract(archive, folder, order.base, {
          signal: step.signal,
          told: (done) => step.progress(done, undefined, "bytes"),
        });
      });
      const { uuid } = order.prepared;
      const record = recordOf(ctx, op, archive.manifest, order);
      await claim(ctx, op, order.prepared, order.pool, record);
      await upload(ctx, op, order, files);
      await settle(ctx, op, order.prepared, order.pool, () => sealedSeedBytes(uuid, record));
      return { machine: await letGo(ctx, op, uuid, []), warnings: order.warnings };
    } finally {
      await archive.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

type ImportOrder = {
  readonly prepared: Prepared;
  readonly pool: Pool;
  readonly base: BaseImage | null;
  readonly warnings: readonly string[];
};

async function prepareImport(
  ctx: Context,
  { uuid, record: said, base: wanted, disks }: ArchiveManifest,
  request: ImportRequest,
): Promise<ImportOrder> {
  const record = readable(said, request.file);
  const name = request.name ?? record.spec.name;
  await assertNewName(ctx, name, `hutch import ${request.file} --name web-2`);
  const here = await findMachineByUuid(ctx.client, uuid);
  if (here !== null) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `This VM is here already, as ${here.name}${here.record?.state === "trashed" ? ", in the trash" : ""}.`,
      next: [`hutch clone ${here.name} ${here.name}-2: another machine like it`, `hutch delete ${here.name} --purge`],
    });
  }
  const capabilities = await hostCapabilities(ctx.client);
  const userNetworking = ctx.home.mode === "session";
  const [root, ...data] = disks;
  const spec = {
    ...record.spec,
    name,
    diskBytes: root?.virtualBytes ?? record.spec.diskBytes,
    dataDiskBytes: data.map(({ virtualBytes }) => virtualBytes),
    publish: [],
    autostart: false,
    network: request.network ?? record.spec.network,
    networks: [],
  };
  assertPossible(spec, capabilities, userNetworking);
  await assertNetwork(ctx.client, spec.network, ctx.home);
  const accel = chooseAccel({ arch: spec.arch, accel: "auto" }, capabilities);
  const machines = await listMachines(ctx.client);
  const pool = await ensurePool(ctx.client, ctx.home, ctx.paths);
  return {
    pool,
    base: wanted === null ? null : await baseOf(ctx, pool, wanted),
    prepared: {
      uuid,
      spec,
      capabilities,
      accel,
      forwards: usesForwards(spec, userNetworking) ? await chooseForwards(spec, machines) : [],
      isFirst: false,
      warnings: [],
      imageNotes: [],
      source: { kind: "file", path: request.file },
    },
    warnings: [
      ...(accel.kind === "tcg" ? [accel.why] : []),
      ...(name === record.spec.name ? [] : [`Its host name inside stays ${record.spec.name}.`]),
      ...(record.spec.publish.length === 0 ? [] : ["The ports that it published are not published here."]),
      ...((record.spec.networks ?? []).length === 0
        ? []
        : [`Its other network cards belong to the host that it comes from: hutch nic add ${name} default`]),
    ],
  };
}

/** Through the same door as any record that others could have written. */
function readable(said: MachineRecord, file: string): MachineRecord {
  let why = "Its record cannot be read.";
  try {
    const record = decodeRecord(encodeRecord(said));
    if (!isUnreadable(record)) return record;
    why = record.problem;
  } catch {
    // What JSON held is no record.
  }
  throw new HutchError({ code: "E_INVALID", message: `${file} cannot be imported.`, why });
}

async function baseOf(ctx: Context, pool: Pool, wanted: { readonly name: string; readonly sha256: string }) {
  const base = (await listBases(ctx.client, pool)).find(({ sha256 }) => sha256 === wanted.sha256);
  if (base !== undefined) return base;
  throw new HutchError({
    code: "E_IMAGE",
    message: `It needs the image ${wanted.name} (sha256:${wanted.sha256.slice(0, 12)}), which is not in the store here.`,
    why: "It was exported without its base image, and only these very bytes will do.",
    next: ["hutch image import the same file", "Export it again, without --without-base."],
  });
}

/** The disks as local files, each verified and looked into before anything is made of it. */
async function extract(
  archive: ArchiveReader,
  folder: string,
  base: BaseImage | null,
  how: { readonly signal: AbortSignal; readonly told: (done: number) => void },
): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [index, disk] of archive.manifest.disks.entries()) {
    const path = join(folder, disk.file);
    await archive.extract(disk, path, how);
    const below = index === 0 ? base : null;
    if (below !== null) putOn(path, below);
    const facts = await inspectImage(path, how.signal);
    if (below === null) assertUsable(facts);
    const wrong =
      facts.format !== "qcow2" ||
      facts.dataFile !== null ||
      facts.encrypted ||
      facts.corrupt ||
      facts.truncated ||
      facts.backingFile !== (below?.path ?? null) ||
      facts.virtualSizeBytes !== disk.virtualBytes;
    if (wrong) throw notWhatItSays(disk.file);
    files.push(path);
  }
  return files;
}

/** Names the image of this host in the first cluster of a difference. */
function putOn(path: string, base: BaseImage): void {
  const fd = openSync(path, "r+");
  try {
    const start = Buffer.alloc(HEADER_READ_BYTES);
    const length = readSync(fd, start, 0, start.length, 0);
    const changed = withBackingFile(start.subarray(0, length), base.path);
    if (changed === undefined) throw notWhatItSays("disk0.qcow2");
    writeSync(fd, changed, 0, changed.length, 0);
  } finally {
    closeSync(fd);
  }
}

function notWhatItSays(file: string): HutchError {
  return new HutchError({
    code: "E_INVALID",
    message: `The disk ${file} in it is not what its manifest says, and is not used.`,
    why: "It names other files, is damaged, or has another size.",
  });
}

async function upload(
  ctx: Context,
  op: OpScope,
  { prepared, pool }: ImportOrder,
  files: readonly string[],
): Promise<void> {
  const names = volumesOf(prepared.uuid, prepared);
  await op.step("disk", "Put its disks into the pool", async (step) => {
    for (const [index, file] of files.entries()) {
      const name = index === 0 ? names.root : (names.data[index - 1] ?? "");
      await step.undo(undoOf.volume(makingOf(op, prepared), pool.name, name));
      await volumeFromFile(ctx.client, pool.name, name, file, {
        signal: step.signal,
        onProgress: (done, total) => step.progress(done, total, "bytes"),
      });
    }
  });
}

function recordOf(
  ctx: Context,
  op: OpScope,
  { record }: ArchiveManifest,
  { prepared, pool }: ImportOrder,
): MachineRecord {
  const { description = "", tags = [], image, hostKey, cloudInit, engine, mac } = record;
  return {
    ...NO_UPKEEP,
    ...bornRecord(ctx, op.id, prepared, pool),
    schema: RECORD_SCHEMA,
    description,
    tags,
    image,
    hostKey,
    cloudInit,
    engine,
    // The guest knows its card by it.
    mac,
  };
}
