/**
 * A small ISO 9660 writer with Rock Ridge names: one folder of files, read-only, always the same bytes for the same files.
 * Rock Ridge and not Joliet, since every Linux kernel that mounts ISO 9660 reads it.
 */

const SECTOR = 2048;
const DESCRIPTOR_SECTOR = 16;
const PATH_TABLE_LITTLE = 18;
const PATH_TABLE_BIG = 19;
const ROOT_SECTOR = 20;
const FIRST_FILE_SECTOR = 21;
const PATH_TABLE_BYTES = 10;
/** 1 January 2000, in the seven bytes of a folder entry. */
const DATE = [100, 1, 1, 0, 0, 0, 0];
const FOLDER_MODE = 0o040555;
const FILE_MODE = 0o100444;

type Entry = { readonly name: string; readonly isoName: string; readonly sector: number; readonly data: Uint8Array };

export type ImageSize = {
  /** Exact length of the image, so that it can take another's place; else as long as it must be. */
  readonly sizeBytes?: number;
};

/** An image labelled `label` with `files` in its root. Throws RangeError when they do not fit `sizeBytes` or one folder sector. */
export function iso9660(label: string, files: Readonly<Record<string, string>>, size: ImageSize = {}): Uint8Array {
  const entries = layOut(files);
  const last = entries.at(-1);
  const sectors = last === undefined ? FIRST_FILE_SECTOR : last.sector + sectorsOf(last.data);
  const sizeBytes = size.sizeBytes ?? sectors * SECTOR;
  if (sizeBytes < sectors * SECTOR) {
    throw new RangeError(`The files need ${sectors * SECTOR} bytes, and there is room for ${sizeBytes}.`);
  }

  const image = Buffer.alloc(sizeBytes);
  primaryDescriptor(label, Math.floor(sizeBytes / SECTOR)).copy(image, DESCRIPTOR_SECTOR * SECTOR);
  image.write("\xffCD001\x01", (DESCRIPTOR_SECTOR + 1) * SECTOR, "latin1");
  pathTable("little").copy(image, PATH_TABLE_LITTLE * SECTOR);
  pathTable("big").copy(image, PATH_TABLE_BIG * SECTOR);
  rootFolder(entries).copy(image, ROOT_SECTOR * SECTOR);
  for (const { sector, data } of entries) image.set(data, sector * SECTOR);
  return image;
}

function layOut(files: Readonly<Record<string, string>>): readonly Entry[] {
  const named = Object.entries(files).map(([name, text]) => ({
    name,
    isoName: plainName(name),
    data: Buffer.from(text, "utf8"),
  }));
  if (new Set(named.map(({ isoName }) => isoName)).size < named.length) {
    throw new RangeError("Two files have the same first eight letters.");
  }
  // The format wants a folder's entries in the order of their ISO names.
  const sorted = named.toSorted((a, b) => (a.isoName < b.isoName ? -1 : 1));
  let next = FIRST_FILE_SECTOR;
  return sorted.map((file) => {
    const sector = next;
    next += sectorsOf(file.data);
    return { ...file, sector };
  });
}

const sectorsOf = (data: Uint8Array): number => Math.ceil(data.length / SECTOR);

/** The name for readers without Rock Ridge: eight letters or digits. */
const plainName = (name: string): string =>
  `${name
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, "")
    .slice(0, 8)}.;1`;

function primaryDescriptor(label: string, sectors: number): Buffer {
  const block = Buffer.alloc(SECTOR);
  block.write("\x01CD001\x01", 0, "latin1");
  const text = (offset: number, length: number, value = ""): number =>
    block.write(value.padEnd(length), offset, "latin1");
  text(8, 32);
  text(40, 32, label);
  both32(block, 80, sectors);
  both16(block, 120, 1);
  both16(block, 124, 1);
  both16(block, 128, SECTOR);
  both32(block, 132, PATH_TABLE_BYTES);
  block.writeUInt32LE(PATH_TABLE_LITTLE, 140);
  block.writeUInt32BE(PATH_TABLE_BIG, 148);
  record("\0", ROOT_SECTOR, SECTOR, true).copy(block, 156);
  text(190, 623);
  // Four dates, all "not given".
  for (const offset of [813, 830, 847, 864]) block.write(`${"0".repeat(16)}\0`, offset, "latin1");
  block[881] = 1;
  return block;
}

function pathTable(endian: "little" | "big"): Buffer {
  const table = Buffer.alloc(PATH_TABLE_BYTES);
  table[0] = 1;
  if (endian === "little") {
    table.writeUInt32LE(ROOT_SECTOR, 2);
    table.writeUInt16LE(1, 6);
  } else {
    table.writeUInt32BE(ROOT_SECTOR, 2);
    table.writeUInt16BE(1, 6);
  }
  return table;
}

function rootFolder(entries: readonly Entry[]): Buffer {
  const folder = Buffer.concat([
    record("\0", ROOT_SECTOR, SECTOR, true, [sharingMark(), posix(FOLDER_MODE, 2), rockRidgeMark()]),
    record("\x01", ROOT_SECTOR, SECTOR, true, [posix(FOLDER_MODE, 2)]),
    ...entries.map(({ name, isoName, sector, data }) =>
      record(isoName, sector, data.length, false, [longName(name), posix(FILE_MODE, 1)]),
    ),
  ]);
  if (folder.length > SECTOR) throw new RangeError("Too many files for one folder sector.");
  return folder;
}

/** A folder entry, with its Rock Ridge fields behind the name. */
function record(
  isoName: string,
  sector: number,
  bytes: number,
  folder: boolean,
  fields: readonly Buffer[] = [],
): Buffer {
  const nameBytes = isoName.length + ((isoName.length + 1) % 2);
  const system = Buffer.concat(fields);
  const entry = Buffer.alloc(even(33 + nameBytes + system.length));
  entry[0] = entry.length;
  both32(entry, 2, sector);
  both32(entry, 10, bytes);
  entry.set(DATE, 18);
  entry[25] = folder ? 2 : 0;
  both16(entry, 28, 1);
  entry[32] = isoName.length;
  entry.write(isoName, 33, "latin1");
  entry.set(system, 33 + nameBytes);
  return entry;
}

const even = (length: number): number => length + (length % 2);

function field(signature: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(signature, "latin1"), Buffer.from([4 + body.length, 1]), body]);
}

/** SP: system fields are in use from the first byte on. */
const sharingMark = (): Buffer => field("SP", Buffer.from([0xbe, 0xef, 0]));

/** ER: those fields are Rock Ridge's. */
const rockRidgeMark = (): Buffer =>
  field("ER", Buffer.concat([Buffer.from([10, 0, 0, 1]), Buffer.from("RRIP_1991A", "latin1")]));

/** PX: mode and link count; owned by root. */
function posix(mode: number, links: number): Buffer {
  const body = Buffer.alloc(32);
  both32(body, 0, mode);
  both32(body, 8, links);
  return field("PX", body);
}

/** NM: the name as it is. */
const longName = (name: string): Buffer => field("NM", Buffer.concat([Buffer.from([0]), Buffer.from(name, "utf8")]));

/** Numbers are written twice, little end first and then big end first. */
function both32(block: Buffer, offset: number, value: number): void {
  block.writeUInt32LE(value, offset);
  block.writeUInt32BE(value, offset + 4);
}

function both16(block: Buffer, offset: number, value: number): void {
  block.writeUInt16LE(value, offset);
  block.writeUInt16BE(value, offset + 2);
}
