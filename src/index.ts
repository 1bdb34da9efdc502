/**
 * The library: what a provisioning script imports, and the only door that the CLI and the TUI use.
 *
 *     import { connect } from "hutch";
 *     await using host = await connect();
 *     await host.launch({ name: "web", image: "debian-13", engine: "docker" }).result;
 *     const { stdout } = await host.vm("web").run(["docker", "ps"]);
 *
 * docs/guides/provisioning.md tells more.
 */

import type { BakeRequest } from "./core/bake.ts";
import { HutchError } from "./core/errors.ts";
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
import type { MachineView } from "./core/machine/view.ts";
import type * as R from "./core/requests.ts";
import type { Readiness } from "./core/requests.ts";
import type { SettingRow } from "./core/settings.ts";
import type { StatsRound } from "./core/stats.ts";
import type * as S from "./core/surroundings.ts";
import { type Host, handles } from "./handles.ts";
import { listMachines } from "./host/machines.ts";
import type { Operation } from "./ops/operation.ts";
import { openContext } from "./usecases/context.ts";

export type { BakeOffer, BakeRequest } from "./core/bake.ts";
export { type ErrorCode, EXIT_CODES, type FaultData, HutchError, isHutchError, type Leftover } from "./core/errors.ts";
export type { HostEvent } from "./core/host-event.ts";
export type { HostName, HostNames } from "./core/host-names.ts";
export type { ImageOrigin } from "./core/image.ts";
export type * from "./core/image-store.ts";
export type * from "./core/image-trust.ts";
export type { MachineRecord } from "./core/machine/record.ts";
export type { MachineSpec, NetworkSpec, PortForward } from "./core/machine/spec.ts";
export type { MachineStatus, PowerState } from "./core/machine/status.ts";
export type { MachineView } from "./core/machine/view.ts";
export type { OpEvent } from "./core/op/event.ts";
export type * from "./core/requests.ts";
export type { SettingPlace, SettingRow } from "./core/settings.ts";
export type { Flow, MachineStats, StatsRound } from "./core/stats.ts";
export type * from "./core/surroundings.ts";
export type { Host, Image, Vm } from "./handles.ts";
export type { Operation } from "./ops/operation.ts";

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
  purge(names: readonly string[], how?: Cancellable): Operation<readonly R.PowerResult[]>;
  /** What a purge of these would remove, for the prompt. */
  losses(names: readonly string[]): Promise<readonly { name: string; what: readonly string[] }[]>;
  wait(name: string, options: { for: Readiness; timeoutMs?: number } & Cancellable): Operation<R.LaunchResult>;
  /** Runs argv in the guest over ssh with exact quoting; resolves to its exit code. */
  exec(name: string, argv: readonly string[], streams: RunStreams): Promise<number>;
  shell(name: string, options?: { signal?: AbortSignal }): Promise<number>;
  /** The same with its output kept: what a script wants. See `RunOptions`. */
  run(name: string, argv: readonly string[], options?: R.RunOptions): Promise<R.RunResult>;
  /** Lines, guest output cleaned of escapes; ends by itself unless `follow`. */
  logs(
    name: string,
    options: { kind: R.LogKind; follow?: boolean; signal?: AbortSignal; warn?: (text: string) => void },
  ): AsyncIterable<string>;
  readonly images: {
    list(): Promise<readonly R.ImageRow[]>;
    catalogue(): Promise<readonly R.CatalogueRow[]>;
    /** By a name of the store or the catalogue, a digest or a volume. */
    info(name: string): Promise<ImageInfo>;
    /** Reads stored images whole and compares them with their digests; all of them when none is named. */
    verify(names: readonly string[], how?: Cancellable): Operation<readonly ImageVerdict[]>;
    /** A name of the catalogue (`NAME@BUILD` takes one build by the publisher's name for it), or `oci://…`. */
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
  };
  close(): Promise<void>;
}

/**
 * Opens a libvirt host. E_HOST when libvirt is missing, not running or not allowed, with what to type next.
 *
 * What only reads is loaded when it is called, so that `list` starts fast; a connection that may change things loads the
 * verbs at once.
 */
export async function connect(options: ConnectOptions = {}): Promise<Host> {
  const ctx = await openContext(options);
  const verbs = options.readonly === true ? null : await import("./usecases/verbs.ts");
  const may = () => {
    if (verbs !== null) return verbs;
    throw new HutchError({
      code: "E_USAGE",
      message: "This connection was opened for reading only.",
      next: ["connect({ readonly: false })"],
    });
  };
  const reads = () => import("./usecases/reads.ts");
  const close = () => ctx.client.close();
  const hutch: Hutch = {
    uri: ctx.home.uri,
    mode: ctx.home.mode,
    notes: [...ctx.home.notes, ...ctx.config.warnings],
    list: () => listMachines(ctx.client),
    info: async (name) => (await reads()).info(ctx, name),
    plan: async (request) => (await reads()).plan(ctx, request),
    losses: async (names) => (await reads()).losses(ctx, names),
    exec: async (name, argv, streams) => (await reads()).exec(ctx, name, argv, { tty: false, ...streams }),
    shell: async (name, how = {}) => (await reads()).shell(ctx, name, how),
    host: async () => (await reads()).hostInfo(ctx),
    stats: async function* (how = {}) {
      yield* (await reads()).stats(ctx, how);
    },
    events: async function* (how = {}) {
      yield* (await reads()).events(ctx, how);
    },
    run: async (name, argv, how = {}) => (await reads()).runInGuest(ctx, name, argv, how),
    logs: async function* (name, how) {
      yield* (await reads()).logs(ctx, name, how);
    },
    launch: (request, how) => cancelledBy(how, may().launch(ctx, request)),
    start: (names, how = {}) => cancelledBy(how, may().start(ctx, names, how)),
    stop: (request, how) => cancelledBy(how, may().stop(ctx, request)),
    restart: (request, how) => cancelledBy(how, may().restart(ctx, request)),
    delete: (request, how) => cancelledBy(how, may().remove(ctx, request)),
    recover: (names, how) => cancelledBy(how, may().recover(ctx, names)),
    purge: (names, how) => cancelledBy(how, may().purge(ctx, names)),
    wait: (name, how) => cancelledBy(how, may().wait(ctx, name, how)),
    images: {
      list: async () => (await reads()).imageRows(ctx),
      catalogue: async () => (await import("./usecases/catalogue.ts")).catalogueRows(ctx),
      info: async (name) => (await reads()).imageInfo(ctx, name),
      verify: (names, how) => cancelledBy(how, may().verifyImages(ctx, names)),
      pull: (name, how = {}) => cancelledBy(how, may().pull(ctx, name, how)),
      build: (name, how) => cancelledBy(how, may().build(ctx, name)),
      import: (from, how = {}) => cancelledBy(how, may().importImage(ctx, from, how)),
      push: (name, address, how = {}) => cancelledBy(how, may().push(ctx, name, address, how)),
      prunePlan: async (how = {}) => (await reads()).prunePlan(ctx, how),
      prune: (how = {}) => cancelledBy(how, may().pruneImages(ctx, how)),
      bake: (request, how) => cancelledBy(how, may().bake(ctx, request)),
      remove: (names, how) => cancelledBy(how, may().removeImages(ctx, names)),
    },
    networks: {
      list: async () => (await reads()).networkRows(ctx),
      info: async (name) => (await reads()).networkInfo(ctx, name),
      leases: async (name) => (await reads()).networkLeases(ctx, name),
      create: (request, how) => cancelledBy(how, may().createNetwork(ctx, request)),
      remove: (name, how) => cancelledBy(how, may().removeNetwork(ctx, name)),
    },
    autostart: {
      status: async () => (await reads()).bootOrder(ctx),
      enable: async (command) => may().enableBootOrder(ctx, command),
      disable: async () => may().disableBootOrder(ctx),
      start: (how) => cancelledBy(how, may().startInOrder(ctx)),
    },
    names: {
      status: async () => (await reads()).hostNames(ctx),
      enable: async () => may().enableNames(ctx),
      disable: async () => may().disableNames(ctx),
    },
    pools: {
      list: async () => (await reads()).poolRows(ctx),
      info: async (name) => (await reads()).poolInfo(ctx, name),
      add: (name, path, how) => cancelledBy(how, may().addPool(ctx, name, path)),
    },
    engine: {
      install: (engine, names, how = {}) => cancelledBy(how, may().installEngine(ctx, engine, names, how)),
      status: async (name) => (await reads()).engineStatus(ctx, name),
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return Object.assign(hutch, handles(hutch));
}

/** One that has been aborted already cancels at once: nothing is begun then. */
function cancelledBy<T>(how: Cancellable | undefined, operation: Operation<T>): Operation<T> {
  const { signal } = how ?? {};
  if (signal?.aborted === true) operation.cancel();
  else if (signal !== undefined) {
    const cancel = () => operation.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    const settled = () => signal.removeEventListener("abort", cancel);
    operation.result.then(settled, settled);
  }
  return operation;
}

/** The doctor's round. libvirt need not be there: what is missing is a finding, not a failure. */
export async function diagnose(options: ConnectOptions & { readonly fix?: boolean } = {}): Promise<R.DoctorReport> {
  return (await import("./usecases/doctor.ts")).examine(options);
}

/** The version of the libvirt that answers; null where none can be opened. Looks at nothing else. */
export async function libvirtVersion(options: ConnectOptions = {}): Promise<string | null> {
  return (await import("./usecases/libvirt-version.ts")).libvirtVersion(options);
}

/** Which engine recipes there are, and where each has been proven by a test. Needs no libvirt. */
export async function engineRecipes(): Promise<readonly R.EngineRecipeRow[]> {
  return (await import("./usecases/engine-status.ts")).engineRecipeRows();
}

/** hutch's own settings: what holds, and which of flag, environment and file won. Needs no libvirt. */
export async function settings(
  options: Pick<ConnectOptions, "uri" | "env"> = {},
  key?: string,
): Promise<readonly SettingRow[]> {
  return (await import("./usecases/settings.ts")).settings(options, key);
}

/** Writes one setting into the config file, or with null takes it out; everything else in the file stays as it is. */
export async function changeSetting(
  key: string,
  value: string | null,
  options: Pick<ConnectOptions, "env"> = {},
): Promise<SettingRow> {
  return (await import("./usecases/settings.ts")).changeSetting(key, value, options);
}
