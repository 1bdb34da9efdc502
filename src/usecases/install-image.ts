/** The image that a VM is installed from by hand: found and looked into before anything is made. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { HutchError } from "../core/errors.ts";
import { nearNames } from "../core/near.ts";
import { formatSize } from "../core/units.ts";
import { listMachines } from "../host/machines.ts";
import { findPool } from "../host/pool.ts";
import type { Context } from "./context.ts";

export type InstallImage =
  /** Copied into the pool, for this VM alone. */
  | { readonly kind: "file"; readonly path: string }
  /** Used where it lies, and left there. */
  | { readonly kind: "volume"; readonly path: string };

/** ISO 9660 and UDF both say what they are in the sectors from here on. */
const DESCRIPTORS_AT = 16 * 2048;
const DESCRIPTOR = /^.(CD001|BEA01|NSR0[23])/s;

/** `word`: a file of this machine, else a volume of the pool. E_NOT_FOUND, with near names; E_IMAGE for what is none. */
export async function findInstallImage(ctx: Context, word: string): Promise<InstallImage> {
  const stat = statSync(word, { throwIfNoEntry: false });
  if (stat?.isFile() === true) {
    assertInstallImage(word, stat.size);
    return { kind: "file", path: resolve(word) };
  }
  if (stat !== undefined) throw notAnImage(word, "It is no file.");
  const pool = word.includes("/") ? null : await findPool(ctx.client);
  const volumes = pool === null ? [] : await ctx.client.call("volume.list", { pool: pool.name });
  const found = volumes.find(({ name }) => name === word);
  if (found === undefined) {
    const isos = volumes.map(({ name }) => name).filter((name) => name.endsWith(".iso"));
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `There is no file ${word}${pool === null ? "" : `, nor such a volume in the pool ${pool.name}`}.`,
      next: [...nearNames(word, isos).map((near) => `Did you mean "${near}"?`), "Write it like --iso ./installer.iso"],
    });
  }
  const owner = (await listMachines(ctx.client)).find(({ record }) => record?.volumes.includes(word) === true);
  if (owner === undefined) return { kind: "volume", path: found.path };
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${word} belongs to the VM ${owner.name}, and goes with it.`,
    next: ["Give the file itself: --iso ./installer.iso"],
  });
}

function assertInstallImage(path: string, size: number): void {
  const sector = Buffer.alloc(6);
  const fd = openFile(path);
  try {
    if (size < DESCRIPTORS_AT || readSync(fd, sector, 0, sector.length, DESCRIPTORS_AT) < sector.length)
      throw notAnImage(path, `It has ${formatSize(size)}, which is too little.`);
  } finally {
    closeSync(fd);
  }
  if (!DESCRIPTOR.test(sector.toString("latin1"))) throw notAnImage(path, "It begins like no ISO 9660 or UDF image.");
}

function openFile(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw notAnImage(path, error instanceof Error ? error.message : String(error));
  }
}

function notAnImage(path: string, why: string): HutchError {
  return new HutchError({
    code: "E_IMAGE",
    message: `--iso ${path}: this is no image to install from.`,
    why,
    next: [`hutch launch ${basename(path)}: where it is the image of a disk`],
  });
}
