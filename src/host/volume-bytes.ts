/** The files of volumes as they are, a qcow2 with what it says of the file below it: read in pieces, copied whole. */
import { rmSync, statSync } from "node:fs";
import type { LibvirtClient } from "#ffi";
import { create, volume } from "./volumes.ts";

/** Few enough streams, little enough memory. */
const PIECE_BYTES = 16 * 1024 ** 2;

/** From the first byte to the last. */
export async function* bytesOf(
  client: LibvirtClient,
  pool: string,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for (let offset = 0; ; ) {
    const { data } = await client.call("volume.read", { pool, name, offset, length: PIECE_BYTES }, { signal });
    if (data.length > 0) yield data;
    offset += data.length;
    if (data.length < PIECE_BYTES) return;
  }
}

export type Progress = { readonly signal: AbortSignal; readonly onProgress?: (done: number, total: number) => void };

/** A new volume with the bytes of a local file. */
export async function volumeFromFile(
  client: LibvirtClient,
  pool: string,
  name: string,
  file: string,
  how: Progress,
): Promise<void> {
  await create(client, { name: pool }, volume(name, statSync(file).size, "raw", "0600"));
  await client.call("volume.upload", { pool, name, file }, how);
}

/** A copy of a volume that nobody writes to, by way of the local file `via`, which is gone again at the end. */
export async function copyVolume(
  client: LibvirtClient,
  pool: string,
  { from, name, via }: { readonly from: string; readonly name: string; readonly via: string },
  how: Progress,
): Promise<void> {
  try {
    await client.call("volume.download", { pool, name: from, file: via }, how);
    await volumeFromFile(client, pool, name, via, how);
  } finally {
    rmSync(via, { force: true });
  }
}
