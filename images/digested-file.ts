import type { FileHandle } from "node:fs/promises";
import { Writable } from "node:stream";
import { type DigestAlgorithm, DigestThread } from "./digest-thread.ts";
import type { ImageError } from "./errors.ts";
import { writeError } from "./part-file.ts";

/** Bytes wait in these for the disk and for the digest; when all are full, the network is held back. */
const SLOTS = 8;
const SLOT_BYTES = 512 * 1024;

export type DigestedFileOptions = {
  /** For the words of errors. */
  readonly path: string;
  /** Open for reading and writing. */
  readonly handle: FileHandle;
  readonly algorithm: DigestAlgorithm;
  /** So many bytes are in the file already, and are digested too. */
  readonly from: number;
  /** Told the size of the file after each write. */
  readonly onWritten: (size: number) => void;
};

/**
 * A file that is digested while it is written: the network is read on one thread, another digests, a third writes, and a byte
 * is copied once, into memory that all of them see. Must be stopped before the file is closed.
 */
export class DigestedFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #thread: DigestThread;
  readonly #bytes: Uint8Array;
  readonly #free = Array.from({ length: SLOTS }, (_, slot) => slot * SLOT_BYTES);
  readonly #busy = new Set<Promise<void>>();
  readonly #onWritten: (size: number) => void;
  #filling: { readonly offset: number; length: number } | undefined;
  #size: number;
  /** Ends when all writes so far have ended, one after the other. */
  #written: Promise<void> = Promise.resolve();
  #failure: ImageError | undefined;

  constructor({ path, handle, algorithm, from, onWritten }: DigestedFileOptions) {
    const memory = new SharedArrayBuffer(SLOTS * SLOT_BYTES);
    this.#path = path;
    this.#handle = handle;
    this.#bytes = new Uint8Array(memory);
    this.#size = from;
    this.#onWritten = onWritten;
    this.#thread = new DigestThread({ descriptor: handle.fd, algorithm, from, memory });
  }

  /** A stream into it. What it has taken is in the file when it ends, however it ends; it fails as the disk does. */
  writer(): Writable {
    return new Writable({
      highWaterMark: SLOT_BYTES,
      write: (chunk: Uint8Array, _encoding, done) => {
        const taken = this.#take(chunk);
        if (taken === chunk.length && this.#failure === undefined) done();
        else this.#takeRest(chunk.subarray(taken)).then(() => done(), done);
      },
      final: (done) => void this.#flush().then(() => done(), done),
      destroy: (error, done) =>
        void this.#flush().then(
          () => done(error),
          () => done(error),
        ),
    });
  }

  /** The digest of the whole file, in hex. Fails with `disk-full` or `io`. */
  async finish(): Promise<string> {
    await this.#flush();
    return this.#thread.finish();
  }

  async stop(): Promise<void> {
    await this.#thread.stop();
    await Promise.all(this.#busy);
  }

  async #takeRest(bytes: Uint8Array): Promise<void> {
    for (let taken = 0; ; ) {
      if (this.#failure !== undefined) throw this.#failure;
      taken += this.#take(bytes.subarray(taken));
      if (taken === bytes.length) return;
      await Promise.race(this.#busy);
    }
  }

  /** As many of the bytes as there is room for. */
  #take(bytes: Uint8Array): number {
    let taken = 0;
    while (taken < bytes.length) {
      const offset = this.#filling?.offset ?? this.#free.pop();
      if (offset === undefined) break;
      const filled = this.#filling?.length ?? 0;
      const piece = bytes.subarray(taken, taken + SLOT_BYTES - filled);
      this.#bytes.set(piece, offset + filled);
      taken += piece.length;
      this.#filling = { offset, length: filled + piece.length };
      // Whoever is idle gets what there is; whoever is busy gets more at once.
      if (this.#filling.length === SLOT_BYTES || this.#busy.size === 0) this.#send();
    }
    return taken;
  }

  #send(): void {
    if (this.#filling === undefined) return;
    const { offset, length } = this.#filling;
    this.#filling = undefined;
    this.#written = this.#written.then(() => this.#write(this.#bytes.subarray(offset, offset + length)));
    const work = Promise.all([this.#thread.digest(offset, length), this.#written])
      .catch((error) => {
        this.#failure ??= writeError(this.#path, error);
      })
      .then(() => {
        this.#free.push(offset);
        this.#busy.delete(work);
      });
    this.#busy.add(work);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done, this.#size);
      done += bytesWritten;
      this.#size += bytesWritten;
    }
    this.#onWritten(this.#size);
  }

  /** Everything that was taken is in the file, and digested. */
  async #flush(): Promise<void> {
    this.#send();
    await Promise.all(this.#busy);
    if (this.#failure !== undefined) throw this.#failure;
  }
}
