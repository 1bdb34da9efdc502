import { Worker } from "node:worker_threads";

export type DigestAlgorithm = "sha256" | "sha512";

/** What the thread is given first. */
export type ThreadStart = {
  /** Descriptor of an open file; threads of one process share them. */
  readonly descriptor: number;
  readonly algorithm: DigestAlgorithm;
  /** So many bytes of the file are digested before anything else. */
  readonly from: number;
  /** What comes behind them lies in here. */
  readonly memory: SharedArrayBuffer;
};
/** A piece of the shared memory; or nothing more comes. */
export type ThreadTask = { readonly offset: number; readonly length: number } | "end";
/** A piece is digested; or all is. */
export type ThreadAnswer = "digested" | { readonly hex: string };

/** Where the thread's code is: beside this file, or in the bundle. */
const ENTRY = import.meta.url.endsWith(".ts")
  ? new URL("./digest-worker.ts", import.meta.url)
  : new URL("./images-digest-worker.js", import.meta.url);

/**
 * Digests on a thread of its own: first what a file holds, then what is put into shared memory. The thread takes a while to come
 * up: best made before it is known what is to be digested. Must be stopped.
 */
export class DigestThread {
  readonly #worker: Worker;
  readonly #waiting: (() => void)[] = [];
  readonly #failed: Promise<never>;
  #finished: (hex: string) => void = () => undefined;

  constructor() {
    this.#worker = new Worker(ENTRY, { execArgv: [] });
    this.#failed = new Promise((_, reject) => {
      this.#worker.once("error", reject);
      this.#worker.once("exit", () => reject(new Error("the digest was stopped")));
    });
    // Asked for with each piece; until then a failure waits.
    this.#failed.catch(() => undefined);
    this.#worker.on("message", (answer: ThreadAnswer) => {
      if (answer === "digested") this.#waiting.shift()?.();
      else this.#finished(answer.hex);
    });
  }

  /** Once, before anything else is asked of it. */
  begin(start: ThreadStart): void {
    this.#worker.postMessage(start);
  }

  /** Resolves when this piece of the memory has been digested and may be used anew. Rejects when the file cannot be read. */
  digest(offset: number, length: number): Promise<void> {
    this.#post({ offset, length });
    return Promise.race([this.#failed, new Promise<void>((resolve) => this.#waiting.push(resolve))]);
  }

  /** The digest of everything, in hex. Rejects as `digest` does. */
  finish(): Promise<string> {
    this.#post("end");
    return Promise.race([
      this.#failed,
      new Promise<string>((resolve) => {
        this.#finished = resolve;
      }),
    ]);
  }

  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #post(task: ThreadTask): void {
    this.#worker.postMessage(task);
  }
}
