/**
 * The library: what a provisioning script imports, and the only door that the CLI and the TUI use.
 *
 *     import { connect } from "hutch";
 *     await using hutch = await connect();
 *     const { machine } = await hutch.launch({ image: "debian-13", engine: "docker" }).result;
 */

import { HutchError } from "./core/errors.ts";
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
import type { HostNetwork, HostNews, HostPool, HostSnapshot, HostSummary, LoadSample } from "./core/watching.ts";
import { listMachines } from "./host/machines.ts";
import type { Operation } from "./ops/operation.ts";
import { type Context, openContext } from "./usecases/context.ts";

export { type ErrorCode, EXIT_CODES, type FaultData, HutchError, isHutchError, type Leftover } from "./core/errors.ts";
export type { ImageOrigin } from "./core/image.ts";
export type * from "./core/image-store.ts";
export type * from "./core/image-trust.ts";
export type { MachineRecord } from "./core/machine/record.ts";
export type { MachineSpec, NetworkSpec, PortForward } from "./core/machine/spec.ts";
export type { MachineStatus, PowerState } from "./core/machine/status.ts";
export type { MachineView } from "./core/machine/view.ts";
export type { OpEvent } from "./core/op/event.ts";
export type * from "./core/requests.ts";
export type * from "./core/watching.ts";
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

/** A connection to one libvirt host. Every method throws `HutchError`; close it, or use `await using`. */
export interface Hutch extends AsyncDisposable {
  readonly uri: string;
  readonly mode: "session" | "system" | "other";
  /** What the user should know: of the choice of this host, and of settings that hutch does not know. */
  readonly notes: readonly string[];
  /** All VMs, foreign and trashed ones too. */
  list(): Promise<readonly MachineView[]>;
  info(name: string): Promise<R.MachineInfo>;
  launch(request: R.LaunchRequest): Operation<R.LaunchResult>;
  /** What `launch` would do; changes nothing. */
  plan(request: R.LaunchRequest): Promise<R.LaunchPlan>;
  start(
    names: readonly string[],
    options?: { waitFor?: Readiness; timeoutMs?: number },
  ): Operation<readonly R.PowerResult[]>;
  stop(request: R.StopRequest): Operation<readonly R.PowerResult[]>;
  restart(request: R.StopRequest): Operation<readonly R.PowerResult[]>;
  /** Into the trash, or with `purge` for good. */
  delete(request: R.DeleteRequest): Operation<readonly R.PowerResult[]>;
  recover(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  /** What is in the trash, for good; all of it when no name is given. */
  purge(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  /** What a purge of these would remove, for the prompt. */
  losses(names: readonly string[]): Promise<readonly { name: string; what: readonly string[] }[]>;
  wait(name: string, options: { for: Readiness; timeoutMs?: number }): Operation<R.LaunchResult>;
  /** Runs argv in the guest over ssh with exact quoting; resolves to its exit code. */
  exec(name: string, argv: readonly string[], streams: RunStreams): Promise<number>;
  shell(name: string, options?: { signal?: AbortSignal }): Promise<number>;
  /** Lines, guest output cleaned of escapes; ends by itself unless `follow`. */
  logs(
    name: string,
    options: { kind: R.LogKind; follow?: boolean; signal?: AbortSignal; warn?: (text: string) => void },
  ): AsyncIterable<string>;
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
  definition(name: string): Promise<string>;
  readonly images: {
    list(): Promise<readonly R.ImageRow[]>;
    catalogue(): Promise<readonly R.CatalogueRow[]>;
    /** By a name of the store or the catalogue, a digest or a volume. */
    info(name: string): Promise<ImageInfo>;
    /** Reads stored images whole and compares them with their digests; all of them when none is named. */
    verify(names: readonly string[]): Operation<readonly ImageVerdict[]>;
    /** A name of the catalogue (`NAME@BUILD` takes one build by the publisher's name for it), or `oci://…`. */
    pull(name: string, options?: PullOptions): Operation<R.ImageRow>;
    build(name: string): Operation<R.ImageRow>;
    /** A local disk image file, or one at a web address, into the store. */
    import(from: string, options?: ImportOptions): Operation<R.ImageRow>;
    /** An image of the store into a registry, `oci://…`. */
    push(name: string, address: string, options?: PushOptions): Operation<PushResult>;
    /** What `prune` would remove. */
    prunePlan(options?: PruneOptions): Promise<PrunePlan>;
    prune(options?: PruneOptions): Operation<PrunePlan>;
    remove(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  };
  readonly engine: {
    install(
      engine: string,
      names: readonly string[],
      options?: { mirror?: string },
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
export async function connect(options: ConnectOptions = {}): Promise<Hutch> {
  return hutchOver(await openContext(options), options.readonly === true);
}

async function hutchOver(ctx: Context, readonly: boolean): Promise<Hutch> {
  const verbs = readonly ? null : await import("./usecases/verbs.ts");
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
  return {
    uri: ctx.home.uri,
    mode: ctx.home.mode,
    notes: [...ctx.home.notes, ...ctx.config.warnings],
    list: () => listMachines(ctx.client),
    info: async (name) => (await reads()).info(ctx, name),
    plan: async (request) => (await reads()).plan(ctx, request),
    losses: async (names) => (await reads()).losses(ctx, names),
    exec: async (name, argv, streams) => (await reads()).exec(ctx, name, argv, { tty: false, ...streams }),
    shell: async (name, how = {}) => (await reads()).shell(ctx, name, how),
    logs: async function* (name, how) {
      yield* (await reads()).logs(ctx, name, how);
    },
    watch: async function* (signal) {
      yield* (await reads()).watch(ctx, signal);
    },
    sampleLoads: async () => (await reads()).sampleLoads(ctx),
    hostSummary: async () => (await reads()).hostSummary(ctx),
    hostNetworks: async () => (await reads()).hostNetworks(ctx),
    hostPools: async () => (await reads()).hostPools(ctx),
    hostSnapshots: async () => (await reads()).hostSnapshots(ctx),
    definition: async (name) => (await reads()).definition(ctx, name),
    launch: (request) => may().launch(ctx, request),
    start: (names, how = {}) => may().start(ctx, names, how),
    stop: (request) => may().stop(ctx, request),
    restart: (request) => may().restart(ctx, request),
    delete: (request) => may().remove(ctx, request),
    recover: (names) => may().recover(ctx, names),
    purge: (names) => may().purge(ctx, names),
    wait: (name, how) => may().wait(ctx, name, how),
    images: {
      list: async () => (await reads()).imageRows(ctx),
      catalogue: async () => (await import("./usecases/catalogue.ts")).catalogueRows(ctx),
      info: async (name) => (await reads()).imageInfo(ctx, name),
      verify: (names) => may().verifyImages(ctx, names),
      pull: (name, how = {}) => may().pull(ctx, name, how),
      build: (name) => may().build(ctx, name),
      import: (from, how = {}) => may().importImage(ctx, from, how),
      push: (name, address, how = {}) => may().push(ctx, name, address, how),
      prunePlan: async (how = {}) => (await reads()).prunePlan(ctx, how),
      prune: (how = {}) => may().pruneImages(ctx, how),
      remove: (names) => may().removeImages(ctx, names),
    },
    engine: {
      install: (engine, names, how = {}) => may().installEngine(ctx, engine, names, how),
      status: async (name) => (await reads()).engineStatus(ctx, name),
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** A simulated fleet of forty VMs over libvirt's test driver, in this process alone: to look around in. E_HOST without libvirt's library. */
export async function connectDemo(options: Pick<ConnectOptions, "env" | "signal"> = {}): Promise<Hutch> {
  const { DEMO_HOST, DEMO_URI, makeDemo, simulatedLoads } = await import("./usecases/demo.ts");
  const ctx = await openContext({ ...options, uri: DEMO_URI });
  await makeDemo(ctx).catch(async (error: unknown) => {
    await ctx.client.close();
    throw error;
  });
  return { ...(await hutchOver(ctx, false)), sampleLoads: simulatedLoads(ctx), hostSummary: async () => DEMO_HOST };
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
