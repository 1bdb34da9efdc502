/** The code of a `DigestThread`. */
import { createHash } from "node:crypto";
import { readSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import type { ThreadAnswer, ThreadStart, ThreadTask } from "./digest-thread.ts";

const PIECE_BYTES = 1024 * 1024;

parentPort?.once("message", ({ descriptor, algorithm, from, memory }: ThreadStart) => {
  const hash = createHash(algorithm);
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  for (let done = 0; done < from; ) {
    const read = readSync(descriptor, piece, 0, Math.min(PIECE_BYTES, from - done), done);
    if (read === 0) throw new Error(`the file ends after ${done} bytes, not ${from}`);
    hash.update(piece.subarray(0, read));
    done += read;
  }

  parentPort?.on("message", (task: ThreadTask) => {
    if (task !== "end") hash.update(new Uint8Array(memory, task.offset, task.length));
    const answer: ThreadAnswer = task === "end" ? { hex: hash.digest("hex") } : "digested";
    parentPort?.postMessage(answer);
  });
});
