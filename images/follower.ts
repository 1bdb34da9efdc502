import { Worker } from "node:worker_threads";

export type DigestAlgorithm = "sha256" | "sha512";

/** What the thread is given when it starts. */
export type FollowerStart = { readonly file: string; readonly algorithm: DigestAlgorithm };
/** How much of the file is there now, and whether that is all. */
export type FollowerStep = { readonly bytes: number; readonly last: boolean };

/** Where the thread's code is: beside this file, or in the bundle. */
const ENTRY = import.meta.url.endsWith(".ts")
  ? new URL("./digest-worker.ts", import.meta.url)
  : new URL("./images-digest-worker.js", import.meta.url);

/**
 * Digests a file on a thread of its own while it is still being written: what is digested is what is on the disk, and neither
 * the network nor the screen waits for it. Must be stopped.
 */
export class Follower {
  readonly algorithm: DigestAlgorithm;
  readonly #worker: Worker;
  readonly #hex: Promise<string>;

  constructor(file: string, algorithm: DigestAlgorithm) {
    this.algorithm = algorithm;
    const workerData: FollowerStart = { file, algorithm };
    this.#worker = new Worker(ENTRY, { workerData, execArgv: [] });
    this.#hex = new Promise((resolve, reject) => {
      this.#worker.once("message", resolve);
      this.#worker.once("error", reject);
      this.#worker.once("exit", () => reject(new Error("the digest was stopped")));
    });
    // Asked for only at the end: until then a failure waits.
    this.#hex.catch(() => undefined);
  }

  /** So many bytes of the file are written and may be digested. */
  advance(bytes: number): void {
    this.#send({ bytes, last: false });
  }

  /** The digest of the first `bytes` of the file, in hex. Rejects when the file cannot be read or is shorter. */
  finish(bytes: number): Promise<string> {
    this.#send({ bytes, last: true });
    return this.#hex;
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #send(step: FollowerStep): void {
    this.#worker.postMessage(step);
  }
}
