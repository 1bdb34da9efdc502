/** What VMs used, second by second: rates out of libvirt's counters, kept in rings outside the state that React looks at. */
import type { LoadSample, MachineLoad } from "../../core/watching.ts";

/** Five minutes at one a second. */
const KEPT = 300;

export type Rates = {
  /** Percent of all the VM's CPUs together: 0 to 100. */
  readonly cpu: number;
  readonly memoryUsed: number;
  readonly memory: number;
  /** Bytes a second. */
  readonly read: number;
  readonly written: number;
  readonly received: number;
  readonly sent: number;
};
/** What has a history. */
const MEASURES = ["cpu", "memoryUsed", "read", "written", "received", "sent"] as const;
export type Measure = (typeof MEASURES)[number];

/** Rings of one length in one piece of memory: with six for each of a thousand VMs that is seven megabytes, and no more after a day. */
class Rings {
  readonly #values: Float32Array;
  #next = 0;
  #count = 0;

  constructor(rings: number) {
    this.#values = new Float32Array(rings * KEPT);
  }

  /** One value for each ring; what is more is not kept. */
  push(values: ArrayLike<number>): void {
    for (let ring = 0; ring * KEPT < this.#values.length; ring += 1)
      this.#values[ring * KEPT + this.#next] = values[ring] ?? 0;
    this.#next = (this.#next + 1) % KEPT;
    if (this.#count < KEPT) this.#count += 1;
  }

  /** The last `count` values, oldest first. */
  last(ring: number, count: number): number[] {
    const kept = Math.min(count, this.#count);
    const values = new Array<number>(kept);
    for (let index = 0; index < kept; index += 1)
      values[index] = this.#values[ring * KEPT + ((this.#next - kept + index + KEPT) % KEPT)] ?? 0;
    return values;
  }
}

/** The counters that are kept from sample to sample, and where each stands. */
const COUNTERS = ["cpuNs", "readBytes", "writtenBytes", "receivedBytes", "sentBytes"] as const;
type Counter = (typeof COUNTERS)[number];

/**
 * Numbers alone, written over with each sample: objects that live from one to the next, a thousand of them, are what a
 * garbage collector does worst.
 */
class Entry {
  readonly #counters = new Float64Array(COUNTERS.length);
  /** The measures in their order, and how much memory there is. */
  readonly #rates = new Float64Array(MEASURES.length + 1);
  readonly #rings = new Rings(MEASURES.length);
  #at: number;
  #known = false;

  constructor(load: MachineLoad, at: number) {
    this.#at = at;
    this.#keep(load, at);
  }

  /** Not when it was started anew since: its counters began again. */
  precedes(load: MachineLoad): boolean {
    return load.cpuNs >= this.#before("cpuNs");
  }

  advance(load: MachineLoad, at: number): void {
    if (at <= this.#at) return;
    const seconds = (at - this.#at) / 1000;
    const flow = (counter: Counter) => Math.max(0, load[counter] - this.#before(counter)) / seconds;
    const cpuSeconds = (load.cpuNs - this.#before("cpuNs")) / 1e9;
    this.#rates.set([
      Math.min(100, (cpuSeconds / seconds / Math.max(1, load.vcpus)) * 100),
      load.memoryUsedBytes ?? 0,
      flow("readBytes"),
      flow("writtenBytes"),
      flow("receivedBytes"),
      flow("sentBytes"),
      load.memoryBytes,
    ]);
    this.#known = true;
    this.#rings.push(this.#rates);
    this.#keep(load, at);
  }

  rates(): Rates | null {
    if (!this.#known) return null;
    const [cpu = 0, memoryUsed = 0, read = 0, written = 0, received = 0, sent = 0, memory = 0] = this.#rates;
    return { cpu, memoryUsed, memory, read, written, received, sent };
  }

  series(measure: Measure, count: number): number[] {
    return this.#rings.last(MEASURES.indexOf(measure), count);
  }

  #before(counter: Counter): number {
    return this.#counters[COUNTERS.indexOf(counter)] ?? 0;
  }

  #keep(load: MachineLoad, at: number): void {
    for (const [index, counter] of COUNTERS.entries()) this.#counters[index] = load[counter];
    this.#at = at;
  }
}

export class History {
  readonly #entries = new Map<string, Entry>();
  readonly #cpu = new Rings(1);
  #memory = 0;

  /** Forgets VMs that no longer run: their counters begin anew. */
  take({ at, loads }: LoadSample): void {
    const running = new Set<string>();
    for (const load of loads) {
      running.add(load.uuid);
      const entry = this.#entries.get(load.uuid);
      if (entry?.precedes(load) === true) entry.advance(load, at);
      else this.#entries.set(load.uuid, new Entry(load, at));
    }
    for (const uuid of this.#entries.keys()) if (!running.has(uuid)) this.#entries.delete(uuid);
    const rates = this.all();
    this.#memory = rates.reduce((sum, { memory }) => sum + memory, 0);
    if (rates.length > 0) this.#cpu.push([rates.reduce((sum, { cpu }) => sum + cpu, 0) / rates.length]);
  }

  /** All running VMs: the mean of their CPU in percent, oldest first, and the memory that they have been given. */
  together(): { readonly cpu: readonly number[]; readonly memory: number } {
    return { cpu: this.#cpu.last(0, KEPT), memory: this.#memory };
  }

  rates(uuid: string): Rates | null {
    return this.#entries.get(uuid)?.rates() ?? null;
  }

  /** At most the last `count` values, oldest first. */
  series(uuid: string, measure: Measure, count: number): number[] {
    return this.#entries.get(uuid)?.series(measure, count) ?? [];
  }

  /** Every running VM's rates. */
  all(): Rates[] {
    return [...this.#entries.values()].flatMap((entry) => entry.rates() ?? []);
  }
}
