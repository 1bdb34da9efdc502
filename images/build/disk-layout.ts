import { SECTOR_BYTES } from "./boot-blocks.ts";

/**
 * The disk of a built image: a GPT with a small partition for GRUB's core, one for UEFI, then the root file system, last
 * so that the guest can grow it. All start on whole MiB.
 */
const MIB = 1024 * 1024;
const GPT_BACKUP_SECTORS = 33;
const BLOCK_BYTES = 4096;

export const DISK_BYTES = 3 * 1024 * MIB;

const bootStart = MIB / SECTOR_BYTES;
const espStart = (4 * MIB) / SECTOR_BYTES;
const rootStart = (36 * MIB) / SECTOR_BYTES;
const rootSectors = DISK_BYTES / SECTOR_BYTES - GPT_BACKUP_SECTORS - rootStart;

export const BOOT_PARTITION = { startSector: bootStart, sectors: espStart - bootStart } as const;

/** What UEFI reads its boot loader from: a FAT file system. */
export const ESP_PARTITION = {
  offsetBytes: espStart * SECTOR_BYTES,
  startSector: espStart,
  sizeKiB: ((rootStart - espStart) * SECTOR_BYTES) / 1024,
} as const;

export const ROOT_PARTITION = {
  offsetBytes: rootStart * SECTOR_BYTES,
  sizeKiB: (Math.floor((rootSectors * SECTOR_BYTES) / BLOCK_BYTES) * BLOCK_BYTES) / 1024,
} as const;

export const ROOT_LABEL = "cloudimg-rootfs";

/** The names by which a disk and its parts are told from all others. */
export type DiskIds = {
  readonly disk: string;
  readonly boot: string;
  readonly esp: string;
  readonly root: string;
  /** Of the root file system. */
  readonly rootFileSystem: string;
  /** Of the FAT file system: eight hexadecimal digits. */
  readonly espVolume: string;
};

/** Arguments of `sgdisk`. Root is number 1, the boot partition 14 and UEFI's 15, as in Debian's own cloud images. */
export function partitionArgs(disk: string, ids: DiskIds): readonly string[] {
  return [
    "--clear",
    `--disk-guid=${ids.disk}`,
    `--new=14:${bootStart}:${espStart - 1}`,
    "--typecode=14:ef02",
    `--partition-guid=14:${ids.boot}`,
    `--new=15:${espStart}:${rootStart - 1}`,
    "--typecode=15:ef00",
    `--partition-guid=15:${ids.esp}`,
    `--new=1:${rootStart}:0`,
    "--typecode=1:8300",
    `--partition-guid=1:${ids.root}`,
    disk,
  ];
}
