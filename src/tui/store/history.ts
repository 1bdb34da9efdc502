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

  /** One value for each ring. */
  push(values: readonly number[]): void {
    for (const [ring, value] of values.entries()) this.#values[ring * KEPT + this.#next] = value;
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

type Entry = { readonly of: string; before: MachineLoad; beforeAt: number; rates: Rates | null; readonly rings: Rings };

export class History {
  readonly #entries = new Map<string, Entry>();
  readonly #cpu = new Rings(1);
  /** Of the last second that `#cpu` tells of; epoch milliseconds. */
  #summedAt: number | null = null;

  /** The sample of a host, where there are several. Forgets VMs of it that no longer run: their counters begin anew. */
  take({ at, loads }: LoadSample, of = ""): void {
    const running = new Set<string>();
    for (const load of loads) {
      running.add(load.uuid);
      const entry = this.#entries.get(load.uuid);
      if (entry === undefined || load.cpuNs < entry.before.cpuNs) this.#begin(load, at, of);
      else if (at > entry.beforeAt) advance(entry, load, at);
    }
    for (const [uuid, entry] of this.#entries) if (entry.of === of && !running.has(uuid)) this.#entries.delete(uuid);
    this.#sum(this.all(), at);
  }

  /** Forgets the VMs of a host that is no longer looked at. */
  forget(of: string): void {
    for (const [uuid, entry] of this.#entries) if (entry.of === of) this.#entries.delete(uuid);
  }

  /** Lists call VMs by another name now. */
  rename(to: (id: string) => string): void {
    const entries = [...this.#entries].map(([id, entry]) => [to(id), entry] as const);
    this.#entries.clear();
    for (const [id, entry] of entries) this.#entries.set(id, entry);
  }

  /** All running VMs: the mean of their CPU in percent, oldest first, and the memory that they have been given. */
  together(): { readonly cpu: readonly number[]; readonly memory: number } {
    return { cpu: this.#cpu.last(0, KEPT), memory: this.all().reduce((sum, { memory }) => sum + memory, 0) };
  }

  rates(uuid: string): Rates | null {
    return this.#entries.get(uuid)?.rates ?? null;
  }

  /** At most the last `count` values, oldest first. */
  series(uuid: string, measure: Measure, count: number): number[] {
    return this.#entries.get(uuid)?.rings.last(MEASURES.indexOf(measure), count) ?? [];
  }

  /** Every running VM's rates. */
  all(): Rates[] {
    return [...this.#entries.values()].flatMap(({ rates }) => rates ?? []);
  }

  /** One value for each second, however many hosts tell theirs, and when. */
  #sum(rates: readonly Rates[], at: number): void {
    if (rates.length === 0) {
      this.#summedAt = null;
      return;
    }
    const seconds = this.#summedAt === null ? 1 : Math.round((at - this.#summedAt) / 1000);
    if (this.#summedAt === null || Math.abs(seconds) > KEPT) this.#summedAt = at;
    else this.#summedAt += Math.max(0, seconds) * 1000;
    const mean = rates.reduce((sum, { cpu }) => sum + cpu, 0) / rates.length;
    for (let slot = 0; slot < Math.min(KEPT, seconds); slot += 1) this.#cpu.push([mean]);
  }

  #begin(load: MachineLoad, at: number, of: string): void {
    this.#entries.set(load.uuid, { of, before: load, beforeAt: at, rates: null, rings: new Rings(MEASURES.length) });
  }
}

function advance(entry: Entry, load: MachineLoad, at: number): void {
  const { before, beforeAt } = entry;
  const seconds = (at - beforeAt) / 1000;
  const rate = (counter: "readBytes" | "writtenBytes" | "receivedBytes" | "sentBytes") =>
    Math.max(0, load[counter] - before[counter]) / seconds;
  const cpuSeconds = (load.cpuNs - before.cpuNs) / 1e9;
  const rates: Rates = {
    cpu: Math.min(100, (cpuSeconds / seconds / Math.max(1, load.vcpus)) * 100),
    memoryUsed: load.memoryUsedBytes ?? 0,
    memory: load.memoryBytes,
    read: rate("readBytes"),
    written: rate("writtenBytes"),
    received: rate("receivedBytes"),
    sent: rate("sentBytes"),
  };
  // A slower sample stands for all the seconds since the last, so that a graph's width is a time.
  const slots = Math.min(KEPT, Math.max(1, Math.round(seconds)));
  const values = MEASURES.map((measure) => rates[measure]);
  for (let slot = 0; slot < slots; slot += 1) entry.rings.push(values);
  entry.before = load;
  entry.beforeAt = at;
  entry.rates = rates;
}
