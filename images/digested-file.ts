import type { FileHandle } from "node:fs/promises";
import type { DigestAlgorithm, DigestThread } from "./digest-thread.ts";
import type { ByteSink } from "./direct-body.ts";
import type { ImageError } from "./errors.ts";
import { writeError } from "./part-file.ts";

const MIB = 1024 ** 2;
/**
 * Bytes wait in these for the disk and for the digest; when all but one are full, the network is held back. Where threads
 * share few processors each hand-over costs: few large slots, not many small ones.
 */
const SLOTS = 8;
const SLOT_BYTES = 2 * MIB;
/** For more than this at once Linux looks for memory in one piece to keep it in, and moves other things for it. */
const WRITE_BYTES = MIB;

export type DigestedFileOptions = {
  /** For the words of errors. */
  readonly path: string;
  /** Open for reading and writing. */
  readonly handle: FileHandle;
  /** Not begun; the file stops it. */
  readonly thread: DigestThread;
  readonly algorithm: DigestAlgorithm;
  /** So many bytes are in the file already, and are digested too. */
  readonly from: number;
  /** Told the size of the file after each write. */
  readonly onWritten: (size: number) => void;
};

/**
 * A file that is digested while it is written: the network is read on one thread, another digests, a third writes, all in
 * memory that they share: a ring of slots, of which one is filled while the others are worked on. Must be stopped before the
 * file is closed.
 */
export class DigestedFile implements ByteSink {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #thread: DigestThread;
  readonly #bytes: Uint8Array;
  readonly #busy = new Set<Promise<void>>();
  readonly #onWritten: (size: number) => void;
  /** Where the slot that is being filled begins, and how full it is; it is never one that is worked on. */
  #slot = 0;
  #filled = 0;
  #size: number;
  /** Ends when all writes so far have ended, one after the other. */
  #written: Promise<void> = Promise.resolve();
  #failure: ImageError | undefined;

  constructor({ path, handle, thread, algorithm, from, onWritten }: DigestedFileOptions) {
    const memory = new SharedArrayBuffer(SLOTS * SLOT_BYTES);
    this.#path = path;
    this.#handle = handle;
    this.#bytes = new Uint8Array(memory);
    this.#size = from;
    this.#onWritten = onWritten;
    this.#thread = thread;
    thread.begin({ descriptor: handle.fd, algorithm, from, memory });
  }

  readonly room = (): Uint8Array => this.#bytes.subarray(this.#slot + this.#filled, this.#slot + SLOT_BYTES);

  readonly took = (bytes: number): boolean => {
    this.#filled += bytes;
    // Whoever is idle gets what there is; whoever is busy gets more at once.
    if (this.#filled === SLOT_BYTES || this.#busy.size === 0) this.#send();
    return this.#isReady;
  };

  /** Fails with `disk-full` or `io`. */
  readonly ready = async (): Promise<void> => {
    while (!this.#isReady) {
      if (this.#failure !== undefined) throw this.#failure;
      await Promise.race(this.#busy);
    }
  };

  /** Everything that was taken is in the file, and digested. Fails as `ready` does. */
  async flush(): Promise<void> {
    this.#send();
    await Promise.all(this.#busy);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The digest of the whole file, in hex. */
  finish(): Promise<string> {
    return this.#thread.finish();
  }

  async stop(): Promise<void> {
    await this.#thread.stop();
    await Promise.all(this.#busy);
  }

  get #isReady(): boolean {
    return this.#failure === undefined && this.#busy.size < SLOTS - 1;
  }

  #send(): void {
    const [offset, length] = [this.#slot, this.#filled];
    if (length === 0) return;
    this.#slot = (offset + SLOT_BYTES) % this.#bytes.length;
    this.#filled = 0;
    this.#written = this.#written.then(() => this.#write(this.#bytes.subarray(offset, offset + length)));
    const work = Promise.all([this.#thread.digest(offset, length), this.#written])
      .catch((error) => {
        this.#failure ??= writeError(this.#path, error);
      })
      .then(() => {
        this.#busy.delete(work);
      });
    this.#busy.add(work);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(WRITE_BYTES, bytes.length - done);
      const { bytesWritten } = await this.#handle.write(bytes, done, length, this.#size);
      done += bytesWritten;
      this.#size += bytesWritten;
    }
    this.#onWritten(this.#size);
  }
}
