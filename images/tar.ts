import type { Readable } from "node:stream";
import { ImageError } from "./errors.ts";

const BLOCK = 512;
/** Long names of GNU tar and attributes of POSIX tar lie in entries of their own; real ones are tiny. */
const EXTENSION_MAX = 1024 * 1024;

export type TarEntry = {
  /** As it is written, with a leading `./` or `/` taken off: never used as a path here. */
  readonly name: string;
  readonly bytes: number;
  readonly kind: "file" | "folder" | "other";
  /** Its bytes; what is not read is skipped. Valid until the next entry is asked for. */
  readonly body: AsyncIterable<Buffer>;
};

/** The entries of a tar archive, one after the other, as the stream comes. Fails with `unusable` when it is none, or is cut off. */
export async function* tarEntries(source: Readable): AsyncGenerator<TarEntry> {
  const input = new BlockInput(source);
  let longName: string | undefined;
  let realBytes: number | undefined;
  for (;;) {
    const header = await input.take(BLOCK, true);
    if (header === undefined || header.every((byte) => byte === 0)) return;
    const { name, bytes: written, type } = readHeader(header);
    if (type === "L" || type === "x" || type === "g") {
      if (written > EXTENSION_MAX) throw notTar("a name in it is endless");
      const data = (await input.take(written, false)) ?? Buffer.alloc(0);
      await input.skip(padding(written));
      if (type === "L") longName = textOf(data);
      if (type === "x") {
        longName = attribute(data, "path") ?? longName;
        const size = attribute(data, "size");
        realBytes = size === undefined ? undefined : sizeOf(/^\d+$/.test(size) ? Number(size) : Number.NaN);
      }
      continue;
    }
    const bytes = realBytes ?? written;
    let left = bytes;
    const body = async function* (): AsyncGenerator<Buffer> {
      while (left > 0) {
        const piece = await input.some(left);
        left -= piece.length;
        yield piece;
      }
    };
    const kind = type === "0" || type === "\0" || type === "7" ? "file" : type === "5" ? "folder" : "other";
    yield { name: (longName ?? name).replace(/^(?:\.?\/)+/, ""), bytes, kind, body: body() };
    await input.skip(left + padding(bytes));
    longName = undefined;
    realBytes = undefined;
  }
}

/** The header of a file or a folder in the layout that every tar reads. Sizes of 8 GiB and more are written as GNU tar does. */
export function tarHeader(entry: {
  readonly name: string;
  readonly bytes: number;
  readonly mode: number;
  readonly owner: number;
  readonly kind: "file" | "folder";
}): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number): void => {
    header.write(`${value.toString(8).padStart(width - 1, "0")}\0`, at, "latin1");
  };
  header.write(entry.name, 0, 100, "utf8");
  octal(entry.mode, 100, 8);
  octal(entry.owner, 108, 8);
  octal(entry.owner, 116, 8);
  if (entry.bytes < 8 ** 11) octal(entry.bytes, 124, 12);
  else {
    header.writeUInt8(0x80, 124);
    header.writeBigUInt64BE(BigInt(entry.bytes), 128);
  }
  // A fixed time: the same image is the same layer.
  octal(0, 136, 12);
  header.write(entry.kind === "file" ? "0" : "5", 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.fill(" ", 148, 156);
  octal(checksum(header), 148, 7);
  return header;
}

/** Zeros that fill up the last block of so many bytes. */
export function padding(bytes: number): number {
  return (BLOCK - (bytes % BLOCK)) % BLOCK;
}

function readHeader(header: Buffer): { readonly name: string; readonly bytes: number; readonly type: string } {
  const field = (at: number, length: number): string => textOf(header.subarray(at, at + length));
  const sum = Number.parseInt(field(148, 8).trim(), 8);
  const plain = Buffer.from(header).fill(" ", 148, 156);
  if (sum !== checksum(plain)) throw notTar("a header is damaged");
  const prefix = field(257, 5) === "ustar" ? field(345, 155) : "";
  const binary = (header.at(124) ?? 0) >= 0x80;
  const bytes = binary ? Number(header.readBigUInt64BE(128)) : Number.parseInt(field(124, 12).trim() || "0", 8);
  return {
    name: prefix === "" ? field(0, 100) : `${prefix}/${field(0, 100)}`,
    bytes: sizeOf(bytes),
    type: field(156, 1) || "\0",
  };
}

function sizeOf(bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes >= 0) return bytes;
  throw notTar("a size in it is none");
}

const checksum = (header: Buffer): number => header.reduce((sum, byte) => sum + byte, 0);

const textOf = (bytes: Buffer): string => bytes.toString("utf8").replace(/\0.*$/s, "");

/** `LENGTH KEY=VALUE` lines. */
function attribute(data: Buffer, key: string): string | undefined {
  return new RegExp(`^\\d+ ${key}=(.*)$`, "m").exec(data.toString("utf8"))?.[1];
}

function notTar(why: string): ImageError {
  return new ImageError("unusable", "The file is not a whole tar archive.", { why: `It is cut off, or ${why}.` });
}

/** Pieces of any size, taken as they are needed. */
class BlockInput {
  readonly #source: AsyncIterator<Buffer>;
  #left: Buffer = Buffer.alloc(0);

  constructor(source: Readable) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly so many bytes; undefined at the very end, where that may be. */
  async take(bytes: number, mayEnd: boolean): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    for (let missing = bytes; missing > 0; ) {
      if (this.#left.length === 0 && !(await this.#more())) {
        if (mayEnd && missing === bytes) return undefined;
        throw notTar("ends too early");
      }
      const piece = this.#cut(missing);
      pieces.push(piece);
      missing -= piece.length;
    }
    return Buffer.concat(pieces);
  }

  /** What is there, at most so many bytes. */
  async some(most: number): Promise<Buffer> {
    if (this.#left.length === 0 && !(await this.#more())) throw notTar("ends too early");
    return this.#cut(most);
  }

  async skip(bytes: number): Promise<void> {
    for (let left = bytes; left > 0; ) left -= (await this.some(left)).length;
  }

  #cut(most: number): Buffer {
    const piece = this.#left.subarray(0, most);
    this.#left = this.#left.subarray(piece.length);
    return piece;
  }

  async #more(): Promise<boolean> {
    for (;;) {
      const { value, done } = await this.#source.next();
      if (done === true) return false;
      if (value.length > 0) {
        this.#left = value;
        return true;
      }
    }
  }
}
