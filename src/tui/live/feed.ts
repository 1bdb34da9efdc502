/** The host, live: its VMs as they change, and what they use. A lost connection is tried again at growing intervals. */
import { asHutchError } from "../../core/errors.ts";
import type { Hutch } from "../../index.ts";
import type { History } from "../store/history.ts";
import type { Message } from "../store/messages.ts";
import type { State } from "../store/state.ts";

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
const HOST_EVERY_MS = 10_000;
/** A sample may take so much of the time between two; beyond that they come less often. */
const SHARE = 10;

export type FeedGround = {
  readonly open: () => Promise<Hutch>;
  readonly history: History;
  readonly state: () => State;
  readonly send: (message: Message) => void;
  readonly now: () => number;
  /** Resolves after so many milliseconds, or at once when `signal` aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export class Feed {
  readonly #ground: FeedGround;
  readonly #stop = new AbortController();
  #hutch: Hutch | null = null;
  #loops: readonly Promise<void>[] = [];
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

  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
    await this.#hutch?.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stop;
    const { open, send, now, sleep } = this.#ground;
    for (let wait = FIRST_RETRY_MS; !signal.aborted; wait = Math.min(wait * 2, LAST_RETRY_MS)) {
      try {
        this.#hutch ??= await open();
        await this.#refreshHost();
        for await (const news of this.#hutch.watch(signal)) {
          if (news.k === "machines") wait = FIRST_RETRY_MS;
          send({ m: "news", news, now: now() });
        }
      } catch (error) {
        const { message, next } = asHutchError(error);
        send({ m: "lost", message: [message, ...next.slice(0, 1)].join("  "), now: now() });
        await this.#hutch?.close().catch(() => undefined);
        this.#hutch = null;
      }
      await sleep(wait, signal);
    }
  }

  async #beat(): Promise<void> {
    const { signal } = this.#stop;
    const { state, send, now, sleep, history } = this.#ground;
    while (!signal.aborted) {
      const { every, link } = state();
      const began = performance.now();
      let sampled = false;
      if (!this.held && every > 0 && link.how === "up" && this.#hutch !== null) {
        const sample = await this.#hutch.sampleLoads().catch(() => null);
        if (sample !== null && !signal.aborted) {
          history.take(sample);
          sampled = true;
        }
      }
      const took = performance.now() - began;
      if (sampled) send({ m: "sample", now: now() });
      else if (!this.held) send({ m: "beat", now: now() });
      await sleep(Math.max((every || 1000) - took, took * SHARE - took), signal);
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
    const host = await this.#hutch?.hostSummary().catch(() => null);
    if (host && JSON.stringify(host) !== JSON.stringify(this.#ground.state().host))
      this.#ground.send({ m: "host", host });
  }
}
