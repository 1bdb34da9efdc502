/** What hutch did: kept in the domain's `<metadata>` as JSON in one element of our namespace, with a schema version and a revision. */
import type { MachineSpec, PortForward } from "./spec.ts";

export const RECORD_NAMESPACE = "https://hutch.dev/ns/vm/1";
export const RECORD_PREFIX = "hutch";
export const RECORD_SCHEMA = 1;

export type ImageUse = {
  readonly name: string;
  /** `sha256:<hex>` of the base image's bytes. */
  readonly digest: string;
  /** The base volume in the pool. */
  readonly volume: string;
  /** How far these bytes can be trusted, in words. */
  readonly trust: string;
  /** The engine that is baked into it; left out when there is none. */
  readonly engine?: string;
};

export type EngineRecord = {
  readonly name: string;
  readonly version: string;
  /** Where its packages came from, in words. */
  readonly source: string;
  /** ISO 8601. */
  readonly installedAt: string;
};

/** What cloud-init said when it had finished. */
export type CloudInitRecord = {
  readonly state: "done" | "degraded" | "failed" | "disabled";
  readonly errors: readonly string[];
};

/** A folder of the host that the guest sees. */
export type Mount = {
  /** Absolute, on the machine that hutch runs on. */
  readonly hostPath: string;
  /** Absolute, in the guest. */
  readonly guestPath: string;
  readonly readonly: boolean;
  readonly by: "virtiofs" | "9p" | "sshfs";
};

/** What a VM's owner may say of it at any time; none of it changes how it runs. */
export type Upkeep = {
  readonly description: string;
  readonly tags: readonly string[];
  /** Not deleted, purged or restored until this is taken away. */
  readonly protected: boolean;
  /** Its place among those that start with the host, lowest first; null: after all that have one. */
  readonly startOrder: number | null;
  /** Seconds to wait after its start before the next one's. */
  readonly startDelay: number;
  readonly mounts: readonly Mount[];
};

export const NO_UPKEEP: Upkeep = {
  description: "",
  tags: [],
  protected: false,
  startOrder: null,
  startDelay: 0,
  mounts: [],
};

/**
 * `making` is the lock on the name: the VM belongs to the operation `op` until that is gone. `trashed` is a deleted VM
 * that can still be recovered.
 */
export type RecordState = "making" | "made" | "trashed";

export type MachineRecord = Upkeep & {
  readonly schema: typeof RECORD_SCHEMA;
  /** Grows by one at each write. */
  readonly revision: number;
  readonly state: RecordState;
  /** The operation that is making it; only while `making`. */
  readonly op?: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly spec: MachineSpec;
  readonly image: ImageUse | null;
  /** The libvirt pool of its disks. */
  readonly pool: string;
  /** Volumes that belong to this VM alone: root disk, data disks, seed. */
  readonly volumes: readonly string[];
  readonly seedVolume: string | null;
  readonly mac: string;
  /** Address kept for it (reserved in the network, or static on a bridge), without prefix. */
  readonly address: string | null;
  /** Every forward of a user-mode network, ssh's first. */
  readonly forwards: readonly PortForward[];
  /** The guest's host key, made on the host: `ssh-ed25519 AAAA…`. */
  readonly hostKey: string | null;
  readonly cloudInit: CloudInitRecord | null;
  readonly engine: EngineRecord | null;
  /** The accelerator that `auto` came to. */
  readonly accel: "kvm" | "tcg";
  /** While trashed: when (ISO 8601), under which name it lived, whether it started by itself. */
  readonly trash: { readonly at: string; readonly name: string; readonly autostart: boolean } | null;
  /** What a later hutch command has to settle, in words. */
  readonly pending: readonly string[];
};
