import type { FileHandle } from "node:fs/promises";
import { Writable } from "node:stream";
import { writeError } from "./part-file.ts";

const BLOCK_BYTES = 64 * 1024;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** A stream into an open, empty file that leaves holes where there are only zeros: a raw disk is mostly empty. */
export function sparseWriter(file: string, handle: FileHandle): Writable {
  let size = 0;
  const write = async (chunk: Buffer): Promise<void> => {
    for (let at = 0; at < chunk.length; ) {
      const block = chunk.subarray(at, at + BLOCK_BYTES);
      const isEmpty = block.equals(ZEROS.subarray(0, block.length));
      for (let done = 0; !isEmpty && done < block.length; )
        done += (await handle.write(block, done, block.length - done, size + done)).bytesWritten;
      size += block.length;
      at += block.length;
    }
  };
  const settle = (work: Promise<void>, done: (error?: Error | null) => void): void => {
    work.then(
      () => done(),
      (error) => done(writeError(file, error)),
    );
  };
  return new Writable({
    highWaterMark: 1024 * 1024,
    write: (chunk: Buffer, _encoding, done) => settle(write(chunk), done),
    final: (done) => settle(handle.truncate(size), done),
  });
}
