/** What a copy carries: one file's bytes, or a folder as a tar archive, from wherever it comes. */
import type { Readable } from "node:stream";
import type { Piped } from "../processes.ts";

export type PayloadAbout =
  | {
      readonly kind: "file";
      /** Its own name; empty where it has none. */
      readonly name: string;
      /** null while it is not known. */
      readonly bytes: number | null;
      /** Permission bits. */
      readonly mode: number;
      /** Epoch seconds. */
      readonly mtime: number;
    }
  | { readonly kind: "folder"; readonly name: string };

export type Payload = {
  readonly about: PayloadAbout;
  readonly data: Readable;
  /** Rejects when what came out of `data` is not all of it; to be awaited before anything is put in place. */
  readonly whole: () => Promise<void>;
};

export type ReceiveHow = {
  /** Of the place to copy to: it must be a folder that is there. */
  readonly into: boolean;
  /** Permissions and times as they were. */
  readonly preserve: boolean;
  readonly onBytes: (count: number) => void;
  readonly signal: AbortSignal;
};

/** The same bytes, counted as they go by. */
export async function* counted(payload: Payload, onBytes: (count: number) => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of payload.data as AsyncIterable<Buffer>) {
    onBytes(chunk.length);
    yield chunk;
  }
}

/**
 * Gives a program its input to the end. One that has enough before, as tar at an archive's last block, is no failure, and
 * the sender is heard out; one that fails ends it. How the program ended is for its caller to judge.
 */
export async function feed(input: AsyncIterable<Uint8Array>, { stdin, ended }: Piped, signal: AbortSignal) {
  let failed = false;
  const closed = ended.then(
    ({ code }) => {
      failed = code !== 0;
    },
    () => {
      failed = true;
    },
  );
  for await (const chunk of input) {
    signal.throwIfAborted();
    if (failed) break;
    if (!stdin.writable || stdin.write(chunk)) continue;
    await Promise.race([new Promise<void>((resolve) => stdin.once("drain", resolve)), closed]);
  }
  stdin.end();
  await closed;
}
