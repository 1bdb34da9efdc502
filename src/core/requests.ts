/** What the faces ask of the house, and what they get back: plain data, so that `-o json` is the value itself. */
import type { BakeOffer } from "./bake.ts";
import type { Leftover } from "./errors.ts";
import type { ImageOrigin } from "./image.ts";
import type { EngineRecord } from "./machine/record.ts";
import type { Accel, Arch, Firmware, NetworkSpec, PortForward } from "./machine/spec.ts";
import type { MachineView } from "./machine/view.ts";
import type { MountRequest } from "./mount-syntax.ts";
import type { CardRow } from "./network-cards.ts";

/** Readiness, in order. A VM is `ready` when the last stage that applies to it holds. */
export const READINESS = ["running", "address", "ssh", "cloud-init", "engine", "ready"] as const;
export type Readiness = (typeof READINESS)[number];

/** An order for one VM; what is left out gets its default. */
export type LaunchRequest = {
  /** Made up when omitted. */
  readonly name?: string;
  readonly image?: string;
  readonly cpus?: number;
  readonly memoryMiB?: number;
  readonly diskBytes?: number;
  readonly dataDiskBytes?: readonly number[];
  readonly engine?: string | null;
  /** The user's own user-data, verbatim. */
  readonly userData?: string;
  /** Public keys (lines) or paths of `.pub` files; the caller's own key when omitted. */
  readonly sshKeys?: readonly string[];
  readonly user?: string;
  readonly network?: NetworkSpec;
  readonly publish?: readonly PortForward[];
  readonly arch?: Arch;
  readonly accel?: Accel;
  readonly firmware?: Firmware;
  readonly tpm?: boolean;
  readonly autostart?: boolean;
  readonly ephemeral?: boolean;
  /** A screen to look at over VNC, on 127.0.0.1 of the VM's host; on by default with `iso`. */
  readonly display?: boolean;
  /**
   * An image to install from by hand, onto an empty disk: a file of this machine, or a volume of the pool. Nothing is set up
   * inside, so that nothing goes with it that an image or cloud-init is for, and it is followed until it runs.
   */
  readonly iso?: string;
  /** Folders of this host, once it runs. Where the only way is sshfs, a warning says how to hold one. */
  readonly mounts?: readonly MountRequest[];
  /** Give the login user a password, for the console; see `LaunchResult.consolePassword`. */
  readonly consolePassword?: boolean;
  /** false: define it and leave it stopped (`create`). */
  readonly start?: boolean;
  /** Return once this holds; `ready` by default. */
  readonly waitFor?: Readiness;
  /** Milliseconds to get there; scaled up under TCG unless given. */
  readonly timeoutMs?: number;
  /** Keep what was made when it fails before it is running. */
  readonly keepOnFailure?: boolean;
  /** Build an image locally, without asking, when its download host cannot be reached. */
  readonly buildIfUnreachable?: boolean;
  /** Where the image is downloaded from: `tuna`, `ustc`, `aliyun` or an address; the config's when omitted. */
  readonly mirror?: string;
};

export type StageTime = { readonly stage: Readiness; readonly ms: number };

export type LaunchResult = {
  readonly machine: MachineView;
  /** How long each stage took, in order. */
  readonly stages: readonly StageTime[];
  /** What the user should know (degraded cloud-init, a port that was changed, TCG). */
  readonly warnings: readonly string[];
  /** After an engine was installed for which an image could be baked. */
  readonly bake?: BakeOffer;
  /** Told once, nothing keeps it; only when it was asked for. */
  readonly consolePassword?: string;
};

/** What `--dry-run` shows: the whole order and the XML that would be defined. */
export type LaunchPlan = {
  readonly spec: object;
  readonly xml: string;
  readonly steps: readonly string[];
  readonly seed: Readonly<Record<string, string>>;
  /** What a launch would say of the image: which one is taken, its age, its release's end. */
  readonly notes: readonly string[];
};

export type DiskInfo = {
  readonly target: string;
  readonly source: string;
  readonly format: string;
  readonly virtualBytes: number | null;
  readonly usedBytes: number | null;
};
export type AddressInfo = {
  readonly address: string;
  readonly family: "ipv4" | "ipv6";
  readonly source: "lease" | "agent" | "arp" | "static" | "forward";
};

export type MachineInfo = MachineView & {
  /** Oldest first. */
  readonly snapshots: readonly { readonly name: string; readonly current: boolean }[];
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly autostart: boolean;
  readonly addresses: readonly AddressInfo[];
  readonly disks: readonly DiskInfo[];
  readonly macs: readonly string[];
  readonly cards: readonly CardRow[];
  readonly domainType: string;
  readonly machineType: string;
  readonly firmware: "bios" | "uefi";
  readonly consoleLog: string | null;
  /** The line that reaches it by plain ssh, when it has one. */
  readonly ssh: string | null;
};

export type PowerResult = {
  readonly name: string;
  readonly done: boolean;
  readonly message: string;
  readonly warnings: readonly string[];
};

/** `graceful` asks the guest and waits; `force` cuts the power; `foreign` takes VMs that others made, too. */
export type StopRequest = {
  readonly names: readonly string[];
  readonly force?: boolean;
  readonly timeoutMs?: number;
  readonly foreign?: boolean;
};

export type DeleteRequest = { readonly names: readonly string[]; readonly purge?: boolean; readonly force?: boolean };

export type PurgeOptions = {
  /** Only what has been in the trash for longer than this, in milliseconds. */
  readonly olderThanMs?: number;
};

export type ImageRow = {
  readonly name: string;
  readonly digest: string;
  readonly volume: string;
  readonly bytes: number;
  readonly virtualBytes: number;
  readonly trust: string;
  /** null when unknown. */
  readonly arch: Arch | null;
  /** null when unknown. */
  readonly origin: ImageOrigin | null;
  /** ISO 8601; empty when unknown. */
  readonly addedAt: string;
  /** VMs (trashed ones too) that stand on it. */
  readonly usedBy: readonly string[];
  /** Those of them that are in the trash. */
  readonly inTrash: readonly string[];
  /** Images of the store that were baked from it. */
  readonly bakedFrom: readonly string[];
  /** It, or what it was baked from, is baked from a base that is not the newest of its name any more. */
  readonly stale: boolean;
};

export type CatalogueRow = {
  readonly name: string;
  readonly title: string;
  readonly arches: readonly string[];
  readonly user: string;
  readonly trust: string;
  /** What sets it up: cloud-init, ignition, nuageinit; launch knows cloud-init only. */
  readonly configuration: string;
  /** A day, as in 2030-06-30; "unknown" where its publisher has not fixed one; null for what never ends. */
  readonly endOfLife: string | null;
  /** null where the host was not asked. */
  readonly inStore: boolean | null;
  readonly note: string;
};

export type EngineStatus = {
  readonly name: string;
  readonly engine: EngineRecord | null;
  readonly installed: boolean;
  readonly running: boolean;
  readonly enabled: boolean;
  readonly version: string;
  readonly storageDriver: string;
  readonly cgroups: string;
  readonly containers: number;
  readonly warnings: readonly string[];
};

export type EngineRecipeRow = {
  readonly engine: string;
  readonly family: string;
  readonly repository: string;
  readonly fallback: string;
  readonly mirrors: readonly string[];
  readonly proven: readonly string[];
};

export type CheckState = "ok" | "note" | "warn" | "fail";
/** One doctor check: what was looked at, what was found, what to do about it. */
export type Check = {
  readonly id: string;
  readonly title: string;
  readonly state: CheckState;
  readonly found: string;
  readonly fix: readonly string[];
};
export type DoctorReport = {
  readonly uri: string;
  readonly checks: readonly Check[];
  /** What was repaired, in words. */
  readonly fixed: readonly string[];
  readonly interrupted: readonly Interrupted[];
};
/** An operation that died, and what became of what it had made. */
export type Interrupted = {
  readonly op: string;
  readonly title: string;
  readonly undone: readonly string[];
  readonly left: readonly Leftover[];
};

export type LogKind = "console" | "cloud-init" | "qemu";

export type RunOptions = {
  /** Empty when omitted. */
  readonly stdin?: string | Uint8Array;
  /** Ends the command. */
  readonly signal?: AbortSignal;
  /** Milliseconds; the command is ended then, and E_TIMEOUT thrown. */
  readonly timeoutMs?: number;
};

/** `code` is the command's own, 128 + n for signal n. Of each output the first 4 MiB are kept. */
export type RunResult = { readonly code: number; readonly stdout: string; readonly stderr: string };
