/** The disks of VMs, as volumes of the pool. */
import { type LibvirtClient, VirErrorNumber, type VolumeRow } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { libvirtCode } from "./faults.ts";
import type { BaseImage } from "./image-label.ts";
import type { Pool } from "./pool.ts";
import { el, render, type XmlElement } from "./xml-emit.ts";

/** Version 3 of qcow2: version 2, which older libvirts write unless asked, cannot give space back. */
const COMPAT = "1.1";

/** A thin disk on top of a base image: what is not written to it is read from there. E_CONFLICT when the name is taken. */
export async function createOverlay(
  client: LibvirtClient,
  pool: Pool,
  { base, name, bytes }: { readonly base: BaseImage; readonly name: string; readonly bytes: number },
): Promise<void> {
  const below = el("backingStore", {}, el("path", {}, base.path), el("format", { type: base.format }));
  await create(client, pool, volume(name, bytes, "qcow2", "0600", below));
}

/**
 * A copy of a disk that nobody writes to, which stands on no image. Snapshots inside it are not copied. libvirt does it in
 * one call, which cannot be broken off.
 */
export async function copyDisk(
  client: LibvirtClient,
  pool: string,
  { from, name, bytes }: { readonly from: string; readonly name: string; readonly bytes: number },
  signal?: AbortSignal,
): Promise<void> {
  const xml = render(volume(name, bytes, "qcow2", "0600"));
  await client.call("volume.clone", { pool, xml, from, flags: 0 }, signal && { signal });
}

/** An empty thin disk. */
export async function createEmptyDisk(
  client: LibvirtClient,
  pool: Pick<Pool, "name">,
  { name, bytes }: { readonly name: string; readonly bytes: number },
): Promise<void> {
  await create(client, pool, volume(name, bytes, "qcow2", "0600"));
}

/** A small raw volume with these bytes, readable by its VM only. */
export async function createSeed(
  client: LibvirtClient,
  pool: Pool,
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
): Promise<void> {
  await create(client, pool, volume(name, bytes.length, "raw", "0600"));
  await writeWhole(client, pool.name, name, bytes);
}

/** Puts other bytes of the same length into a seed that stays attached. `make` gets that length. */
export async function rewriteSeed(
  client: LibvirtClient,
  pool: string,
  name: string,
  make: (sizeBytes: number) => Uint8Array,
): Promise<void> {
  const row = await client.call("volume.lookup", { pool, name });
  if (row === null)
    throw new HutchError({ code: "E_NOT_FOUND", message: `The seed ${name} is not in the pool ${pool} any more.` });
  const bytes = make(row.capacityBytes);
  if (bytes.length !== row.capacityBytes) {
    throw new HutchError({
      code: "E_BUG",
      message: `A seed of ${row.capacityBytes} bytes cannot become one of ${bytes.length}.`,
    });
  }
  await writeWhole(client, pool, name, bytes);
}

/** Gone already is no failure. */
export async function deleteVolume(client: LibvirtClient, pool: string, name: string): Promise<void> {
  try {
    await client.call("volume.delete", { pool, name });
  } catch (error) {
    const code = libvirtCode(error);
    if (code !== VirErrorNumber.NO_STORAGE_VOL && code !== VirErrorNumber.NO_STORAGE_POOL) throw error;
  }
}

/** libvirt's test driver stores no bytes: there a volume is made and stays empty. */
export async function writeWhole(client: LibvirtClient, pool: string, name: string, data: Uint8Array): Promise<void> {
  try {
    await client.call("volume.write", { pool, name, offset: 0, data });
  } catch (error) {
    if (libvirtCode(error) !== VirErrorNumber.NO_SUPPORT) throw error;
  }
}

export function volume(
  name: string,
  bytes: number,
  format: "qcow2" | "raw",
  mode: string,
  ...more: readonly XmlElement[]
): XmlElement {
  return el(
    "volume",
    {},
    el("name", {}, name),
    el("capacity", { unit: "bytes" }, bytes),
    // Left out, a raw volume would be written full.
    el("allocation", { unit: "bytes" }, 0),
    el(
      "target",
      {},
      el("format", { type: format }),
      el("permissions", {}, el("mode", {}, mode)),
      format === "qcow2" ? el("compat", {}, COMPAT) : null,
    ),
    ...more,
  );
}

export function create(client: LibvirtClient, pool: Pick<Pool, "name">, xml: XmlElement): Promise<VolumeRow> {
  return client.call("volume.create", { pool: pool.name, xml: render(xml), flags: 0 });
}

/** null when there is one of that name. */
export async function createUnlessThere(
  client: LibvirtClient,
  pool: Pick<Pool, "name">,
  xml: XmlElement,
): Promise<VolumeRow | null> {
  try {
    return await create(client, pool, xml);
  } catch (error) {
    if (libvirtCode(error) === VirErrorNumber.STORAGE_VOL_EXIST) return null;
    throw error;
  }
}
