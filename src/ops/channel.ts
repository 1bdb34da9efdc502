/** One writer, any number of readers: each reader sees every event from the beginning. Progress is thinned, all else is kept. */
import type { OpEvent } from "../core/op/event.ts";

/** Progress of one step is told at most this often, in milliseconds: ten a second is what an eye can follow. */
const PROGRESS_INTERVAL_MS = 100;

export class Channel implements AsyncIterable<OpEvent> {
  readonly #events: OpEvent[] = [];
  readonly #lastProgress = new Map<string, number>();
  #waiting: (() => void)[] = [];
  #closed = false;

  push(event: OpEvent): void {
    if (event.k === "step.progress" && !this.#isDue(event)) return;
    this.#events.push(event);
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<OpEvent> {
    for (let next = 0; ; next++) {
      while (next >= this.#events.length && !this.#closed) await new Promise<void>((wake) => this.#waiting.push(wake));
      const event = this.#events[next];
      if (event === undefined) return;
      yield event;
    }
  }

  #isDue(event: Extract<OpEvent, { k: "step.progress" }>): boolean {
    const last = this.#lastProgress.get(event.step);
    const due = last === undefined || event.at - last >= PROGRESS_INTERVAL_MS || event.done === event.total;
    if (due) this.#lastProgress.set(event.step, event.at);
    return due;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
