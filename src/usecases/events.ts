/** What happens on the host, as it happens. */
import type { WireEvent } from "#ffi";
import { agentEvent, type HostEvent, networkEvent, poolEvent, RECORD_CHANGED, vmEvent } from "../core/host-event.ts";
import { RECORD_NAMESPACE } from "../core/machine/record.ts";
import { type Context, timestamp } from "./context.ts";

/** What nobody reads is kept up to here; the oldest goes first, and `resync` says so. */
const MOST_WAITING = 10_000;

/**
 * From now on, until the abort; a lost connection is told and made again. Fails with E_HYPERVISOR where the driver tells
 * nothing of its VMs.
 */
export async function* events(
  ctx: Context,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): AsyncGenerator<HostEvent> {
  const waiting: HostEvent[] = [];
  let wake = (): void => undefined;
  let overflown = false;
  const stop = await ctx.client.events((event) => {
    const told = worded(ctx, event);
    if (told === null) return;
    waiting.push(told);
    if (waiting.length > MOST_WAITING) {
      waiting.shift();
      overflown = true;
    }
    wake();
  });
  const end = () => wake();
  signal?.addEventListener("abort", end, { once: true });
  try {
    while (signal?.aborted !== true) {
      if (overflown) {
        overflown = false;
        yield ofHost(ctx, "resync");
      }
      const next = waiting.shift();
      if (next !== undefined) yield next;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
          if (signal?.aborted === true || waiting.length > 0) resolve();
        });
      }
    }
  } finally {
    signal?.removeEventListener("abort", end);
    await stop();
  }
}

/** null for what only concerns other programs. */
export function worded(ctx: Context, event: WireEvent): HostEvent | null {
  const at = timestamp(ctx);
  switch (event.kind) {
    case "domain":
      return { at, subject: "vm", name: event.name, uuid: event.uuid, ...vmEvent(event.event, event.detail) };
    case "domain-agent":
      return { at, subject: "vm", name: event.name, uuid: event.uuid, ...agentEvent(event.state) };
    case "domain-metadata":
      if (event.namespace !== RECORD_NAMESPACE) return null;
      return { at, subject: "vm", name: event.name, uuid: event.uuid, what: RECORD_CHANGED, why: "" };
    case "network":
      return { at, subject: "network", name: event.name, uuid: null, ...networkEvent(event.event) };
    case "pool":
      return { at, subject: "pool", name: event.name, uuid: null, ...poolEvent(event.event) };
    case "resync":
    case "lost":
      return ofHost(ctx, event.kind);
  }
}

function ofHost(ctx: Context, what: "resync" | "lost"): HostEvent {
  return { at: timestamp(ctx), subject: "host", name: "", uuid: null, what, why: "" };
}
