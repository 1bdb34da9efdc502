import { SECTOR_BYTES } from "./boot-blocks.ts";

/**
 * The disk of a built image: a GPT with a small partition for GRUB's core, then the root file system, last so that the
 * guest can grow it. Both start on whole MiB.
 */
const MIB = 1024 * 1024;
const GPT_BACKUP_SECTORS = 33;
const BLOCK_BYTES = 4096;

export const DISK_BYTES = 3 * 1024 * MIB;

const bootStart = MIB / SECTOR_BYTES;
const rootStart = (4 * MIB) / SECTOR_BYTES;
const rootSectors = DISK_BYTES / SECTOR_BYTES - GPT_BACKUP_SECTORS - rootStart;

export const BOOT_PARTITION = { startSector: bootStart, sectors: rootStart - bootStart } as const;

export const ROOT_PARTITION = {
  offsetBytes: rootStart * SECTOR_BYTES,
  sizeKiB: (Math.floor((rootSectors * SECTOR_BYTES) / BLOCK_BYTES) * BLOCK_BYTES) / 1024,
} as const;

export const ROOT_LABEL = "cloudimg-rootfs";

/** Arguments of `sgdisk`. Root is number 1 and the boot partition 14, as in Debian's own cloud images. */
export function partitionArgs(disk: string): readonly string[] {
  return [
    "--clear",
    `--new=14:${bootStart}:${rootStart - 1}`,
    "--typecode=14:ef02",
    `--new=1:${rootStart}:0`,
    "--typecode=1:8300",
    disk,
  ];
}
