/** Packets of SFTP version 3, as draft-ietf-secsh-filexfer-02 and OpenSSH's PROTOCOL have them. */
import type { Stats } from "node:fs";

export const REQUEST = {
  INIT: 1,
  OPEN: 3,
  CLOSE: 4,
  READ: 5,
  WRITE: 6,
  LSTAT: 7,
  FSTAT: 8,
  SETSTAT: 9,
  FSETSTAT: 10,
  OPENDIR: 11,
  READDIR: 12,
  REMOVE: 13,
  MKDIR: 14,
  RMDIR: 15,
  REALPATH: 16,
  STAT: 17,
  RENAME: 18,
  READLINK: 19,
  SYMLINK: 20,
  EXTENDED: 200,
} as const;

export const ANSWER = {
  VERSION: 2,
  STATUS: 101,
  HANDLE: 102,
  DATA: 103,
  NAME: 104,
  ATTRS: 105,
  EXTENDED: 201,
} as const;

export const STATUS = { OK: 0, EOF: 1, NO_SUCH_FILE: 2, PERMISSION_DENIED: 3, FAILURE: 4, UNSUPPORTED: 8 } as const;

/** What a request sets; `null` for what it leaves alone. Times are epoch seconds. */
export type Attributes = {
  readonly size: number | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  readonly mode: number | null;
  readonly times: { readonly atime: number; readonly mtime: number } | null;
};

const HAS = { SIZE: 1, OWNER: 2, MODE: 4, TIMES: 8 } as const;
/** OpenSSH's own limit is the same. */
const LONGEST_PACKET = 256 * 1024;

/** Reads fields in order; throws RangeError past the end. */
export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  u32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  u64(): number {
    this.#at += 8;
    return Number(this.#bytes.readBigUInt64BE(this.#at - 8));
  }

  bytes(): Buffer {
    const length = this.u32();
    if (this.#at + length > this.#bytes.length) throw new RangeError("a field is longer than its packet");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return this.bytes().toString();
  }

  attributes(): Attributes {
    const flags = this.u32();
    return {
      size: flags & HAS.SIZE ? this.u64() : null,
      owner: flags & HAS.OWNER ? { uid: this.u32(), gid: this.u32() } : null,
      mode: flags & HAS.MODE ? this.u32() : null,
      times: flags & HAS.TIMES ? { atime: this.u32(), mtime: this.u32() } : null,
    };
  }
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

export function field(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([u32(bytes.length), bytes]);
}

export function attributesOf(stats: Stats): Buffer {
  return Buffer.concat([
    u32(HAS.SIZE | HAS.OWNER | HAS.MODE | HAS.TIMES),
    u64(stats.size),
    u32(stats.uid),
    u32(stats.gid),
    u32(stats.mode),
    u32(Math.floor(stats.atimeMs / 1000)),
    u32(Math.floor(stats.mtimeMs / 1000)),
  ]);
}

export function packet(type: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from([type]), ...parts]);
  return Buffer.concat([u32(body.length), body]);
}

/** Whole packets out of a stream's chunks, each as type and the rest. Throws RangeError for one that is too long. */
export class Packets {
  #rest: Buffer = Buffer.alloc(0);

  *take(chunk: Buffer): Generator<{ readonly type: number; readonly body: Buffer }> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 4) {
      const length = this.#rest.readUInt32BE();
      if (length === 0 || length > LONGEST_PACKET) throw new RangeError(`a packet of ${length} bytes`);
      if (this.#rest.length < 4 + length) return;
      const whole = this.#rest.subarray(4, 4 + length);
      this.#rest = this.#rest.subarray(4 + length);
      yield { type: whole[0] ?? 0, body: whole.subarray(1) };
    }
  }
}
