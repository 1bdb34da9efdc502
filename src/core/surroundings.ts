/** What VMs stand on, as the faces ask for it and get it: the host itself, its networks and its pools. */
import type { HostSummary } from "./watching.ts";

export type HostInfo = HostSummary & {
  readonly arch: string;
  /** Free in hutch's pool; null while there is none. */
  readonly freePoolBytes: number | null;
};

/** `nat`: out through the host. `routed`: out as it is, the LAN must know the way. `isolated`: nowhere but the host. `bridge`: a bridge that others keep. */
export const NETWORK_MODES = ["nat", "routed", "isolated", "bridge"] as const;
export type NetworkMode = (typeof NETWORK_MODES)[number];

export type NetworkSummary = {
  readonly name: string;
  /** `other`: of a kind that hutch does not make. */
  readonly mode: NetworkMode | "other";
  readonly bridge: string | null;
  /** With prefix, the host's own address in it: `192.168.122.1/24`. */
  readonly subnets: readonly string[];
  readonly active: boolean;
  readonly autostart: boolean;
};

export type NetworkInfo = NetworkSummary & {
  readonly uuid: string;
  /** First and last address that DHCP gives; null when it gives none. */
  readonly dhcp: { readonly first: string; readonly last: string } | null;
  readonly domain: string | null;
  /** Addresses kept for one card. */
  readonly reservations: readonly { readonly mac: string; readonly name: string | null; readonly address: string }[];
  /** VMs with a card in it, those of others too. */
  readonly usedBy: readonly string[];
};

export type LeaseRow = {
  readonly address: string;
  readonly mac: string | null;
  readonly hostname: string | null;
  /** ISO 8601; null: never. */
  readonly expiresAt: string | null;
  /** The VM whose card it is, where it is one of this host. */
  readonly machine: string | null;
};

export type NetworkRequest = {
  readonly name: string;
  readonly mode: NetworkMode;
  /** `192.168.150.0/24`; a free one is found when omitted. Not for `bridge`. */
  readonly subnet?: string;
  /** For `bridge` the one that is there; else what the new one is called. */
  readonly bridge?: string;
};

export type PoolSummary = {
  readonly name: string;
  /** `dir`, `logical`, … */
  readonly type: string;
  /** Its folder or device on the hypervisor's host; null where it has none. */
  readonly path: string | null;
  readonly active: boolean;
  readonly autostart: boolean;
  readonly capacityBytes: number;
  readonly usedBytes: number;
  readonly availableBytes: number;
};

export type PoolInfo = PoolSummary & {
  readonly uuid: string;
  readonly volumes: readonly { readonly name: string; readonly virtualBytes: number; readonly usedBytes: number }[];
};

/** Which VMs come back with the host, in order. */
export type BootOrder = {
  readonly enabled: boolean;
  /** The file of the systemd unit, there or not. */
  readonly unit: string;
  readonly order: readonly { readonly name: string; readonly place: number; readonly delaySeconds: number }[];
  /** What keeps it from being so, and what to do about it. */
  readonly notes: readonly string[];
};

/** A libvirt that may be meant. */
export type LibvirtHost = {
  readonly uri: string;
  /** Where it is known from, in a few words. */
  readonly text: string;
};
