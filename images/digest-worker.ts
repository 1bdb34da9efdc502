/** The thread of a `Follower`: digests a file up to where it is told that there is something, and at last says the digest. */
import { createHash } from "node:crypto";
import { openSync, readSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import type { FollowerStart, FollowerStep } from "./follower.ts";

const PIECE_BYTES = 1024 * 1024;

const { file, algorithm }: FollowerStart = workerData;
const hash = createHash(algorithm);
const piece = Buffer.allocUnsafe(PIECE_BYTES);
const descriptor = openSync(file, "r");
let done = 0;

parentPort?.on("message", ({ bytes, last }: FollowerStep) => {
  while (done < bytes) {
    const read = readSync(descriptor, piece, 0, Math.min(PIECE_BYTES, bytes - done), done);
    if (read === 0) throw new Error(`${file} ends after ${done} bytes, not ${bytes}`);
    hash.update(piece.subarray(0, read));
    done += read;
  }
  if (last) parentPort?.postMessage(hash.digest("hex"));
});
