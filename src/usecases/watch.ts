/** A host while somebody watches it: how its VMs are, what happens, and what they use. For faces that stay open. */
import { isLibvirtFault, VirErrorNumber, type WireEvent } from "#ffi";
import { asHutchError } from "../core/errors.ts";
import { happeningOf } from "../core/host-event.ts";
import { RECORD_NAMESPACE } from "../core/machine/record.ts";
import type { MachineView } from "../core/machine/view.ts";
import { loadOf } from "../core/stats.ts";
import type { HostNews, LoadSample } from "../core/watching.ts";
import { findMachine, findMachineByUuid, listMachines } from "../host/machines.ts";
import type { Context } from "./context.ts";
import { worded } from "./events.ts";
import { readCounters } from "./stats.ts";

/** Events come in bursts (a start is five): what they touch is read once, this much later. Milliseconds. */
const GATHER_MS = 50;
/** Where a driver has no events, everything is read this often. Milliseconds. */
const POLL_MS = 2_000;
/** Beyond this many VMs touched at once, one list is cheaper than a look at each. */
const MANY = 24;

/** Ends when `signal` aborts. Fails only where the very first look does; later faults are `lost`. */
export async function* watch(ctx: Context, signal: AbortSignal): AsyncGenerator<HostNews> {
  const inbox = new Inbox(signal);
  const stop = await subscribe(ctx, inbox);
  const beat = stop === null ? setInterval(() => inbox.put({ kind: "resync" }), POLL_MS) : null;
  try {
    yield { k: "machines", machines: await listMachines(ctx.client) };
    for (;;) {
      const events = await inbox.take();
      if (events === null) return;
      for (const event of events) {
        const told = worded(ctx, event);
        const happening = told === null ? null : happeningOf(told, ctx.now());
        if (happening !== null) yield { k: "happened", happening };
      }
      yield await reread(ctx, events);
    }
  } finally {
    if (beat !== null) clearInterval(beat);
    await stop?.();
  }
}

async function subscribe(ctx: Context, inbox: Inbox): Promise<(() => Promise<void>) | null> {
  try {
    return await ctx.client.events((event) => inbox.put(event));
  } catch (error) {
    const { cause } = asHutchError(error);
    if (isLibvirtFault(cause) && cause.code === VirErrorNumber.NO_SUPPORT) return null;
    throw error;
  }
}

async function reread(ctx: Context, events: readonly WireEvent[]): Promise<HostNews> {
  const last = events.findLast(({ kind }) => kind === "lost" || kind === "resync");
  if (last?.kind === "lost") return { k: "lost", message: "libvirt does not answer." };
  const touched = new Set(events.flatMap((event) => ("uuid" in event ? [event.uuid] : [])));
  try {
    if (last !== undefined || touched.size > MANY) return { k: "machines", machines: await listMachines(ctx.client) };
    const machines: MachineView[] = [];
    const gone: string[] = [];
    for (const uuid of touched) {
      const machine = await findMachineByUuid(ctx.client, uuid);
      if (machine === null) gone.push(uuid);
      else machines.push(machine);
    }
    return { k: "changed", machines, gone };
  } catch (error) {
    return { k: "lost", message: asHutchError(error).message };
  }
}

/** What came since it was last taken; a burst is let finish first. */
class Inbox {
  readonly #signal: AbortSignal;
  #waiting: WireEvent[] = [];
  #wake: () => void = () => undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#wake(), { once: true });
  }

  put(event: WireEvent): void {
    this.#waiting.push(event);
    this.#wake();
  }

  /** null once nobody watches any more. */
  async take(): Promise<readonly WireEvent[] | null> {
    while (this.#waiting.length === 0 && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (!this.#signal.aborted) await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    return this.#signal.aborted ? null : this.#waiting.splice(0);
  }
}

/** The counters of every running VM, in one call. E_HYPERVISOR where the driver has none. */
export async function sampleLoads(ctx: Context): Promise<LoadSample> {
  const { at, domains } = await readCounters(ctx);
  return { at, loads: domains.map(({ uuid, values }) => loadOf(uuid, values)) };
}

/** The domain's definition as libvirt keeps it. E_NOT_FOUND. */
export async function domainXml(ctx: Context, name: string): Promise<string> {
  const { uuid } = await findMachine(ctx.client, name, { trashed: true });
  return (await ctx.client.call("domain.detail", { ref: { uuid }, namespace: RECORD_NAMESPACE })).xml;
}
