import type { WireEvent } from "../wire/protocol.ts";

const MOST_WAITING = 2_000;

/**
 * Events between libvirt and a listener that may be slow: one batch is under way at a time, and of what waits only so
 * much is kept. Beyond that all of it becomes one `resync`.
 */
export class EventQueue {
  readonly #send: (events: readonly WireEvent[]) => void;
  #waiting: WireEvent[] = [];
  #underWay = false;

  constructor(send: (events: readonly WireEvent[]) => void) {
    this.#send = send;
  }

  push(event: WireEvent): void {
    if (this.#waiting.length >= MOST_WAITING) this.#waiting = [{ kind: "resync" }];
    this.#waiting.push(event);
  }

  /** Sends what waits, unless a batch is still under way. */
  flush(): void {
    if (this.#underWay || this.#waiting.length === 0) return;
    this.#underWay = true;
    this.#send(this.#waiting.splice(0));
  }

  /** The listener has taken the batch. */
  taken(): void {
    this.#underWay = false;
    this.flush();
  }
}
