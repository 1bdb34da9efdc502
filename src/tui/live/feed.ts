/** One host, live: its VMs as they change, and what they use. A lost connection is tried again at growing intervals. */
import { setTimeout } from "node:timers/promises";
import { asHutchError } from "../../core/errors.ts";
import type { Hutch } from "../../index.ts";
import type { History } from "../store/history.ts";
import { hasSeveral, hostNamed, idOn } from "../store/hosts.ts";
import type { Message } from "../store/messages.ts";
import type { State } from "../store/state.ts";
import type { HostDoor } from "./door.ts";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
const HOST_EVERY_MS = 10_000;
/** A sample may take so much of the time between two; beyond that they come less often. */
const SHARE = 10;
/** Somebody who quits waits no longer for a host. */
const LEAVE_MS = 1_000;
/** While nobody types for so long, they come so many times less often. */
const IDLE_MS = 120_000;
const IDLE_SHARE = 5;

export type FeedGround = {
  readonly host: HostDoor;
  readonly history: History;
  readonly state: () => State;
  readonly send: (message: Message) => void;
  readonly now: () => number;
  /** When somebody last did something; epoch milliseconds. */
  readonly touched: () => number;
  /** Resolves after so many milliseconds, or at once when `signal` aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export class Feed {
  readonly #ground: FeedGround;
  readonly #stop = new AbortController();
  #hutch: Hutch | null = null;
  #loops: readonly Promise<void>[] = [];
  #idle = false;
  #nap = new AbortController();
  /** Held while somebody else has the terminal: nobody would see it. */
  held = false;

  constructor(ground: FeedGround) {
    this.#ground = ground;
  }

  /** null while the host could not be opened yet. */
  get hutch(): Hutch | null {
    return this.#hutch;
  }

  start(): void {
    this.#loops = [this.#follow(), this.#beat(), this.#lookAtHost()];
  }

  /** Somebody did something: what comes less often while nobody does comes at once. */
  wake(): void {
    if (!this.#idle) return;
    this.#idle = false;
    this.#nap.abort();
    this.#nap = new AbortController();
  }

  /** Closed once `idle`; a host that does not answer is left behind after a moment. */
  async stop(idle: Promise<void> = Promise.resolve()): Promise<void> {
    this.#stop.abort();
    const left = new AbortController();
    const ended = Promise.all([...this.#loops, idle]).then(() => this.#hutch?.close());
    await Promise.race([ended, setTimeout(LEAVE_MS, undefined, { signal: left.signal })]);
    left.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    const { host, send, now, sleep } = this.#ground;
    const of = host.name;
    for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        this.#hutch = await host.open(signal);
        await this.#refreshHost();
        for await (const news of this.#hutch.watch(signal)) {
          if (news.k === "machines") wait = FIRST_RETRY_MS;
          send({ m: "news", of, news, now: now() });
          // Whoever opens it anew does so on a thread of its own; waiting for it here could hold up other hosts' events.
          if (news.k === "lost") break;
        }
      } catch (error) {
        if (signal.aborted) return;
        const { message, next } = asHutchError(error);
        send({ m: "lost", of, message: [message, ...next.slice(0, 1)].join("  "), now: now() });
      }
      if (signal.aborted) return;
      this.#forget();
      await sleep(wait, signal);
    }
  }

  /** A call that hangs may hold up its closing for minutes: nobody waits for it. */
  #forget(): void {
    this.#hutch?.close().catch(() => undefined);
    this.#hutch = null;
    this.#ground.history.forget(this.#of);
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stop;
    const { state, send, now, touched, sleep, history, host } = this.#ground;
    while (!signal.aborted) {
      const { every } = state();
      const began = performance.now();
      let sampled = false;
      if (!this.held && every > 0 && hostNamed(state(), host.name)?.link.how === "up" && this.#hutch !== null) {
        const sample = await this.#hutch.sampleLoads().catch(() => null);
        if (sample !== null && !signal.aborted && this.#hutch !== null) {
          const loads = hasSeveral(state())
            ? sample.loads.map((load) => ({ ...load, uuid: idOn(state(), host.name, load.uuid) }))
            : sample.loads;
          history.take({ at: sample.at, loads }, this.#of);
          sampled = true;
        }
      }
      const took = performance.now() - began;
      if (sampled) send({ m: "sample", now: now() });
      else if (!this.held) send({ m: "beat", now: now() });
      this.#idle = now() - touched() > IDLE_MS;
      const between = every * (this.#idle ? IDLE_SHARE : 1) || 1000;
      await sleep(pause(between, took), AbortSignal.any([signal, this.#nap.signal]));
    }
  }

  async #lookAtHost(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#ground.sleep(HOST_EVERY_MS, signal);
      if (!signal.aborted && !this.held) await this.#refreshHost();
    }
  }

  async #refreshHost(): Promise<void> {
    const { state, send, host } = this.#ground;
    const summary = await this.#hutch?.hostSummary().catch(() => null);
    if (summary && JSON.stringify(summary) !== JSON.stringify(hostNamed(state(), host.name)?.summary))
      send({ m: "host", of: host.name, host: summary });
  }

  get #of(): string {
    return this.#ground.host.name;
  }
}

/** Milliseconds to the next sample, after one that took so long. */
export function pause(every: number, took: number): number {
  return Math.max(every - took, took * SHARE - took);
}
