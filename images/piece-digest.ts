import { Worker } from "node:worker_threads";
import type { DigestAlgorithm } from "./hash.ts";

/** What the thread is told: another piece, or that there are no more. */
export type PieceStep = { readonly piece: Uint8Array<ArrayBuffer> } | "end";
/** What it answers: a piece is digested, or the digest of all in hex. */
export type PieceAnswer = "digested" | { readonly hex: string };

/** Where the thread's code is: beside this file, or in the bundle. */
const ENTRY = import.meta.url.endsWith(".ts")
  ? new URL("./piece-digest-worker.ts", import.meta.url)
  : new URL("./images-piece-digest-worker.js", import.meta.url);

/** Digests bytes that come in pieces, on a thread of its own: the screen does not wait for it. Must be stopped. */
export class PieceDigest {
  readonly #worker: Worker;
  readonly #failed: Promise<never>;
  #answer: (answer: PieceAnswer) => void = () => undefined;

  constructor(algorithm: DigestAlgorithm) {
    this.#worker = new Worker(ENTRY, { workerData: algorithm, execArgv: [] });
    this.#failed = new Promise((_, reject) => {
      this.#worker.once("error", reject);
      this.#worker.once("exit", () => reject(new Error("the digest was stopped")));
    });
    // Asked for with each piece; until then a failure waits.
    this.#failed.catch(() => undefined);
    this.#worker.on("message", (answer: PieceAnswer) => this.#answer(answer));
  }

  /** Takes the piece over: its memory is the thread's from now on. Resolves when it is digested; one at a time. */
  async add(piece: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#ask({ piece }, [piece.buffer]);
  }

  /** The digest of all pieces, in hex. */
  async finish(): Promise<string> {
    const answer = await this.#ask("end", []);
    return answer === "digested" ? "" : answer.hex;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(step: PieceStep, transfer: readonly ArrayBuffer[]): Promise<PieceAnswer> {
    const answered = new Promise<PieceAnswer>((resolve) => {
      this.#answer = resolve;
    });
    this.#worker.postMessage(step, [...transfer]);
    return Promise.race([this.#failed, answered]);
  }
}
