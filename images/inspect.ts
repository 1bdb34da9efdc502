import { open } from "node:fs/promises";
import { ImageError, isImageError } from "./errors.ts";
import { run } from "./process.ts";
import { HEADER_READ_BYTES, isQcow2, readQcow2Header } from "./qcow2-header.ts";
import { aloneInFile, qemuImgMissing } from "./qemu-file.ts";

/** What is known of an image file, without trusting it. */
export type ImageFacts = {
  readonly file: string;
  /** `qcow2`, `raw`, or whatever else it was recognised as; a file that is no disk at all is `unknown`. */
  readonly format: string;
  /** The size of the disk that the guest sees. */
  readonly virtualSizeBytes: number;
  readonly fileBytes: number;
  readonly backingFile: string | null;
  readonly dataFile: string | null;
  readonly encrypted: boolean;
  /** The file ends before the image's own tables do. */
  readonly truncated: boolean;
  /** Marked corrupt, or found so by a check of its tables: what is cut off behind them shows here. */
  readonly corrupt: boolean;
  /** A check of its tables would take more memory than any sensible image's does. */
  readonly uncheckable: boolean;
};

const QEMU_IMG_TIMEOUT_MS = 60_000;
/** The least piece that any disk is made of. */
const SECTOR = 512;
const TIB = 1024 ** 4;
const VIRTUAL_SIZE_MAX = 16 * TIB;
/** What 16 TiB in clusters of 64 KiB take. */
const CHECK_BYTES_MAX = 512 * 1024 ** 2;
const NONE = {
  backingFile: null,
  dataFile: null,
  encrypted: false,
  truncated: false,
  corrupt: false,
  uncheckable: false,
} as const;

type Signature = readonly [format: string, offset: number, bytes: string];

/** Files that hold an image but are none. */
const PACKED: readonly Signature[] = [
  ["xz", 0, "\xfd7zXZ"],
  ["gzip", 0, "\x1f\x8b"],
  ["zstd", 0, "\x28\xb5\x2f\xfd"],
  ["bzip2", 0, "BZh"],
  ["zip", 0, "PK\x03\x04"],
];

/** Disks in a format that we do not take as it is, though QEMU could make one of it that we do. */
const FOREIGN: readonly Signature[] = [
  ["vmdk", 0, "KDMV"],
  ["vmdk", 0, "# Disk DescriptorFile"],
  ["vdi", 0x40, "\x7f\x10\xda\xbe"],
  ["vhdx", 0, "vhdxfile"],
  ["vpc", 0, "conectix"],
  ["qed", 0, "QED\0"],
];

const CD: readonly Signature[] = [["iso", 0x8001, "CD001"]];

/** The mark of a boot sector, which a protective one has as well, or a GPT on a disk with sectors of 4 KiB. */
const PARTITIONED: readonly Signature[] = [
  ["raw", 510, "\x55\xaa"],
  ["raw", 4096, "EFI PART"],
];

/**
 * Looks at an image file: by our own reader, and at a qcow2 file with whose header nothing is wrong by QEMU as well, so that
 * QEMU never guesses a format or follows a file name that a stranger wrote. Reads tables, not data: milliseconds, for huge
 * images seconds.
 *
 * Fails with `io` (cannot be read), `tools` (no qemu-img), `program` (qemu-img took too long) or `cancelled`. That an image is
 * bad is no failure here: see `assertUsable`.
 */
export async function inspectImage(file: string, signal?: AbortSignal): Promise<ImageFacts> {
  const { start, fileBytes } = await readStart(file);
  if (isQcow2(start)) return inspectQcow2(file, start, fileBytes, signal);
  const found = [...PACKED, ...FOREIGN, ...CD, ...PARTITIONED].find((signature) => has(start, signature));
  return { ...NONE, file, format: found?.[0] ?? "unknown", virtualSizeBytes: fileBytes, fileBytes };
}

async function inspectQcow2(
  file: string,
  start: Uint8Array,
  fileBytes: number,
  signal: AbortSignal | undefined,
): Promise<ImageFacts> {
  const header = readQcow2Header(start);
  if (header === undefined) {
    return { ...NONE, file, format: "qcow2", virtualSizeBytes: 0, fileBytes, truncated: true, corrupt: true };
  }
  const { backingFile, dataFile, encrypted, virtualSizeBytes } = header;
  const facts: ImageFacts = {
    ...{ file, format: "qcow2", virtualSizeBytes, fileBytes, backingFile, dataFile, encrypted },
    truncated: header.tablesEnd > fileBytes,
    corrupt: header.corrupt,
    // QEMU counts the references of every cluster of the file, of its holes too.
    uncheckable: !header.corrupt && (fileBytes / header.clusterBytes) * (header.refcountBits / 8) > CHECK_BYTES_MAX,
  };
  const isDependent = backingFile !== null || dataFile !== null || encrypted;
  const suspicious = isDependent || facts.truncated || facts.corrupt || facts.uncheckable;
  if (suspicious || virtualSizeBytes > VIRTUAL_SIZE_MAX) return facts;

  const check = await qemuImg(["check", "--output=json", "-U", "--", aloneInFile("qcow2", file)], signal);
  if (check === undefined) return { ...facts, corrupt: true };
  const wrong = numberOr(check["corruptions"], 0) + numberOr(check["check-errors"], 0) > 0;
  return { ...facts, corrupt: wrong };
}

/**
 * Fails with `unusable`, each reason in its own words, unless a VM may be given this image: one self-contained qcow2 or raw
 * file with a disk of a sensible size.
 */
export function assertUsable(facts: ImageFacts): void {
  const { file, format, virtualSizeBytes } = facts;
  const refuse = (why: string, ...next: readonly string[]): ImageError =>
    new ImageError("unusable", `${file} cannot be used as an image.`, { why, next });

  if (PACKED.some(([name]) => name === format)) throw refuse(`It is compressed with ${format}.`, "Unpack it first.");
  if (format === "unknown") throw refuse("It is no disk image: it has neither a known header nor a partition table.");
  if (format === "iso") throw refuse("It is the image of a CD, not of a disk.");
  if (format !== "qcow2" && format !== "raw") {
    throw refuse(`Its format is ${format}.`, `qemu-img convert -f ${format} -O qcow2 IMAGE IMAGE.qcow2`);
  }
  if (facts.backingFile !== null) {
    throw refuse("It is only the difference to another file, its backing file.", "qemu-img convert it where both are.");
  }
  if (facts.dataFile !== null) throw refuse("Its data is in another file.", "qemu-img convert it where both are.");
  if (facts.encrypted) throw refuse("It is encrypted.");
  if (format === "raw" && virtualSizeBytes % SECTOR !== 0)
    throw refuse("The file is cut off: it does not end with a whole sector.", "Get the file again.");
  if (facts.truncated) throw refuse("The file is cut off: parts of the image are missing.", "Get the file again.");
  if (facts.corrupt) throw refuse("Its tables are damaged, or point past the end of the file.", "Get the file again.");
  if (facts.uncheckable)
    throw refuse(
      "Its clusters are so small that a check of it would take more than 512 MiB of memory.",
      "qemu-img convert -O qcow2 IMAGE IMAGE.qcow2",
    );
  if (virtualSizeBytes === 0) throw refuse("The disk in it has a size of 0.");
  if (virtualSizeBytes > VIRTUAL_SIZE_MAX) throw refuse("The disk in it claims to be larger than 16 TiB.");
}

async function readStart(file: string): Promise<{ start: Uint8Array; fileBytes: number }> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEADER_READ_BYTES), 0, HEADER_READ_BYTES, 0);
      return { start: buffer.subarray(0, bytesRead), fileBytes: size };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new ImageError("io", `${file} cannot be read.`, { why: String(error), cause: error });
  }
}

function has(start: Uint8Array, [, offset, bytes]: Signature): boolean {
  return Buffer.from(start.subarray(offset, offset + bytes.length)).equals(Buffer.from(bytes, "latin1"));
}

const numberOr = (value: unknown, fallback: number): number => (typeof value === "number" ? value : fallback);

/** What qemu-img says in JSON, or undefined when it refuses the file. */
async function qemuImg(
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const { stdout } = await run(["qemu-img", ...args], { signal, timeoutMs: QEMU_IMG_TIMEOUT_MS }).catch((error) => {
    throw isImageError(error) && error.kind === "tools" ? qemuImgMissing() : error;
  });
  try {
    const answer: unknown = JSON.parse(stdout);
    return typeof answer === "object" && answer !== null ? { ...answer } : undefined;
  } catch {
    return undefined;
  }
}
