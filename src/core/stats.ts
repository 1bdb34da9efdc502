/** What running VMs use, from two samples of libvirt's counters: counters only grow, and a rate is their difference over time. Pure. */

import type { MachineLoad } from "./watching.ts";

/** One domain's counters as libvirt names them (`cpu.time`, `block.0.rd.bytes`, …). */
export type Counters = { readonly [key: string]: number | string | boolean };

export type Sample = {
  /** Milliseconds of a clock that never goes back. */
  readonly at: number;
  readonly domains: readonly { readonly uuid: string; readonly name: string; readonly values: Counters }[];
};

/** Bytes a second. */
export type Flow = { readonly inBytes: number; readonly outBytes: number };

/** null: this driver does not tell, or (for rates) there is no earlier sample to compare with. */
export type MachineStats = {
  readonly uuid: string;
  readonly name: string;
  /** Of one CPU: two busy CPUs are 200. */
  readonly cpuPercent: number | null;
  readonly vcpus: number | null;
  /** What the VM has, in bytes. */
  readonly memoryBytes: number | null;
  /** What its guest has in use where it tells, else what its process has on the host, in bytes. */
  readonly memoryUsedBytes: number | null;
  /** Read (in) and written (out), all disks together. */
  readonly disk: Flow | null;
  /** Received (in) and sent (out), all cards together. */
  readonly net: Flow | null;
};

export type StatsRound = {
  /** ISO 8601. */
  readonly at: string;
  readonly machines: readonly MachineStats[];
};

const KIB = 1024;
const NS_PER_MS = 1_000_000;

/** Every domain of `now` by name; rates against `before`. */
export function statsBetween(before: Sample | null, now: Sample): readonly MachineStats[] {
  const earlier = new Map((before?.domains ?? []).map(({ uuid, values }) => [uuid, values]));
  const ms = now.at - (before?.at ?? now.at);
  return now.domains
    .map(({ uuid, name, values }) => ({ uuid, name, ...statsOf(earlier.get(uuid) ?? null, values, ms) }))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function statsOf(before: Counters | null, now: Counters, ms: number): Omit<MachineStats, "uuid" | "name"> {
  /** Units a millisecond; null where a counter is missing. One that went back was set to zero by a restart in between. */
  const rate = (key: string): number | null => {
    const [was, is] = [before?.[key], now[key]];
    if (typeof was !== "number" || typeof is !== "number" || ms <= 0) return null;
    return Math.max(0, is < was ? is : is - was) / ms;
  };
  const flow = (group: string, into: string, out: string): Flow | null => {
    const members = membersOf(now, group);
    if (members === null) return null;
    const sum = (what: string) => total(members.map((member) => rate(`${member}.${what}`)));
    const [inward, outward] = [sum(into), sum(out)];
    return inward === null && outward === null
      ? null
      : { inBytes: Math.round((inward ?? 0) * 1000), outBytes: Math.round((outward ?? 0) * 1000) };
  };
  const cpu = rate("cpu.time");
  return {
    cpuPercent: cpu === null ? null : Math.round((cpu / NS_PER_MS) * 1000) / 10,
    vcpus: number(now["vcpu.current"]),
    memoryBytes: bytes(now["balloon.current"]),
    memoryUsedBytes: memoryUsed(now),
    disk: flow("block", "rd.bytes", "wr.bytes"),
    net: flow("net", "rx.bytes", "tx.bytes"),
  };
}

/** What one domain has used up to now, all its disks and cards together. */
export function loadOf(uuid: string, now: Counters): MachineLoad {
  const sum = (group: string, what: string) =>
    total((membersOf(now, group) ?? []).map((member) => number(now[`${member}.${what}`]))) ?? 0;
  return {
    uuid,
    cpuNs: number(now["cpu.time"]) ?? 0,
    vcpus: number(now["vcpu.current"]) ?? 0,
    memoryUsedBytes: memoryUsed(now),
    memoryBytes: bytes(now["balloon.current"]) ?? 0,
    readBytes: sum("block", "rd.bytes"),
    writtenBytes: sum("block", "wr.bytes"),
    receivedBytes: sum("net", "rx.bytes"),
    sentBytes: sum("net", "tx.bytes"),
  };
}

/** `block.0`, `block.1`, …; null where the driver does not tell how many there are. */
function membersOf(now: Counters, group: string): readonly string[] | null {
  const count = number(now[`${group}.count`]);
  return count === null ? null : Array.from({ length: count }, (_, index) => `${group}.${index}`);
}

/** A guest whose balloon reports tells what it could still use; `usable` counts its caches as free, `unused` does not. */
function memoryUsed(now: Counters): number | null {
  const available = bytes(now["balloon.available"]);
  const free = bytes(now["balloon.usable"]) ?? bytes(now["balloon.unused"]);
  if (available !== null && free !== null) return Math.max(0, available - free);
  return bytes(now["balloon.rss"]);
}

function total(rates: readonly (number | null)[]): number | null {
  const known = rates.filter((rate) => rate !== null);
  return known.length === 0 ? null : known.reduce((sum, rate) => sum + rate, 0);
}

function bytes(kib: Counters[string] | undefined): number | null {
  const value = number(kib);
  return value === null ? null : value * KIB;
}

function number(value: Counters[string] | undefined): number | null {
  return typeof value === "number" ? value : null;
}
