import { LibvirtFault, ownFault } from "../fault.ts";
import type { FromLane, LaneMethod, LaneMethods, ToLane } from "../wire/frames.ts";
import type { Deferred } from "./deferred.ts";
import { deferred } from "./deferred.ts";
import { beginForeignWork, endForeignWork } from "./exit-guard.ts";
import type { Link } from "./thread.ts";

export type CallOptions = {
  /** Aborting drops a call that waits; of one that runs only the promise ends at once. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
};

export type LaneCall<T> = {
  readonly result: Promise<T>;
  /** Resolves when the thread is done with the call, or when it was dropped; the result may have ended before. */
  readonly ended: Promise<void>;
};

/** What a lane tells of its own accord. */
export type LaneListener = (frame: Extract<FromLane, { type: "events" | "console" | "console-ended" }>) => void;

type Job = {
  readonly id: number;
  readonly method: LaneMethod;
  readonly input: unknown;
  readonly onProgress: CallOptions["onProgress"];
  readonly resolve: (output: never) => void;
  readonly reject: (error: unknown) => void;
  readonly ended: Deferred<void>;
};

/** Calls on one thread's connection, in order. The queue is on this side, so a call that waits can be dropped. */
export class Lane {
  readonly #open: () => Link;
  readonly #listener: LaneListener;
  readonly #queue: Job[] = [];
  #link: Link | null = null;
  #current: Job | null = null;
  #closed: Deferred<number> | null = null;
  #failure: unknown;
  #nextId = 1;
  #held = false;

  /** `open` starts the thread, when the first call is made and again after it has died. */
  constructor(open: () => Link, listener: LaneListener) {
    this.#open = open;
    this.#listener = listener;
  }

  /** How many calls wait or run. */
  get load(): number {
    return this.#queue.length + (this.#current === null ? 0 : 1);
  }

  call<M extends LaneMethod>(
    method: M,
    input: LaneMethods[M]["in"],
    { signal, onProgress }: CallOptions = {},
  ): LaneCall<LaneMethods[M]["out"]> {
    const { promise, resolve, reject } = deferred<LaneMethods[M]["out"]>();
    if (signal?.aborted) {
      reject(abortedFault(method, signal));
      return { result: promise, ended: Promise.resolve() };
    }
    const id = this.#nextId++;
    const job: Job = { id, method, input, onProgress, resolve, reject, ended: deferred() };
    if (signal !== undefined) {
      const abandon = () => this.#abandon(job, signal);
      signal.addEventListener("abort", abandon, { once: true });
      const forget = () => signal.removeEventListener("abort", abandon);
      promise.then(forget, forget);
    }
    this.#queue.push(job);
    this.#next();
    return { result: promise, ended: job.ended.promise };
  }

  /** Ends with the call that runs now, abandoned or not. */
  async running(): Promise<void> {
    await this.#current?.ended.promise;
  }

  /** Keep the process alive even while no call runs: somebody listens. */
  hold(held: boolean): void {
    this.#held = held;
    this.#keepAlive();
  }

  /**
   * Drops what waits, lets the running call end, frees everything and ends the thread. Returns the number of libvirt
   * objects that were left: 0, unless there is a bug.
   */
  async close(): Promise<number> {
    for (const job of this.#queue.splice(0)) {
      job.reject(ownFault("aborted", job.method, "The client was closed before the call began."));
      job.ended.resolve();
    }
    await this.running();
    const link = this.#link;
    if (link === null) return 0;
    this.#closed = deferred();
    link.port.ref();
    this.#post(link, { type: "close" });
    const left = await this.#closed.promise;
    await link.release();
    return left;
  }

  #next(): void {
    if (this.#current !== null) return;
    const job = this.#queue.shift();
    if (job === undefined) return;
    this.#current = job;
    beginForeignWork();
    this.#link ??= this.#connect();
    this.#keepAlive();
    this.#post(this.#link, { type: "call", id: job.id, method: job.method, input: job.input });
  }

  #connect(): Link {
    const link = this.#open();
    link.port.on("message", (frame: FromLane) => this.#receive(link, frame));
    link.worker.once("error", (error) => {
      this.#failure = error;
    });
    link.worker.once("exit", () => this.#gone(link));
    return link;
  }

  #receive(link: Link, frame: FromLane): void {
    switch (frame.type) {
      case "progress":
        if (this.#current?.id === frame.id) this.#current.onProgress?.(frame.done, frame.total);
        break;
      case "done":
        this.#finish((job) => job.resolve(frame.output as never));
        break;
      case "failed":
        this.#finish((job) => job.reject(new LibvirtFault(frame.fault)));
        break;
      case "closed":
        this.#link = null;
        this.#closed?.resolve(frame.left);
        break;
      case "events":
        this.#post(link, { type: "taken" });
        this.#listener(frame);
        break;
      default:
        this.#listener(frame);
    }
  }

  #finish(settle: (job: Job) => void): void {
    const job = this.#current;
    if (job === null) return;
    this.#current = null;
    endForeignWork();
    settle(job);
    job.ended.resolve();
    this.#keepAlive();
    this.#next();
  }

  #abandon(job: Job, signal: AbortSignal): void {
    const waiting = this.#queue.indexOf(job);
    if (waiting >= 0) {
      this.#queue.splice(waiting, 1);
      job.ended.resolve();
    } else if (this.#link !== null) {
      Atomics.store(this.#link.abort, 0, job.id);
      // A connection that hangs while it opens has done nothing yet: it may not hold up the end of the process.
      if (job.method === "host.alive") this.#link.port.unref();
    }
    job.reject(abortedFault(job.method, signal));
  }

  /** The thread ended without being asked to. */
  #gone(link: Link): void {
    if (this.#link !== link) return;
    this.#link = null;
    this.#closed?.resolve(0);
    const cause = this.#failure;
    this.#listener({ type: "events", events: [{ kind: "lost", reason: 0 }] });
    this.#finish((job) => job.reject(ownFault("bug", job.method, "The thread that made the call ended.", { cause })));
  }

  #keepAlive(): void {
    if (this.#current !== null || this.#held) this.#link?.port.ref();
    else this.#link?.port.unref();
  }

  #post({ port }: Link, frame: ToLane): void {
    port.postMessage(frame);
  }
}

function abortedFault(method: LaneMethod, signal: AbortSignal): LibvirtFault {
  return ownFault("aborted", method, "The call was given up.", { cause: signal.reason });
}
