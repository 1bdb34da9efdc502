import type { Call } from "../native/call.ts";
import { libc } from "../native/libc.ts";

const TICK_MS = 25;
const MOST_ROUNDS = 200;
const MOST_MS = 5;

/** Who is served by the pump: told after each tick, so that what the callbacks gathered can be sent on. */
export type Pumped = {
  /** How many callbacks ran so far. */
  readonly delivered: () => number;
  readonly afterTick: () => void;
};

/**
 * Turns libvirt's event loop, which is one for the whole process: so only one thread may have a pump, and it must not do
 * anything that blocks, for it also answers the keep-alive questions of every other connection in the process.
 *
 * A tick turns the loop until two rounds in a row delivered nothing: a remote driver reads a message in one round and
 * delivers it in the next.
 */
export class Pump {
  readonly #call: Call;
  readonly #members = new Set<Pumped>();
  #interval: NodeJS.Timeout | null = null;
  #zeroTimer = -1;

  /** `register`: whether this process still has no event loop. Must come before the first connection that wants events. */
  constructor(call: Call, register: boolean) {
    this.#call = call;
    if (register) call("virEventRegisterDefaultImpl");
  }

  join(member: Pumped): void {
    this.#members.add(member);
    if (this.#interval !== null) return;
    // A timer that is always due makes every round return at once. Its callback is a C function, so no JavaScript runs.
    this.#zeroTimer = this.#call("virEventAddTimeout", 0, libc().nothing, null, null);
    this.#interval = setInterval(() => this.tick(), TICK_MS);
  }

  leave(member: Pumped): void {
    this.#members.delete(member);
    if (this.#members.size > 0 || this.#interval === null) return;
    clearInterval(this.#interval);
    this.#interval = null;
    this.tick();
    this.#call("virEventRemoveTimeout", this.#zeroTimer);
  }

  tick(): void {
    const end = performance.now() + MOST_MS;
    let before = this.#delivered();
    for (let round = 0, idle = 0; round < MOST_ROUNDS && idle < 2 && performance.now() < end; round += 1) {
      this.#call("virEventRunDefaultImpl");
      const after = this.#delivered();
      idle = after === before ? idle + 1 : 0;
      before = after;
    }
    for (const member of this.#members) member.afterTick();
  }

  #delivered(): number {
    let sum = 0;
    for (const member of this.#members) sum += member.delivered();
    return sum;
  }
}
