/** A host while somebody watches it: how its VMs are, what happens, and what they use. For faces that stay open. */
import {
  VirDomainEventType as Event,
  VirDomainStatsTypes as Groups,
  isLibvirtFault,
  type StatsRecord,
  VirErrorNumber,
  type WireEvent,
} from "#ffi";
import { asHutchError } from "../core/errors.ts";
import { RECORD_NAMESPACE } from "../core/machine/record.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { Happening, HostNews, LoadSample, MachineLoad } from "../core/watching.ts";
import { findMachine, findMachineByUuid, listMachines } from "../host/machines.ts";
import type { Context } from "./context.ts";

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
        const happening = happeningOf(event, ctx.now());
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

const VM_EVENTS: Readonly<Record<number, readonly [text: string, level: Happening["level"]]>> = {
  [Event.DEFINED]: ["defined", "info"],
  [Event.UNDEFINED]: ["removed", "info"],
  [Event.STARTED]: ["started", "info"],
  [Event.SUSPENDED]: ["paused", "info"],
  [Event.RESUMED]: ["resumed", "info"],
  [Event.STOPPED]: ["stopped", "info"],
  [Event.SHUTDOWN]: ["shut down", "info"],
  [Event.PMSUSPENDED]: ["went to sleep", "info"],
  [Event.CRASHED]: ["crashed", "warn"],
};
const NETWORK_EVENTS = ["defined", "removed", "started", "stopped"];
const POOL_EVENTS = ["defined", "removed", "started", "stopped", "created", "deleted"];
const FROM_SNAPSHOT = "restored from a snapshot";

function happeningOf(event: WireEvent, at: number): Happening | null {
  switch (event.kind) {
    case "domain": {
      const [text, level] = VM_EVENTS[event.event] ?? [`event ${event.event}`, "info"];
      const restored = event.event === Event.DEFINED && event.detail === 3;
      const { uuid, name } = event;
      return { at, what: "vm", uuid, name, text: restored ? FROM_SNAPSHOT : text, level };
    }
    case "domain-agent": {
      const text = event.state === 1 ? "guest agent connected" : "guest agent gone";
      return { at, what: "vm", uuid: event.uuid, name: event.name, text, level: "info" };
    }
    case "network":
    case "pool": {
      const words = event.kind === "network" ? NETWORK_EVENTS : POOL_EVENTS;
      const text = words[event.event] ?? `event ${event.event}`;
      return { at, what: event.kind, uuid: null, name: event.name, text, level: "info" };
    }
    default:
      return null;
  }
}

const LOADS = Groups.STATE | Groups.CPU_TOTAL | Groups.BALLOON | Groups.VCPU | Groups.INTERFACE | Groups.BLOCK;

/** The counters of every running VM, in one call. E_HOST where the driver has none. */
export async function sampleLoads(ctx: Context): Promise<LoadSample> {
  const { at, domains } = await ctx.client.call("stats.sample", { groups: LOADS, active: true });
  return { at, loads: domains.map(loadOf) };
}

function loadOf({ uuid, values }: StatsRecord): MachineLoad {
  const number = (key: string) => (typeof values[key] === "number" ? values[key] : 0);
  const sum = (group: string, counter: string) => {
    let total = 0;
    for (let index = 0; index < number(`${group}.count`); index += 1) total += number(`${group}.${index}.${counter}`);
    return total;
  };
  const kib = (key: string) => number(key) * 1024;
  // What the guest says it does not use; without a balloon's word only what the process holds is known.
  const told = "balloon.usable" in values && "balloon.available" in values;
  const used = told ? kib("balloon.available") - kib("balloon.usable") : kib("balloon.rss");
  return {
    uuid,
    cpuNs: number("cpu.time"),
    vcpus: number("vcpu.current"),
    memoryUsedBytes: told || "balloon.rss" in values ? used : null,
    memoryBytes: kib("balloon.current"),
    readBytes: sum("block", "rd.bytes"),
    writtenBytes: sum("block", "wr.bytes"),
    receivedBytes: sum("net", "rx.bytes"),
    sentBytes: sum("net", "tx.bytes"),
  };
}

/** The domain's definition as libvirt keeps it. E_NOT_FOUND. */
export async function domainXml(ctx: Context, name: string): Promise<string> {
  const { uuid } = await findMachine(ctx.client, name, { trashed: true });
  return (await ctx.client.call("domain.detail", { ref: { uuid }, namespace: RECORD_NAMESPACE })).xml;
}
