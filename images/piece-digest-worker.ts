/** The thread of a `PieceDigest`. */
import { createHash } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";
import type { PieceAnswer, PieceStep } from "./piece-digest.ts";

const hash = createHash(workerData);
const answer = (message: PieceAnswer): void => parentPort?.postMessage(message);

parentPort?.on("message", (step: PieceStep) => {
  if (step === "end") return answer({ hex: hash.digest("hex") });
  hash.update(step.piece);
  answer("digested");
});
