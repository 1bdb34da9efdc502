/** What running VMs use, once or on and on. */
import { setTimeout } from "node:timers/promises";
import { VirDomainStatsTypes as Groups } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { type Sample, type StatsRound, statsBetween } from "../core/stats.ts";
import { findMachine } from "../host/machines.ts";
import { type Context, timestamp } from "./context.ts";

export type StatsOptions = {
  /** All running ones when empty. */
  readonly names?: readonly string[];
  /** Milliseconds between two samples; a second when omitted. */
  readonly everyMs?: number;
  /** Go on until the abort; else one round. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
};

const GROUPS = Groups.STATE | Groups.CPU_TOTAL | Groups.BALLOON | Groups.VCPU | Groups.INTERFACE | Groups.BLOCK;

/** Every running VM's counters, in one call. E_HYPERVISOR where the driver has none. */
export function readCounters({ client }: Context): Promise<Sample> {
  return client.call("stats.sample", { groups: GROUPS, active: true });
}

/**
 * A round needs two samples, so the first comes after one interval; each sample is one bulk call for all VMs. E_NOT_FOUND
 * for a name that there is none of, E_CONFLICT for one that does not run; a VM that stops later is left out.
 */
export async function* stats(ctx: Context, options: StatsOptions): AsyncGenerator<StatsRound> {
  const { names = [], everyMs = 1_000, follow = false, signal = new AbortController().signal } = options;
  const machines = [];
  for (const name of names) machines.push(await findMachine(ctx.client, name));
  const wanted = new Set(machines.map(({ uuid }) => uuid));
  const sample = async (): Promise<Sample> => {
    const { at, domains } = await readCounters(ctx);
    return { at, domains: wanted.size === 0 ? domains : domains.filter(({ uuid }) => wanted.has(uuid)) };
  };
  let before = await sample();
  const off = machines.find(({ uuid }) => !before.domains.some((domain) => domain.uuid === uuid));
  if (off !== undefined) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${off.name} is ${off.status.power}: it uses nothing.`,
      next: [`hutch start ${off.name}`],
    });
  }
  do {
    await setTimeout(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const now = await sample();
    yield { at: timestamp(ctx), machines: statsBetween(before, now) };
    before = now;
  } while (follow);
}
