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

/** What all running VMs use together. */
export type Totals = {
  readonly running: number;
  /** The mean of their CPU in percent. */
  readonly cpu: number;
  /** The memory that they have been given, in bytes. */
  readonly memory: number;
};

/** Rings of one length in one piece of memory: with six for each of a thousand VMs that is seven megabytes, and no more after a day. */
class Rings {
  readonly #values: Float32Array;
  readonly #rings: number;
  #next = 0;
  #count = 0;

  constructor(rings: number) {
    this.#rings = rings;
    this.#values = new Float32Array(rings * KEPT);
  }

  /** One value for each ring. */
  push(valueIn: (ring: number) => number): void {
    for (let ring = 0; ring < this.#rings; ring += 1) this.#values[ring * KEPT + this.#next] = valueIn(ring);
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

type Changing<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Objects that a sample leaves behind outlive the young generation, and a thousand a second of them keep the collector of
 * the old one at work: an entry takes the numbers over and drops the sample.
 */
type Entry = {
  readonly of: string;
  readonly before: Changing<MachineLoad>;
  beforeAt: number;
  /** Whether there were two samples, which rates need. */
  isRated: boolean;
  readonly rates: Changing<Rates>;
  readonly rings: Rings;
};

const NO_RATES: Rates = { cpu: 0, memoryUsed: 0, memory: 0, read: 0, written: 0, received: 0, sent: 0 };

export class History {
  readonly #entries = new Map<string, Entry>();
  readonly #cpu = new Rings(1);
  #totals: Totals = { running: 0, cpu: 0, memory: 0 };
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
    this.#sum(at);
  }

  /** Forgets the VMs of a host that is no longer looked at. */
  forget(of: string): void {
    for (const [uuid, entry] of this.#entries) if (entry.of === of) this.#entries.delete(uuid);
    this.#totals = this.#added();
  }

  /** Lists call VMs by another name now. */
  rename(to: (id: string) => string): void {
    const entries = [...this.#entries].map(([id, entry]) => [to(id), entry] as const);
    this.#entries.clear();
    for (const [id, entry] of entries) this.#entries.set(id, entry);
  }

  /** All running VMs that have rates. */
  totals(): Totals {
    return this.#totals;
  }

  /** The mean of their CPU in percent, second by second, oldest first. */
  cpuOfAll(): readonly number[] {
    return this.#cpu.last(0, KEPT);
  }

  /** As they are until the next sample. */
  rates(uuid: string): Rates | null {
    const entry = this.#entries.get(uuid);
    return entry?.isRated ? entry.rates : null;
  }

  /** At most the last `count` values, oldest first. */
  series(uuid: string, measure: Measure, count: number): number[] {
    return this.#entries.get(uuid)?.rings.last(MEASURES.indexOf(measure), count) ?? [];
  }

  #added(): Totals {
    let [running, cpu, memory] = [0, 0, 0];
    for (const { isRated, rates } of this.#entries.values()) {
      if (!isRated) continue;
      running += 1;
      cpu += rates.cpu;
      memory += rates.memory;
    }
    return { running, cpu: running === 0 ? 0 : cpu / running, memory };
  }

  /** One value for each second, however many hosts tell theirs, and when. */
  #sum(at: number): void {
    this.#totals = this.#added();
    const { running, cpu } = this.#totals;
    if (running === 0) {
      this.#summedAt = null;
      return;
    }
    const seconds = this.#summedAt === null ? 1 : Math.round((at - this.#summedAt) / 1000);
    if (this.#summedAt === null || Math.abs(seconds) > KEPT) this.#summedAt = at;
    else this.#summedAt += Math.max(0, seconds) * 1000;
    for (let slot = 0; slot < Math.min(KEPT, seconds); slot += 1) this.#cpu.push(() => cpu);
  }

  #begin(load: MachineLoad, at: number, of: string): void {
    this.#entries.set(load.uuid, {
      of,
      before: { ...load },
      beforeAt: at,
      isRated: false,
      rates: { ...NO_RATES },
      rings: new Rings(MEASURES.length),
    });
  }
}

function advance(entry: Entry, load: MachineLoad, at: number): void {
  const { before, beforeAt, rates } = entry;
  const seconds = (at - beforeAt) / 1000;
  const cpuSeconds = (load.cpuNs - before.cpuNs) / 1e9;
  rates.cpu = Math.min(100, (cpuSeconds / seconds / Math.max(1, load.vcpus)) * 100);
  rates.memoryUsed = load.memoryUsedBytes ?? 0;
  rates.memory = load.memoryBytes;
  rates.read = Math.max(0, load.readBytes - before.readBytes) / seconds;
  rates.written = Math.max(0, load.writtenBytes - before.writtenBytes) / seconds;
  rates.received = Math.max(0, load.receivedBytes - before.receivedBytes) / seconds;
  rates.sent = Math.max(0, load.sentBytes - before.sentBytes) / seconds;
  entry.isRated = true;
  // A slower sample stands for all the seconds since the last, so that a graph's width is a time.
  const slots = Math.min(KEPT, Math.max(1, Math.round(seconds)));
  const valueIn = (ring: number): number => rates[MEASURES[ring] ?? "cpu"];
  for (let slot = 0; slot < slots; slot += 1) entry.rings.push(valueIn);
  Object.assign(before, load);
  entry.beforeAt = at;
}
