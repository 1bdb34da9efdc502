import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { bootCode, coreBlocks, SECTOR_BYTES } from "./boot-blocks.ts";
import { BOOT_PARTITION, type DiskIds, ESP_PARTITION } from "./disk-layout.ts";
import type { BuildStep } from "./step.ts";
import { GRUB_BIOS_FOLDER, GRUB_EFI_FOLDER } from "./tools.ts";

const MODULES = ["part_gpt", "ext2", "normal", "configfile", "linux", "serial", "terminal", "gzio"];

/** Where GRUB finds its configuration: on the first partition of the disk that it was started from. */
const PREFIX = "(,gpt1)/boot/grub";

/** GRUB for machines with a BIOS: in the disk's first sector and in the boot partition. */
export async function installBiosLoader(disk: string, work: string, step: BuildStep): Promise<void> {
  const core = join(work, "core.img");
  await step("grub-mkimage", [
    "grub-mkimage",
    ...["-O", "i386-pc", "-d", GRUB_BIOS_FOLDER, "-p", PREFIX, "-o", core],
    ...["biosdisk", ...MODULES],
  ]);
  const { startSector, sectors } = BOOT_PARTITION;
  const handle = await open(disk, "r+");
  try {
    const code = bootCode(await readFile(join(GRUB_BIOS_FOLDER, "boot.img")), startSector);
    await handle.write(code, 0, code.length, 0);
    const blocks = coreBlocks(await readFile(core), startSector, sectors);
    await handle.write(blocks, 0, blocks.length, startSector * SECTOR_BYTES);
  } finally {
    await handle.close();
  }
}

/** GRUB for UEFI, under the one name that firmware without boot entries of its own looks for. Nothing is mounted for it. */
export async function installUefiLoader(disk: string, work: string, ids: DiskIds, step: BuildStep): Promise<void> {
  const loader = join(work, "BOOTX64.EFI");
  await step("grub-mkimage", [
    "grub-mkimage",
    ...["-O", "x86_64-efi", "-d", GRUB_EFI_FOLDER, "-p", PREFIX, "-o", loader],
    ...["fat", ...MODULES],
  ]);
  const { offsetBytes, startSector, sizeKiB } = ESP_PARTITION;
  const at = `${disk}@@${offsetBytes}`;
  await step("mkfs.fat", [
    "mkfs.fat",
    ...["-F", "16", "-n", "UEFI", "-i", ids.espVolume, "--invariant", "-h", `${startSector}`],
    ...["--offset", `${startSector}`, disk, `${sizeKiB}`],
  ]);
  await step("mmd", ["mmd", "-i", at, "::EFI", "::EFI/BOOT"]);
  await step("mcopy", ["mcopy", "-i", at, loader, "::EFI/BOOT/BOOTX64.EFI"]);
}
