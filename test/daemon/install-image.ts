/** An image to install from that boots: it says "ready." on the serial console, and rests. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ECHO_BOOT_SECTOR } from "./ffi-boot-sector.ts";

export async function makeInstallImage(file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "hutch-iso-"));
  try {
    await writeFile(join(folder, "boot.img"), ECHO_BOOT_SECTOR);
    const boot = ["-b", "boot.img", "-no-emul-boot", "-boot-load-size", "1"];
    await promisify(execFile)("xorriso", ["-as", "mkisofs", "-quiet", "-o", file, ...boot, folder]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
