/** Where the data of a sparse VMDK ends, by its own tables. */

/** Reads exactly so many bytes at a place of the file, and fails where it has no such place. */
export type ReadAt = (at: number, length: number) => Promise<Buffer>;

const SECTOR = 512;
const MAGIC = "KDMV";
const COMPRESSED = 1 << 16;
/** Says that the header behind the data is the one that knows. */
const AT_END = 0xffff_ffff_ffff_ffffn;
/** The header's copy, then a sector that marks the end of the stream. */
const FOOTER_BACK = 2 * SECTOR;
/** A table entry of 0 is a grain that was never written, of 1 one of zeros. */
const FIRST_PLACE = 2;
/** Before a compressed grain: its sector of the disk and how many bytes it takes. */
const MARKER_BYTES = 12;
const ENTRY_BYTES = 4;
/** 512 in every table that VMware writes; QEMU takes no more. */
const PER_TABLE_MAX = 512;
/** 16 TiB in full tables of grains of 64 KiB. */
const TABLES_MAX = 2 ** 19;

/**
 * The least size of the file in bytes that holds every grain, or null where its tables do not make sense. Fails as `read`
 * where they are not there. Layout: VMware's "Virtual Disk Format 1.1".
 */
export async function vmdkDataEnd(read: ReadAt, fileBytes: number): Promise<number | null> {
  let header = await read(0, SECTOR);
  if (header.readBigUInt64LE(56) === AT_END) header = await read(fileBytes - FOOTER_BACK, SECTOR);
  if (header.toString("latin1", 0, 4) !== MAGIC) return null;
  const grain = Number(header.readBigUInt64LE(20));
  const perTable = header.readUInt32LE(44);
  const tables = Math.ceil(Number(header.readBigUInt64LE(12)) / (grain * perTable));
  if (!(tables > 0 && tables <= TABLES_MAX && perTable <= PER_TABLE_MAX)) return null;

  const directory = await entries(read, Number(header.readBigUInt64LE(56)), tables);
  let last = 0;
  for (const table of directory) {
    if (table === 0) continue;
    const places = await entries(read, table, perTable);
    for (const place of places) if (place >= FIRST_PLACE && place > last) last = place;
  }
  if (last === 0) return 0;
  if ((header.readUInt32LE(8) & COMPRESSED) === 0) return (last + grain) * SECTOR;
  const marker = await read(last * SECTOR, MARKER_BYTES);
  return last * SECTOR + MARKER_BYTES + marker.readUInt32LE(8);
}

async function entries(read: ReadAt, sector: number, count: number): Promise<Uint32Array> {
  const bytes = await read(sector * SECTOR, count * ENTRY_BYTES);
  return Uint32Array.from({ length: count }, (_, index) => bytes.readUInt32LE(index * ENTRY_BYTES));
}
