/**
 * The library: what a provisioning script imports, and the only door that the CLI and the TUI use.
 *
 *     import { connect } from "hutch";
 *     await using hutch = await connect();
 *     const { machine } = await hutch.launch({ image: "debian-13", engine: "docker" }).result;
 */

import type { ExportRequest, ExportResult, ImportRequest } from "./core/archive.ts";
import type { CloneRequest, CloneResult } from "./core/copies.ts";
import type { Definition, RedefineRequest } from "./core/definition.ts";
import type { AttachRequest, DetachRequest, DiskResult } from "./core/disks.ts";
import { HutchError } from "./core/errors.ts";
import type { MachineView } from "./core/machine/view.ts";
import type * as R from "./core/requests.ts";
import type { Readiness } from "./core/requests.ts";
import type { Settings, SettingsPlan, SettingsResult } from "./core/settings.ts";
import type { RestoreRequest, RestoreResult, SnapshotInfo, SnapshotRequest, SnapshotResult } from "./core/snapshots.ts";
import { listMachines } from "./host/machines.ts";
import type { Operation } from "./ops/operation.ts";
import { openContext } from "./usecases/context.ts";

export type { ExportRequest, ExportResult, ImportRequest } from "./core/archive.ts";
export type * from "./core/copies.ts";
export type * from "./core/definition.ts";
export type * from "./core/disks.ts";
export { type ErrorCode, EXIT_CODES, type FaultData, HutchError, isHutchError, type Leftover } from "./core/errors.ts";
export type { ImageOrigin } from "./core/image.ts";
export type { MachineRecord } from "./core/machine/record.ts";
export type { MachineSpec, NetworkSpec, PortForward } from "./core/machine/spec.ts";
export type { MachineStatus, PowerState } from "./core/machine/status.ts";
export type { MachineView } from "./core/machine/view.ts";
export type { OpEvent } from "./core/op/event.ts";
export type * from "./core/requests.ts";
export type * from "./core/settings.ts";
export type * from "./core/snapshots.ts";
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
  purge(names: readonly string[], options?: R.PurgeOptions): Operation<readonly R.PowerResult[]>;
  /** What a purge of these would remove, for the prompt. */
  losses(
    names: readonly string[],
    options?: R.PurgeOptions,
  ): Promise<readonly { name: string; what: readonly string[] }[]>;
  /** Sets things of a VM: at once where that can be, else from its next start on. E_USAGE, E_CONFLICT; cancellable. */
  set(name: string, settings: Settings): Operation<SettingsResult>;
  /** What `set` would do, and when each would count; changes nothing. Fails as `set` would. */
  planSet(name: string, settings: Settings): Promise<SettingsPlan>;
  pause(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  resume(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  /** Memory to the host's disk, and off; `start` goes on from there. */
  save(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  /** Throws away what `save` kept: the next start boots. */
  discardSaved(names: readonly string[]): Operation<readonly R.PowerResult[]>;
  /** Of a VM that is off. E_USAGE for a name that cannot be, E_CONFLICT when it is taken. */
  rename(name: string, to: string): Operation<R.PowerResult>;
  /** A stopped copy of a stopped VM that is a machine of its own. E_CONFLICT; cancellable. */
  clone(name: string, request: CloneRequest): Operation<CloneResult>;
  /** Gives a VM that others made a record of hutch's; `user` is its login user. E_CONFLICT. */
  adopt(name: string, options?: { user?: string }): Operation<MachineView>;
  /** What libvirt starts it with, as text, without hutch's record. */
  definition(name: string): Promise<Definition>;
  /** Defines it anew. E_CONFLICT when it was changed since, E_INVALID for what libvirt does not take; cancellable. */
  redefine(name: string, request: RedefineRequest): Operation<R.PowerResult>;
  /** Text in the user's editor, on the caller's terminal; resolves to it as saved. */
  openEditor(text: string): Promise<string>;
  /** A stopped VM as one file, disks, record and checksums. E_CONFLICT; cancellable, and no partial file is left. */
  export(name: string, request?: ExportRequest): Operation<ExportResult>;
  /** From such a file, verified before anything is made; left stopped. E_INVALID, E_CONFLICT, E_IMAGE; cancellable. */
  import(request: ImportRequest): Operation<CloneResult>;
  readonly snapshots: {
    /** Oldest first. */
    list(name: string): Promise<readonly SnapshotInfo[]>;
    create(name: string, request?: SnapshotRequest): Operation<SnapshotResult>;
    /** Today's state is lost, but for the snapshot that is taken of it first. E_NOT_FOUND, E_CONFLICT; cancellable. */
    restore(name: string, request: RestoreRequest): Operation<RestoreResult>;
    remove(name: string, snapshots: readonly string[]): Operation<readonly R.PowerResult[]>;
  };
  /** Data disks; `info` lists them. A running guest gets and loses them at once. */
  readonly disks: {
    attach(name: string, request: AttachRequest): Operation<DiskResult>;
    detach(name: string, request: DetachRequest): Operation<DiskResult>;
  };
  wait(name: string, options: { for: Readiness; timeoutMs?: number }): Operation<R.LaunchResult>;
  /** Runs argv in the guest over ssh with exact quoting; resolves to its exit code. */
  exec(name: string, argv: readonly string[], streams: RunStreams): Promise<number>;
  shell(name: string): Promise<number>;
  /** Lines, guest output cleaned of escapes; ends by itself unless `follow`. */
  logs(name: string, options: { kind: R.LogKind; follow?: boolean; signal?: AbortSignal }): AsyncIterable<string>;
  readonly images: {
    list(): Promise<readonly R.ImageRow[]>;
    catalogue(): Promise<readonly R.CatalogueRow[]>;
    pull(name: string, options?: { buildIfUnreachable?: boolean }): Operation<R.ImageRow>;
    build(name: string): Operation<R.ImageRow>;
    /** A local disk image file into the store. */
    import(file: string, options?: { name?: string }): Operation<R.ImageRow>;
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
  return {
    uri: ctx.home.uri,
    mode: ctx.home.mode,
    notes: [...ctx.home.notes, ...ctx.config.warnings],
    list: () => listMachines(ctx.client),
    info: async (name) => (await reads()).info(ctx, name),
    plan: async (request) => (await reads()).plan(ctx, request),
    losses: async (names, how = {}) => (await reads()).losses(ctx, names, how),
    planSet: async (name, settings) => (await import("./usecases/settings.ts")).planSettings(ctx, name, settings),
    exec: async (name, argv, streams) => (await reads()).exec(ctx, name, argv, { tty: streams.tty ?? false }),
    shell: async (name) => (await reads()).shell(ctx, name),
    logs: async function* (name, how) {
      yield* (await reads()).logs(ctx, name, how);
    },
    launch: (request) => may().launch(ctx, request),
    start: (names, how = {}) => may().start(ctx, names, how),
    stop: (request) => may().stop(ctx, request),
    restart: (request) => may().restart(ctx, request),
    delete: (request) => may().remove(ctx, request),
    recover: (names) => may().recover(ctx, names),
    purge: (names, how = {}) => may().purge(ctx, names, how),
    set: (name, settings) => may().changeSettings(ctx, name, settings),
    pause: (names) => may().pause(ctx, names),
    resume: (names) => may().resume(ctx, names),
    save: (names) => may().save(ctx, names),
    discardSaved: (names) => may().discardSaved(ctx, names),
    rename: (name, to) => may().rename(ctx, name, to),
    clone: (name, request) => may().clone(ctx, name, request),
    adopt: (name, how = {}) => may().adopt(ctx, name, how),
    definition: async (name) => (await import("./usecases/edit.ts")).definition(ctx, name),
    redefine: (name, request) => may().redefine(ctx, name, request),
    openEditor: async (text) => (await import("./usecases/edit.ts")).openEditor(ctx, text),
    export: (name, request = {}) => may().exportMachine(ctx, name, request),
    import: (request) => may().importMachine(ctx, request),
    snapshots: {
      list: async (name) => (await import("./usecases/snapshots.ts")).snapshots(ctx, name),
      create: (name, request = {}) => may().createSnapshot(ctx, name, request),
      restore: (name, request) => may().restoreSnapshot(ctx, name, request),
      remove: (name, names) => may().removeSnapshots(ctx, name, names),
    },
    disks: {
      attach: (name, request) => may().attachDisk(ctx, name, request),
      detach: (name, request) => may().detachDisk(ctx, name, request),
    },
    wait: (name, how) => may().wait(ctx, name, how),
    images: {
      list: async () => (await reads()).imageRows(ctx),
      catalogue: async () => (await reads()).catalogueRows(ctx),
      pull: (name, how = {}) => may().pull(ctx, name, how),
      build: (name) => may().build(ctx, name),
      import: (file, how = {}) => may().importImage(ctx, file, how),
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

/** The doctor's round. libvirt need not be there: what is missing is a finding, not a failure. */
export async function diagnose(options: ConnectOptions & { readonly fix?: boolean } = {}): Promise<R.DoctorReport> {
  return (await import("./usecases/doctor.ts")).examine(options);
}

/** Which engine recipes there are, and where each has been proven by a test. Needs no libvirt. */
export async function engineRecipes(): Promise<readonly R.EngineRecipeRow[]> {
  return (await import("./usecases/engine-status.ts")).engineRecipeRows();
}
