/** What makes a disk start under a BIOS: GRUB's two boot blocks, filled in as its own installer would. */

export const SECTOR_BYTES = 512;

/** Of the first sector only this much is code: the disk's partition table follows. */
export const BOOT_CODE_BYTES = 440;

const CORE_LBA_OFFSET = 0x5c;
const DRIVE_CHECK_OFFSET = 0x66;
const BLOCK_LIST_OFFSET = 0x1f4;
/** The real-mode segment at which the second sector of the core is loaded. */
const CORE_SEGMENT = 0x820;
const NOP = 0x90;

/**
 * The boot code for the disk's first sector, made from GRUB's `boot.img`: it loads the one sector at `coreLba`. The drive
 * number that the BIOS passes is believed, as GRUB's installer has it for a hard disk.
 */
export function bootCode(bootImage: Uint8Array, coreLba: number): Uint8Array {
  if (bootImage.length !== SECTOR_BYTES) throw new RangeError(`boot.img has ${bootImage.length} bytes, not 512`);
  const code = Uint8Array.from(bootImage.subarray(0, BOOT_CODE_BYTES));
  new DataView(code.buffer).setBigUint64(CORE_LBA_OFFSET, BigInt(coreLba), true);
  code.fill(NOP, DRIVE_CHECK_OFFSET, DRIVE_CHECK_OFFSET + 2);
  return code;
}

/**
 * GRUB's core image, padded to whole sectors, with the list of blocks in its first sector saying that the rest follows it
 * without a gap. `maxSectors` is the room that the partition has.
 */
export function coreBlocks(core: Uint8Array, coreLba: number, maxSectors: number): Uint8Array {
  const sectors = Math.ceil(core.length / SECTOR_BYTES);
  if (sectors < 2) throw new RangeError("core.img is shorter than two sectors");
  if (sectors > maxSectors) throw new RangeError(`core.img needs ${sectors} sectors, the partition has ${maxSectors}`);
  const blocks = new Uint8Array(sectors * SECTOR_BYTES);
  blocks.set(core);
  const view = new DataView(blocks.buffer);
  view.setBigUint64(BLOCK_LIST_OFFSET, BigInt(coreLba + 1), true);
  view.setUint16(BLOCK_LIST_OFFSET + 8, sectors - 1, true);
  view.setUint16(BLOCK_LIST_OFFSET + 10, CORE_SEGMENT, true);
  return blocks;
}
