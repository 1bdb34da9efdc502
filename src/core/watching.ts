/** What a host tells of itself while somebody watches it. */
import type { MachineView } from "./machine/view.ts";
import type { NetworkSummary } from "./surroundings.ts";

/** The level (how things are) always comes from a re-read, never from the event that made it worth reading. */
export type HostNews =
  /** Every VM, as it is now: first of all, and again after a connection was lost. */
  | { readonly k: "machines"; readonly machines: readonly MachineView[] }
  /** These are new or have changed, and these are no more. */
  | { readonly k: "changed"; readonly machines: readonly MachineView[]; readonly gone: readonly string[] }
  /** What happened, in words; `at` is epoch milliseconds. */
  | { readonly k: "happened"; readonly happening: Happening }
  /** The connection is gone; libvirt is asked again at growing intervals until `machines` comes. */
  | { readonly k: "lost"; readonly message: string };

export type Happening = {
  readonly at: number;
  readonly what: "vm" | "network" | "pool";
  readonly name: string;
  /** The VM's; null for others. */
  readonly uuid: string | null;
  readonly text: string;
  readonly level: "info" | "warn";
};

/** Counters of one running VM; all but the sizes only ever grow while it runs. */
export type MachineLoad = {
  readonly uuid: string;
  readonly cpuNs: number;
  readonly vcpus: number;
  /** null where the driver does not tell. */
  readonly memoryUsedBytes: number | null;
  readonly memoryBytes: number;
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly receivedBytes: number;
  readonly sentBytes: number;
};

export type LoadSample = {
  /** Monotonic milliseconds. */
  readonly at: number;
  readonly loads: readonly MachineLoad[];
};

/** The host itself. */
export type HostSummary = {
  readonly uri: string;
  readonly hostname: string;
  /** libvirt's driver: `QEMU`, `TEST`, … */
  readonly driver: string;
  /** `11.8.0`. */
  readonly libvirt: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** null where the driver does not tell. */
  readonly freeMemoryBytes: number | null;
  /** The pool that hutch keeps its disks in; null while there is none. */
  readonly pool: { readonly name: string; readonly capacityBytes: number; readonly availableBytes: number } | null;
};

export type HostNetwork = {
  readonly name: string;
  readonly active: boolean;
  readonly autostart: boolean;
  readonly mode: NetworkSummary["mode"];
  /** Empty when it has none. */
  readonly bridge: string;
  /** The host's own in it, with prefix. */
  readonly addresses: readonly string[];
  readonly leases: readonly { readonly address: string; readonly name: string; readonly mac: string }[];
};

export type HostPool = {
  readonly name: string;
  readonly active: boolean;
  readonly autostart: boolean;
  readonly type: string;
  /** Empty when it has none. */
  readonly path: string;
  readonly capacityBytes: number;
  readonly availableBytes: number;
  readonly volumes: readonly { readonly name: string; readonly bytes: number; readonly usedBytes: number }[];
};

export type HostSnapshot = {
  readonly machine: string;
  readonly uuid: string;
  readonly name: string;
  readonly parent: string | null;
  /** The VM stands on it now. */
  readonly current: boolean;
  /** Epoch milliseconds; null where libvirt does not tell. */
  readonly createdAt: number | null;
  readonly withMemory: boolean;
};
