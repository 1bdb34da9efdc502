/** What the library offers, as types: the connection, and what its methods take. */
import type { ExportRequest, ExportResult, ImportRequest } from "./core/archive.ts";
import type { BakeRequest } from "./core/bake.ts";
import type { ContainerLogOptions, ContainerReport } from "./core/containers.ts";
import type { CloneRequest, CloneResult } from "./core/copies.ts";
import type { CopyRequest, CopyResult } from "./core/copy.ts";
import type { Definition, RedefineRequest } from "./core/definition.ts";
import type { AttachRequest, DetachRequest, DiskResult } from "./core/disks.ts";
import type * as E from "./core/enter.ts";
import type { HostEvent } from "./core/host-event.ts";
import type { HostNames } from "./core/host-names.ts";
import type {
  ImportOptions,
  PruneOptions,
  PrunePlan,
  PullOptions,
  PushOptions,
  PushResult,
} from "./core/image-store.ts";
import type { ImageInfo, ImageVerdict } from "./core/image-trust.ts";
import type { NetworkSpec, PortForward } from "./core/machine/spec.ts";
import type { MachineView } from "./core/machine/view.ts";
import type { MountRequest } from "./core/mount-syntax.ts";
import type { CardResult, CardRow } from "./core/network-cards.ts";
import type * as R from "./core/requests.ts";
import type { Readiness } from "./core/requests.ts";
import type { RestoreRequest, RestoreResult, SnapshotInfo, SnapshotRequest, SnapshotResult } from "./core/snapshots.ts";
import type { StatsRound } from "./core/stats.ts";
import type * as S from "./core/surroundings.ts";
import type { Settings, SettingsPlan, SettingsResult } from "./core/vm-settings.ts";
import type { HostNetwork, HostNews, HostPool, HostSnapshot, HostSummary, LoadSample } from "./core/watching.ts";
import type { Operation } from "./ops/operation.ts";
import type { CopyStreams } from "./usecases/copy.ts";
import type { LogOptions } from "./usecases/logs.ts";
import type { MountWay } from "./usecases/mount-way.ts";

export type ConnectOptions = {
  /** A libvirt URI; chosen from the environment and the user's rights when omitted. */
  readonly uri?: string;
  /** Reads only: runs libvirt on this thread, which starts faster. */
  readonly readonly?: boolean;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
};

export type RunStreams = {
  /** `inherit` hands over the caller's terminal or pipes. */
  readonly stdio: "inherit";
  readonly tty?: boolean;
  /** Its abort sends the command SIGTERM, or the signal that is the reason (`abort("SIGHUP")`). */
  readonly signal?: AbortSignal;
  readonly entering?: E.EnterOptions;
};

/** Long work that a signal cancels, as `cancel` would: it is undone, and its result rejects with E_CANCELLED. */
export type Cancellable = { readonly signal?: AbortSignal | undefined };

/** A connection to one libvirt host. Every method throws `HutchError`; close it, or use `await using`. */
export interface Hutch extends AsyncDisposable {
  readonly uri: string;
  readonly mode: "session" | "system" | "other";
  /** What the user should know: of the choice of this host, and of settings that hutch does not know. */
  readonly notes: readonly string[];
  /** All VMs, foreign and trashed ones too. */
  list(): Promise<readonly MachineView[]>;
  info(name: string): Promise<R.MachineInfo>;
  /** What the host has, and what of it is free. */
  host(): Promise<S.HostInfo>;
  /** What running VMs use: one round after one interval, or with `follow` rounds until the abort. */
  stats(options?: {
    readonly names?: readonly string[];
    readonly everyMs?: number;
    readonly follow?: boolean;
    readonly signal?: AbortSignal;
  }): AsyncIterable<StatsRound>;
  /** What happens from now on, until the abort. */
  events(options?: Cancellable): AsyncIterable<HostEvent>;
  /** Every VM, then what changes and happens, until `signal` aborts; a lost connection is news, not an end. */
  watch(signal: AbortSignal): AsyncIterable<HostNews>;
  /** The counters of every running VM, in one call. */
  sampleLoads(): Promise<LoadSample>;
  hostSummary(): Promise<HostSummary>;
  hostNetworks(): Promise<readonly HostNetwork[]>;
  hostPools(): Promise<readonly HostPool[]>;
  /** Of every VM. */
  hostSnapshots(): Promise<readonly HostSnapshot[]>;
  /** The VM's definition, as libvirt keeps it. */
  xml(name: string): Promise<string>;
  launch(request: R.LaunchRequest, how?: Cancellable): Operation<R.LaunchResult>;
  /** What `launch` would do; changes nothing. */
  plan(request: R.LaunchRequest): Promise<R.LaunchPlan>;
  start(
    names: readonly string[],
    options?: { waitFor?: Readiness; timeoutMs?: number; foreign?: boolean } & Cancellable,
  ): Operation<readonly R.PowerResult[]>;
  stop(request: R.StopRequest, how?: Cancellable): Operation<readonly R.PowerResult[]>;
  restart(request: R.StopRequest, how?: Cancellable): Operation<readonly R.PowerResult[]>;
  /** Into the trash, or with `purge` for good. */
  delete(request: R.DeleteRequest, how?: Cancellable): Operation<readonly R.PowerResult[]>;
  recover(names: readonly string[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
  /** What is in the trash, for good; all of it when no name is given. */
  purge(names: readonly string[], options?: R.PurgeOptions & Cancellable): Operation<readonly R.PowerResult[]>;
  /** What a purge of these would remove, for the prompt. */
  losses(
    names: readonly string[],
    options?: R.PurgeOptions,
  ): Promise<readonly { name: string; what: readonly string[] }[]>;
  /** Sets things of a VM: at once where that can be, else from its next start on. E_USAGE, E_CONFLICT; cancellable. */
  set(name: string, settings: Settings, how?: Cancellable): Operation<SettingsResult>;
  /** What `set` would do, and when each would count; changes nothing. Fails as `set` would. */
  planSet(name: string, settings: Settings): Promise<SettingsPlan>;
  pause(names: readonly string[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
  resume(names: readonly string[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
  /** Memory to the host's disk, and off; `start` goes on from there. */
  save(names: readonly string[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
  /** Throws away what `save` kept: the next start boots. */
  discardSaved(names: readonly string[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
  /** Of a VM that is off. E_USAGE for a name that cannot be, E_CONFLICT when it is taken. */
  rename(name: string, to: string, how?: Cancellable): Operation<R.PowerResult>;
  /** A stopped copy of a stopped VM that is a machine of its own. E_CONFLICT; cancellable. */
  clone(name: string, request: CloneRequest, how?: Cancellable): Operation<CloneResult>;
  /** Gives a VM that others made a record of hutch's; `user` is its login user. E_CONFLICT. */
  adopt(name: string, options?: { user?: string } & Cancellable): Operation<MachineView>;
  /** What libvirt starts it with, as text, without hutch's record. */
  definition(name: string): Promise<Definition>;
  /** Defines it anew. E_CONFLICT when it was changed since, E_INVALID for what libvirt does not take; cancellable. */
  redefine(name: string, request: RedefineRequest, how?: Cancellable): Operation<R.PowerResult>;
  /** Text in the user's editor, on the caller's terminal; resolves to it as saved. */
  openEditor(text: string): Promise<string>;
  /** A stopped VM as one file, disks, record and checksums. E_CONFLICT; cancellable, and no partial file is left. */
  export(name: string, request?: ExportRequest & Cancellable): Operation<ExportResult>;
  /** From such a file, verified before anything is made; left stopped. E_INVALID, E_CONFLICT, E_IMAGE; cancellable. */
  import(request: ImportRequest, how?: Cancellable): Operation<CloneResult>;
  readonly snapshots: {
    /** Oldest first. */
    list(name: string): Promise<readonly SnapshotInfo[]>;
    create(name: string, request?: SnapshotRequest & Cancellable): Operation<SnapshotResult>;
    /** Today's state is lost, but for the snapshot that is taken of it first. E_NOT_FOUND, E_CONFLICT; cancellable. */
    restore(name: string, request: RestoreRequest, how?: Cancellable): Operation<RestoreResult>;
    remove(name: string, snapshots: readonly string[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
  };
  /** Data disks; `info` lists them. A running guest gets and loses them at once. */
  readonly disks: {
    attach(name: string, request: AttachRequest, how?: Cancellable): Operation<DiskResult>;
    detach(name: string, request: DetachRequest, how?: Cancellable): Operation<DiskResult>;
  };
  /** Network cards. The first is the way in, and stays. */
  readonly nics: {
    list(name: string): Promise<readonly CardRow[]>;
    add(name: string, network: NetworkSpec, how?: Cancellable): Operation<CardResult>;
    /** By MAC, or by number in the list. */
    remove(name: string, which: string, how?: Cancellable): Operation<CardResult>;
  };
  wait(name: string, options: { for: Readiness; timeoutMs?: number } & Cancellable): Operation<R.LaunchResult>;
  /** Runs argv in the guest over ssh with exact quoting; resolves to its exit code. */
  exec(name: string, argv: readonly string[], streams: RunStreams): Promise<number>;
  shell(name: string, options?: Pick<RunStreams, "signal" | "entering">): Promise<number>;
  /** The same through the guest agent, as root and without a network; see `AgentExecOptions`. */
  execByAgent(name: string, argv: readonly string[], options: E.AgentExecOptions): Promise<number>;
  /** Its serial console. E_CONFLICT when it is off, or somebody else is there. */
  console(name: string, options: E.ConsoleOptions): Promise<E.ConsoleSession>;
  /** Files and folders between this host and VMs, or from VM to VM; `-` is `streams`. Cancellable. */
  copy(request: CopyRequest, streams?: CopyStreams & Cancellable): Operation<readonly CopyResult[]>;
  /** Where its screen is. E_CONFLICT when it has none, or is off. */
  display(name: string): Promise<E.DisplayInfo>;
  /** A new password for the login user, for the console; nothing keeps it. */
  consolePassword(name: string): Promise<E.ConsolePassword>;
  readonly ports: {
    list(name: string): Promise<readonly E.PortRow[]>;
    /** E_CONFLICT for a port that is taken, also by a VM that is off. */
    add(name: string, ports: readonly PortForward[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
    remove(
      name: string,
      ports: readonly Pick<PortForward, "protocol" | "hostPort">[],
      how?: Cancellable,
    ): Operation<readonly R.PowerResult[]>;
  };
  readonly mounts: {
    list(name?: string): Promise<readonly E.MountRow[]>;
    /** How a folder would come to this VM, which must run; E_CONFLICT when `by` asks for what cannot be. */
    way(name: string, request: MountRequest): Promise<MountWay>;
    /** As a device that is there after every start: virtiofs or 9p. */
    add(name: string, request: MountRequest, how?: Cancellable): Operation<readonly R.PowerResult[]>;
    /** By sshfs, for as long as it is held, through restarts of the VM; `signal` gives up while it is not there yet. */
    hold(name: string, request: MountRequest, options?: E.HoldOptions): Promise<E.HeldMount>;
    remove(name: string, guestPath: string, how?: Cancellable): Operation<readonly R.PowerResult[]>;
  };
  readonly sshConfig: {
    /** Lines for ssh's configuration, for every VM that hutch made. */
    read(): Promise<E.SshConfig>;
    /** Into a file of hutch's own that ~/.ssh/config includes; hutch keeps it true from then on. */
    install(): Promise<E.SshConfig>;
    /** Resolves to whether there was anything to take away. */
    remove(): Promise<boolean>;
  };
  /** Every VM that hutch made, for Ansible. */
  inventory(): Promise<E.Inventory>;
  /** The same with its output kept: what a script wants. See `RunOptions`. */
  run(name: string, argv: readonly string[], options?: R.RunOptions): Promise<R.RunResult>;
  /** Lines, guest output cleaned of escapes; ends by itself unless `follow`. */
  logs(name: string, options: LogOptions): AsyncIterable<string>;
  readonly images: {
    list(): Promise<readonly R.ImageRow[]>;
    catalogue(): Promise<readonly R.CatalogueRow[]>;
    /** By a name of the store or the catalogue, a digest or a volume. */
    info(name: string): Promise<ImageInfo>;
    /** Reads stored images whole and compares them with their digests; all of them when none is named. */
    verify(names: readonly string[], how?: Cancellable): Operation<readonly ImageVerdict[]>;
    /**
     * A name of the catalogue (`NAME@BUILD` takes one build by the publisher's name for it), or `oci://…`. What was baked
     * from an older one stays as it is, after a build or an import too: `list` tells then that it is stale.
     */
    pull(name: string, options?: PullOptions & Cancellable): Operation<R.ImageRow>;
    build(name: string, how?: Cancellable): Operation<R.ImageRow>;
    /** A local disk image file, or one at a web address, into the store. */
    import(from: string, options?: ImportOptions & Cancellable): Operation<R.ImageRow>;
    /** An image of the store into a registry, `oci://…`. */
    push(name: string, address: string, options?: PushOptions & Cancellable): Operation<PushResult>;
    /** What `prune` would remove. */
    prunePlan(options?: PruneOptions): Promise<PrunePlan>;
    prune(options?: PruneOptions & Cancellable): Operation<PrunePlan>;
    /** Runs a recipe once in a throw-away VM and makes its disk an image, in the place of an older one of the name. */
    bake(request: BakeRequest, how?: Cancellable): Operation<R.ImageRow>;
    /** A name means all its builds, a digest or a volume all its names, `NAME@sha256:…` one alone. E_NOT_FOUND, E_CONFLICT. */
    remove(names: readonly string[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
  };
  readonly networks: {
    list(): Promise<readonly S.NetworkSummary[]>;
    info(name: string): Promise<S.NetworkInfo>;
    leases(name: string): Promise<readonly S.LeaseRow[]>;
    create(request: S.NetworkRequest, how?: Cancellable): Operation<S.NetworkInfo>;
    /** Not while a VM has a card in it (E_CONFLICT). */
    remove(name: string, how?: Cancellable): Operation<{ readonly name: string }>;
  };
  /** VMs back after a reboot of the host, in order, by a systemd unit. */
  readonly autostart: {
    status(): Promise<S.BootOrder>;
    /** `command` is hutch itself, as argv. */
    enable(command: readonly string[]): Promise<S.BootOrder>;
    disable(): Promise<S.BootOrder>;
    /** What the unit runs: those that have a place in the order, one after another. */
    start(how?: Cancellable): Operation<readonly R.PowerResult[]>;
  };
  /** `NAME.hutch` on this host, by a block of its own in the hosts file; launch and purge keep it current. */
  readonly names: {
    status(): Promise<HostNames>;
    /** Also brings an old block up to date. */
    enable(): Promise<HostNames>;
    disable(): Promise<HostNames>;
  };
  readonly pools: {
    list(): Promise<readonly S.PoolSummary[]>;
    info(name: string): Promise<S.PoolInfo>;
    /** A folder of the host, by its absolute path; made where it is not there. */
    add(name: string, path: string, how?: Cancellable): Operation<S.PoolInfo>;
  };
  readonly engine: {
    install(
      engine: string,
      names: readonly string[],
      options?: { mirror?: string } & Cancellable,
    ): Operation<readonly R.EngineStatus[]>;
    status(name: string): Promise<R.EngineStatus>;
    /** Asked of the guest each time. E_GUEST when ssh or the engine does not answer. */
    containers(name: string, how?: Cancellable): Promise<ContainerReport>;
    /** Lines, cleaned of escapes; ends by itself unless `follow`. */
    containerLogs(name: string, container: string, options?: ContainerLogOptions): AsyncIterable<string>;
  };
  close(): Promise<void>;
}
