/** The little of tar that an exported VM needs: regular files with plain names, of any size. */

export const BLOCK_BYTES = 512;

export type TarEntry = { readonly name: string; readonly bytes: number };

/** What fills an entry up to whole blocks. */
export function paddingOf(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

/** Two empty blocks end an archive. */
export const END: Uint8Array = new Uint8Array(2 * BLOCK_BYTES);

export function tarHeader({ name, bytes }: TarEntry, mtimeSeconds: number): Uint8Array {
  const block = Buffer.alloc(BLOCK_BYTES);
  block.write(name, 0, 100, "utf8");
  block.write("0000600\0", 100, "latin1");
  block.write("0000000\0", 108, "latin1");
  block.write("0000000\0", 116, "latin1");
  writeSize(block, bytes);
  block.write(`${mtimeSeconds.toString(8).padStart(11, "0")}\0`, 136, "latin1");
  block.write("        ", 148, "latin1");
  block.write("0", 156, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  block.write(`${sumOf(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

/**
 * The entry that a header block names; null for an empty block, which ends the archive. A sentence for what is no header,
 * is damaged, or is anything but a regular file with a plain name.
 */
export function readTarHeader(block: Uint8Array): TarEntry | string | null {
  const buffer = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  if (buffer.every((byte) => byte === 0)) return null;
  const said = Number.parseInt(text(buffer, 148, 8), 8);
  const unsummed = Buffer.from(buffer);
  unsummed.fill(" ", 148, 156);
  if (said !== sumOf(unsummed)) return "It is no tar archive, or a damaged one.";
  const name = text(buffer, 0, 100);
  const type = text(buffer, 156, 1);
  const bytes = readSize(buffer);
  if (text(buffer, 345, 155) !== "" || !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    return `It has an entry named ${JSON.stringify(name)}, which leads elsewhere.`;
  if (type !== "0" && type !== "") return `Its entry ${name} is no regular file.`;
  return Number.isSafeInteger(bytes) && bytes >= 0 ? { name, bytes } : `Its entry ${name} has no length.`;
}

/** Octal, or in base 256 what eleven octal digits do not hold (8 GiB and more). */
function writeSize(block: Buffer, bytes: number): void {
  if (bytes < 8 ** 11) {
    block.write(`${bytes.toString(8).padStart(11, "0")}\0`, 124, "latin1");
    return;
  }
  block.writeUInt8(0x80, 124);
  block.writeBigUInt64BE(BigInt(bytes), 128);
}

function readSize(block: Buffer): number {
  if (block.readUInt8(124) === 0x80) return Number(block.readBigUInt64BE(128));
  return Number.parseInt(text(block, 124, 12), 8);
}

function text(block: Buffer, offset: number, length: number): string {
  const end = block.indexOf(0, offset);
  return block.toString("utf8", offset, end === -1 ? offset + length : Math.min(end, offset + length)).trim();
}

function sumOf(block: Uint8Array): number {
  let sum = 0;
  for (const byte of block) sum += byte;
  return sum;
}
