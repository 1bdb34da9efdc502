/** An exported VM on the disk: a tar whose first entry says what the others must be. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { type ArchiveManifest, manifestProblem } from "../core/archive.ts";
import { HutchError } from "../core/errors.ts";
import { BLOCK_BYTES, END, paddingOf, readTarHeader, type TarEntry, tarHeader } from "./tar.ts";

const MANIFEST = "manifest.json";
/** Kept for the manifest, which is written last and stands first: far more than one has. */
const MANIFEST_BYTES = 256 * 1024;
const PIECE_BYTES = 4 * 1024 ** 2;

export type WrittenEntry = { readonly bytes: number; readonly sha256: string };

/** Writes entries one after the other, then the manifest in front of them. The file must not be there. */
export class ArchiveWriter {
  readonly #file: FileHandle;
  readonly #mtime: number;
  #at = BLOCK_BYTES + MANIFEST_BYTES;

  private constructor(file: FileHandle, nowMs: number) {
    this.#file = file;
    this.#mtime = Math.floor(nowMs / 1000);
  }

  static async create(path: string, nowMs: number): Promise<ArchiveWriter> {
    return new ArchiveWriter(await open(path, "wx", 0o600), nowMs);
  }

  /** `told` hears how many bytes of it are written. */
  async add(name: string, bytes: AsyncIterable<Uint8Array>, told: (done: number) => void): Promise<WrittenEntry> {
    const begin = this.#at;
    const hash = createHash("sha256");
    let length = 0;
    for await (const piece of bytes) {
      hash.update(piece);
      await this.#write(piece, begin + BLOCK_BYTES + length);
      length += piece.length;
      told(length);
    }
    await this.#write(tarHeader({ name, bytes: length }, this.#mtime), begin);
    await this.#write(new Uint8Array(paddingOf(length)), begin + BLOCK_BYTES + length);
    this.#at = begin + BLOCK_BYTES + length + paddingOf(length);
    return { bytes: length, sha256: hash.digest("hex") };
  }

  /** Resolves to the length of the file, which is on the disk then. */
  async finish(manifest: ArchiveManifest): Promise<number> {
    const json = Buffer.from(JSON.stringify(manifest, null, 2));
    if (json.length > MANIFEST_BYTES) throw new Error(`a manifest of ${json.length} bytes has no room`);
    const whole = Buffer.alloc(MANIFEST_BYTES, "\n");
    json.copy(whole);
    await this.#write(tarHeader({ name: MANIFEST, bytes: MANIFEST_BYTES }, this.#mtime), 0);
    await this.#write(whole, BLOCK_BYTES);
    await this.#write(END, this.#at);
    await this.#file.sync();
    return this.#at + END.length;
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #write(bytes: Uint8Array, at: number): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, at + done);
      done += bytesWritten;
    }
  }
}

/** E_NOT_FOUND when there is no such file; E_INVALID for one that is damaged, newer, or holds anything but what it says. */
export class ArchiveReader {
  readonly manifest: ArchiveManifest;
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #places: ReadonlyMap<string, number>;

  private constructor(
    file: FileHandle,
    path: string,
    { manifest, places }: { manifest: ArchiveManifest; places: ReadonlyMap<string, number> },
  ) {
    this.#file = file;
    this.#path = path;
    this.manifest = manifest;
    this.#places = places;
  }

  static async open(path: string): Promise<ArchiveReader> {
    const file = await open(path, "r").catch((error: NodeJS.ErrnoException) => {
      throw new HutchError(
        {
          code: error.code === "ENOENT" ? "E_NOT_FOUND" : "E_INVALID",
          message: error.code === "ENOENT" ? `There is no file ${path}.` : `${path} cannot be read.`,
          ...(error.code === "ENOENT" ? {} : { why: error.message }),
          next: ["hutch export web: makes one"],
        },
        error,
      );
    });
    try {
      return new ArchiveReader(file, path, await contentsOf(file, path));
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Copies an entry into a new local file. E_INVALID when its bytes are not those that the manifest names. */
  async extract(
    { file, bytes, sha256 }: ArchiveManifest["disks"][number],
    to: string,
    how: { readonly signal: AbortSignal; readonly told: (done: number) => void },
  ): Promise<void> {
    const place = this.#places.get(file) ?? 0;
    const hash = createHash("sha256");
    const out = await open(to, "wx", 0o600);
    try {
      const piece = Buffer.alloc(PIECE_BYTES);
      for (let done = 0; done < bytes; ) {
        how.signal.throwIfAborted();
        const { bytesRead } = await this.#file.read(piece, 0, Math.min(PIECE_BYTES, bytes - done), place + done);
        if (bytesRead === 0) throw bad(this.#path, "It ends too early.");
        hash.update(piece.subarray(0, bytesRead));
        await out.write(piece, 0, bytesRead, done);
        done += bytesRead;
        how.told(done);
      }
    } finally {
      await out.close();
    }
    if (hash.digest("hex") !== sha256) throw bad(this.#path, `The checksum of its ${file} is not the one it names.`);
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Looks at every header before anything is believed. */
async function contentsOf(file: FileHandle, path: string) {
  const length = (await file.stat()).size;
  const places = new Map<string, number>();
  const entries: TarEntry[] = [];
  let at = 0;
  for (;;) {
    const entry = readTarHeader(await exactly(file, path, at, BLOCK_BYTES));
    if (typeof entry === "string") throw bad(path, entry);
    if (entry === null) break;
    at += BLOCK_BYTES;
    if (places.has(entry.name)) throw bad(path, `It holds ${entry.name} twice.`);
    if (at + entry.bytes + paddingOf(entry.bytes) > length) throw bad(path, "It ends too early.");
    places.set(entry.name, at);
    entries.push(entry);
    at += entry.bytes + paddingOf(entry.bytes);
  }
  const [first, ...disks] = entries;
  if (first === undefined || first.name !== MANIFEST || first.bytes > MANIFEST_BYTES)
    throw bad(path, "It is no VM that hutch exported.");
  const manifest = await manifestAt(file, path, BLOCK_BYTES, first.bytes);
  const same =
    disks.length === manifest.disks.length &&
    manifest.disks.every((disk, index) => disk.file === disks[index]?.name && disk.bytes === disks[index]?.bytes);
  if (!same) throw bad(path, "It does not hold the disks that it names.");
  return { manifest, places };
}

async function manifestAt(file: FileHandle, path: string, at: number, bytes: number): Promise<ArchiveManifest> {
  let value: unknown;
  try {
    value = JSON.parse((await exactly(file, path, at, bytes)).toString("utf8"));
  } catch {
    throw bad(path, "Its manifest cannot be read.");
  }
  const problem = manifestProblem(value);
  if (problem !== null) throw bad(path, problem);
  return value as ArchiveManifest;
}

async function exactly(file: FileHandle, path: string, at: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(buffer, done, length - done, at + done);
    if (bytesRead === 0) throw bad(path, "It ends too early.");
    done += bytesRead;
  }
  return buffer;
}

function bad(path: string, why: string): HutchError {
  return new HutchError({
    code: "E_INVALID",
    message: `${path} cannot be imported.`,
    why,
    next: ["Export the VM again, and compare the two files: sha256sum"],
  });
}
