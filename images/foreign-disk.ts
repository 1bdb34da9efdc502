import { open } from "node:fs/promises";
import { ImageError } from "./errors.ts";
import { writeError } from "./part-file.ts";
import { run } from "./process.ts";
import { aloneInFile, qemuImgMissing } from "./qemu-file.ts";
import { UNPACKED_MAX } from "./unpack.ts";
import { type ReadAt, vmdkDataEnd } from "./vmdk-grains.ts";

/** Formats of other hypervisors that are taken by converting them, as qemu-img calls them. */
export type ForeignFormat = "vmdk" | "vdi" | "vhdx" | "vpc";

const SECTOR = 512;
const VMDK_DESCRIPTION_MAX = 1024 * 1024;
/** Where QEMU looks for a vmdk's parent, wherever the header says that the description is. */
const VMDK_PARENT = { at: SECTOR, bytes: 20 * SECTOR } as const;
const NAMES_PARENT = /parentFileNameHint|^[ \t]*parentCID(?![ \t]*=[ \t]*f{8}[ \t\r]*$)/im;
const VDI_HEADER_BYTES = 0x188;
const CONVERT_TIMEOUT_MS = 60 * 60_000;
/** The tables of the largest vhdx, of 64 TiB, take half of this. */
const CONVERT_MEMORY = 1024 ** 3;
/**
 * A stranger's tables make QEMU take memory, and write, as much as they like: the same piece of the file over and over. In KiB
 * and in sectors; a limit that is lower already, and may not be raised, stays.
 */
const WITHIN_LIMITS = [
  "sh",
  "-c",
  `{ ulimit -d ${CONVERT_MEMORY / 1024}; ulimit -f ${UNPACKED_MAX / SECTOR}; } 2>/dev/null; exec "$@"`,
  "sh",
] as const;
/** What a shell ends with where there is no such program. */
const NO_SUCH_PROGRAM = 127;

const ELSEWHERE = "It is only the description of a disk whose data is in other files.";
const DIFFERENCE = "It is only the difference to another disk, its parent.";

/** Of the formats that `inspectImage` names, those that can be converted. */
export function isForeign(format: string): format is ForeignFormat {
  return ["vmdk", "vdi", "vhdx", "vpc"].includes(format);
}

/**
 * Fails with `unusable` for a foreign disk that is not all in one file: what it says of others is never followed, and would
 * be missing. Also for one of whose file a part is missing, where QEMU would not notice. Fails with `io` when it cannot be read.
 */
export async function assertSelfContained(file: string, format: ForeignFormat): Promise<void> {
  await using handle = await open(file, "r").catch((error) => {
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  });
  const { size } = await handle.stat();
  // Every place in the file is a stranger's word.
  const read: ReadAt = async (at, length) => {
    if (at < 0 || at + length > size) throw cutOff(file);
    return (await handle.read(Buffer.alloc(length), 0, length, at)).buffer;
  };
  // QEMU itself refuses a vhdx disk that has a parent or is cut off.
  if (format === "vmdk") await assertVmdk(file, size, read);
  if (format === "vdi") await assertVdi(file, size, read);
  if (format === "vpc") await assertVpc(file, size, read);
}

async function assertVmdk(file: string, size: number, read: ReadAt): Promise<void> {
  if ((await read(0, Math.min(size, 4))).toString("latin1") !== "KDMV") throw notAlone(file, ELSEWHERE);
  const header = await read(0, SECTOR);
  if (header.readBigUInt64LE(12) === 0n) throw notAlone(file, ELSEWHERE);
  const length = Number(header.readBigUInt64LE(36)) * SECTOR;
  if (length > VMDK_DESCRIPTION_MAX) throw cutOff(file);
  const description = await read(Number(header.readBigUInt64LE(28)) * SECTOR, length);
  const place = await read(VMDK_PARENT.at, Math.min(VMDK_PARENT.bytes, size - VMDK_PARENT.at));
  for (const text of [description, place])
    if (NAMES_PARENT.test(text.toString("latin1").replaceAll("\0", "\n"))) throw notAlone(file, DIFFERENCE);
  // QEMU makes zeros of what is missing of a vmdk disk, without a word, as it does of a vdi one.
  const end = await vmdkDataEnd(read, size);
  if (end === null || end > size) throw cutOff(file);
}

async function assertVdi(file: string, size: number, read: ReadAt): Promise<void> {
  const header = await read(0, VDI_HEADER_BYTES);
  const [type, data, block, blocks] = [0x4c, 0x158, 0x178, 0x184].map((place) => header.readUInt32LE(place));
  // 1: grows, 2: fixed; the others are differences to a parent.
  if (type !== 1 && type !== 2) throw notAlone(file, DIFFERENCE);
  if (Number(data) + Number(block) * Number(blocks) > size) throw cutOff(file);
}

async function assertVpc(file: string, size: number, read: ReadAt): Promise<void> {
  const start = await read(0, SECTOR);
  const footer = start.toString("latin1", 0, 8) === "conectix" ? start : await read(size - SECTOR, SECTOR);
  // 2: fixed, 3: grows, 4: a difference.
  if (footer.readUInt32BE(60) === 4) throw notAlone(file, DIFFERENCE);
}

function notAlone(file: string, why: string): ImageError {
  return new ImageError("unusable", `${file} cannot be imported.`, {
    why,
    next: ["qemu-img convert -O qcow2 IMAGE IMAGE.qcow2 : where all of its files are"],
  });
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
 * Writes the disk as qcow2. The format is said, never guessed; a disk that refers to others is refused before QEMU sees it,
 * and QEMU is told to follow none. Fails with `unusable` (refers to others, is cut off, takes more memory or space than any
 * disk does, or qemu-img cannot read it), `disk-full`, `tools`, `program` or `cancelled`.
 */
export async function convertForeign(
  file: string,
  format: ForeignFormat,
  targetFile: string,
  signal?: AbortSignal,
): Promise<void> {
  await assertSelfContained(file, format);
  const source = aloneInFile(format, file);
  const { code, stderr } = await run(
    [...WITHIN_LIMITS, "qemu-img", "convert", "-O", "qcow2", "-o", "compat=1.1", "--", source, targetFile],
    { signal, timeoutMs: CONVERT_TIMEOUT_MS },
  );
  if (code === 0) return;
  if (code === NO_SUCH_PROGRAM) throw qemuImgMissing();
  if (/No space left/.test(stderr)) throw writeError(targetFile, Object.assign(new Error(stderr), { code: "ENOSPC" }));
  throw new ImageError("unusable", `${file} cannot be converted from ${format}.`, {
    why: stderr.trim().replaceAll(source, () => file),
  });
}
