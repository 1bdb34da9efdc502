import { open } from "node:fs/promises";
import { ImageError } from "./errors.ts";
import { writeError } from "./part-file.ts";
import { run } from "./process.ts";
import { vmdkDataEnd } from "./vmdk-grains.ts";

/** Formats of other hypervisors that are taken by converting them, as qemu-img calls them. */
export type ForeignFormat = "vmdk" | "vdi" | "vhdx" | "vpc";

const SECTOR = 512;
const VMDK_DESCRIPTOR_MAX = 1024 * 1024;
const NO_PARENT = /^parentCID\s*=\s*f{8}\s*$/im;
const CONVERT_TIMEOUT_MS = 60 * 60_000;

/** Of the formats that `inspectImage` names, those that can be converted. */
export function isForeign(format: string): format is ForeignFormat {
  return ["vmdk", "vdi", "vhdx", "vpc"].includes(format);
}

/**
 * Fails with `unusable` for a foreign disk that is not all in one file: QEMU would follow the names in it, to wherever they
 * lead on this machine. Also for one of whose file a part is missing, where QEMU would not notice.
 */
export async function assertSelfContained(file: string, format: ForeignFormat): Promise<void> {
  const refuse = (why: string): ImageError =>
    new ImageError("unusable", `${file} cannot be imported.`, {
      why,
      next: [`qemu-img convert -O qcow2 ${file} IMAGE.qcow2 : where all of its files are`],
    });
  await using handle = await open(file, "r").catch((error) => {
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  });
  const { size } = await handle.stat();
  const read = async (at: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
    return buffer.subarray(0, bytesRead);
  };
  const start = await read(0, 4096);

  if (format === "vmdk") {
    if (start.toString("latin1", 0, 4) !== "KDMV" || start.length < SECTOR)
      throw refuse("It is only the description of a disk whose data is in other files.");
    const capacity = start.readBigUInt64LE(12);
    if (capacity === 0n) throw refuse("It is only the description of a disk whose data is in other files.");
    const at = Number(start.readBigUInt64LE(28)) * SECTOR;
    const length = Number(start.readBigUInt64LE(36)) * SECTOR;
    if (length > VMDK_DESCRIPTOR_MAX || at > size) throw refuse("Its description is damaged.");
    const description = (await read(at, length)).toString("latin1").replace(/\0.*$/s, "");
    const isDifference = /^parentCID/im.test(description) && !NO_PARENT.test(description);
    if (isDifference || /^parentFileNameHint/im.test(description))
      throw refuse("It is only the difference to another disk, its parent.");
    // QEMU makes zeros of what is missing of a vmdk disk, without a word, as it does of a vdi one. The others it refuses.
    const end = await vmdkDataEnd(read, size);
    if (end === null || end > size) throw cutOff(file);
  }
  if (format === "vdi") {
    // 1: grows, 2: fixed; the others are differences to a parent.
    const type = start.readUInt32LE(0x4c);
    if (type !== 1 && type !== 2) throw refuse("It is only the difference to another disk, its parent.");
    const [data, block, blocks] = [0x158, 0x178, 0x184].map((place) => start.readUInt32LE(place));
    if (Number(data) + Number(block) * Number(blocks) > size) throw cutOff(file);
  }
  if (format === "vpc") {
    const footer = start.toString("latin1", 0, 8) === "conectix" ? start : await read(size - SECTOR, SECTOR);
    // 2: fixed, 3: grows, 4: a difference.
    if (footer.readUInt32BE(60) === 4) throw refuse("It is only the difference to another disk, its parent.");
  }
}

function cutOff(file: string): ImageError {
  return new ImageError("unusable", `${file} cannot be imported.`, {
    why: "The file is cut off or damaged: parts of the disk are missing.",
    next: ["Get the file again."],
  });
}

/** A fixed disk of Virtual PC looks like a raw one but for its last sector. Fails with `io` when it cannot be read. */
export async function isFixedVhd(file: string): Promise<boolean> {
  try {
    await using handle = await open(file, "r");
    const { size } = await handle.stat();
    if (size < 2 * SECTOR) return false;
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(8), 0, 8, size - SECTOR);
    return bytesRead === 8 && buffer.toString("latin1") === "conectix";
  } catch (error) {
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  }
}

/**
 * Writes the disk as qcow2. The format is said, never guessed, and a disk that refers to others is refused before QEMU sees
 * it. Fails with `unusable` (refers to others, is cut off, or qemu-img cannot read it), `disk-full`, `tools`, `program` or
 * `cancelled`.
 */
export async function convertForeign(
  file: string,
  format: ForeignFormat,
  targetFile: string,
  signal?: AbortSignal,
): Promise<void> {
  await assertSelfContained(file, format);
  const { code, stderr } = await run(
    ["qemu-img", "convert", "-f", format, "-O", "qcow2", "-o", "compat=1.1", "--", file, targetFile],
    { signal, timeoutMs: CONVERT_TIMEOUT_MS },
  );
  if (code === 0) return;
  if (/No space left/.test(stderr)) throw writeError(targetFile, Object.assign(new Error(stderr), { code: "ENOSPC" }));
  throw new ImageError("unusable", `${file} cannot be converted from ${format}.`, { why: stderr.trim() });
}
