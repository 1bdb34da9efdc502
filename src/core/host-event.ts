/** What happened on a host, in words. Pure. */
import type { Happening } from "./watching.ts";

/** `resync`: more happened than was told, read everything again. `lost`: the connection is gone, and is tried again. */
export type HostEvent = {
  /** ISO 8601: when hutch heard of it. */
  readonly at: string;
  readonly subject: "vm" | "network" | "pool" | "host";
  /** Empty for the host itself. */
  readonly name: string;
  /** Of a VM; null for everything else. */
  readonly uuid: string | null;
  /** `started`, `stopped`, `defined`, `record changed`, `agent connected`, … */
  readonly what: string;
  /** Why, in libvirt's words (`booted`, `destroyed`); empty when it does not say. */
  readonly why: string;
};

type Words = Readonly<Record<number, readonly [what: string, reasons: readonly string[]]>>;

/** virDomainEventType and the details of each (libvirt-domain.h). */
const VM: Words = {
  0: ["defined", ["added", "updated", "renamed", "from snapshot"]],
  1: ["undefined", ["removed", "renamed"]],
  2: ["started", ["booted", "migrated", "restored", "from snapshot", "woken up", "recovered"]],
  3: [
    "paused",
    [
      "by user",
      "migrated",
      "I/O error",
      "watchdog",
      "restored",
      "from snapshot",
      "API error",
      "post-copy",
      "post-copy failed",
    ],
  ],
  4: ["resumed", ["by user", "migrated", "from snapshot", "post-copy", "post-copy failed"]],
  5: ["stopped", ["shut down", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot"]],
  6: ["shutting down", ["finished", "by the guest", "by the host"]],
  7: ["suspended by the guest", ["to memory", "to disk"]],
  8: ["crashed", ["panicked", "crash loaded"]],
};
/** virNetworkEventLifecycleType. */
const NETWORK: Words = {
  0: ["defined", []],
  1: ["undefined", []],
  2: ["started", []],
  3: ["stopped", []],
};
/** virStoragePoolEventLifecycleType. */
const POOL: Words = { ...NETWORK, 4: ["made", []], 5: ["removed", []] };

type Happened = Pick<HostEvent, "what" | "why">;

export function vmEvent(event: number, detail: number): Happened {
  return worded(VM, event, detail);
}

export function networkEvent(event: number): Happened {
  return worded(NETWORK, event, 0);
}

export function poolEvent(event: number): Happened {
  return worded(POOL, event, 0);
}

/** virConnectDomainEventAgentLifecycleState. */
export function agentEvent(state: number): Happened {
  return { what: state === 1 ? "agent connected" : "agent disconnected", why: "" };
}

function worded(words: Words, event: number, detail: number): Happened {
  const [what, reasons] = words[event] ?? [`event ${event}`, []];
  return { what, why: reasons[detail] ?? "" };
}

/** What a record has inside is no news to somebody who looks at lists. */
export const RECORD_CHANGED = "record changed";
const BAD = new Set(["crashed", "panicked", "failed", "I/O error", "watchdog"]);

/** In one line, for a list; null for what is not worth one. `at` is epoch milliseconds. */
export function happeningOf({ subject, name, uuid, what, why }: HostEvent, at: number): Happening | null {
  if (subject === "host" || what === RECORD_CHANGED) return null;
  const text = why === "" ? what : `${what}: ${why}`;
  return { at, what: subject, name, uuid, text, level: BAD.has(what) || BAD.has(why) ? "warn" : "info" };
}
