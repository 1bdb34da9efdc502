/** One VM, one image: the library's methods with the name already in place. A handle holds nothing and asks anew each time. */
import type { ContainerLogOptions, ContainerReport } from "./core/containers.ts";
import type { MachineView } from "./core/machine/view.ts";
import type {
  DeleteRequest,
  EngineStatus,
  ImageRow,
  LaunchResult,
  LogKind,
  MachineInfo,
  PowerResult,
  Readiness,
  RunOptions,
  RunResult,
  StopRequest,
} from "./core/requests.ts";
import type { StatsRound } from "./core/stats.ts";
import type { Cancellable, Hutch, RunStreams } from "./hutch.ts";
import type { Operation } from "./ops/operation.ts";

/** What `connect` gives: everything of `Hutch`, and handles. */
export type Host = Hutch & {
  /** A VM by name or UUID. It need not be there: the first method that needs it says E_NOT_FOUND. */
  vm(name: string): Vm;
  /** All that are there now, those of others too; not the trash. */
  vms(): Promise<readonly Vm[]>;
  /** An image by its name in the catalogue or the store. */
  image(name: string): Image;
};

/** One VM. Methods fail as those of `Hutch` with the same names do. */
export interface Vm {
  readonly name: string;
  info(): Promise<MachineInfo>;
  start(options?: { waitFor?: Readiness; timeoutMs?: number; foreign?: boolean } & Cancellable): Operation<PowerResult>;
  stop(options?: Omit<StopRequest, "names"> & Cancellable): Operation<PowerResult>;
  restart(options?: Omit<StopRequest, "names"> & Cancellable): Operation<PowerResult>;
  /** Into the trash, or with `purge` for good. */
  delete(options?: Omit<DeleteRequest, "names"> & Cancellable): Operation<PowerResult>;
  recover(how?: Cancellable): Operation<PowerResult>;
  wait(options: { for: Readiness; timeoutMs?: number } & Cancellable): Operation<LaunchResult>;
  /** Runs argv in the guest, its output kept. */
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Runs argv in the guest on the caller's own terminal or pipes; resolves to its exit code. */
  exec(argv: readonly string[], streams?: RunStreams): Promise<number>;
  shell(): Promise<number>;
  logs(options?: { kind?: LogKind; follow?: boolean; signal?: AbortSignal }): AsyncIterable<string>;
  stats(options?: { everyMs?: number; follow?: boolean; signal?: AbortSignal }): AsyncIterable<StatsRound>;
  installEngine(engine: string, options?: { mirror?: string } & Cancellable): Operation<EngineStatus>;
  engine(): Promise<EngineStatus>;
  /** Those of the engine inside it, asked of the guest each time. */
  containers(how?: Cancellable): Promise<ContainerReport>;
  /** What one of them wrote, by its name or id. */
  containerLogs(container: string, options?: ContainerLogOptions): AsyncIterable<string>;
}

export interface Image {
  readonly name: string;
  /** As it is in the store; null when it is not there. */
  info(): Promise<ImageRow | null>;
  pull(options?: { buildIfUnreachable?: boolean } & Cancellable): Operation<ImageRow>;
  build(how?: Cancellable): Operation<ImageRow>;
  /** All builds of the name; resolves to the first. E_NOT_FOUND, E_CONFLICT. */
  remove(how?: Cancellable): Operation<PowerResult>;
}

export function handles(hutch: Hutch): Pick<Host, "vm" | "vms" | "image"> {
  const vm = (name: string) => vmOf(hutch, name);
  return {
    vm,
    vms: async () =>
      (await hutch.list()).filter((machine) => !isTrashed(machine)).map(({ uuid, name }) => vmOf(hutch, uuid, name)),
    image: (name) => imageOf(hutch, name),
  };
}

/** Several VMs may have had one name; `key` says which is meant. */
function vmOf(hutch: Hutch, key: string, name = key): Vm {
  return {
    name,
    info: () => hutch.info(key),
    start: (options) => only(hutch.start([key], options)),
    stop: (options) => only(hutch.stop({ names: [key], ...options }, options)),
    restart: (options) => only(hutch.restart({ names: [key], ...options }, options)),
    delete: (options) => only(hutch.delete({ names: [key], ...options }, options)),
    recover: (how) => only(hutch.recover([key], how)),
    wait: (options) => hutch.wait(key, options),
    run: (argv, options) => hutch.run(key, argv, options),
    exec: (argv, streams = { stdio: "inherit" }) => hutch.exec(key, argv, streams),
    shell: () => hutch.shell(key),
    logs: ({ kind = "console", ...how } = {}) => hutch.logs(key, { kind, ...how }),
    stats: (options) => hutch.stats({ names: [key], ...options }),
    installEngine: (engine, options) => only(hutch.engine.install(engine, [key], options)),
    engine: () => hutch.engine.status(key),
    containers: (how) => hutch.engine.containers(key, how),
    containerLogs: (container, options) => hutch.engine.containerLogs(key, container, options),
  };
}

function imageOf({ images }: Hutch, name: string): Image {
  return {
    name,
    info: async () => (await images.list()).find((row) => row.name === name) ?? null,
    pull: (options) => images.pull(name, options),
    build: (how) => images.build(name, how),
    remove: (how) => only(images.remove([name], how)),
  };
}

/** The same work, its one result taken out of the list. */
function only<T>(operation: Operation<readonly T[]>): Operation<T> {
  const result = operation.result.then(([first]) => {
    if (first === undefined) throw new Error("An operation on one thing ended without a result.");
    return first;
  });
  // Whoever only looks at the events must not be ended by a failure.
  result.catch(() => undefined);
  return {
    id: operation.id,
    result,
    cancel: () => operation.cancel(),
    abandon: () => operation.abandon(),
    [Symbol.asyncIterator]: () => operation[Symbol.asyncIterator](),
  };
}

function isTrashed({ record }: MachineView): boolean {
  return record?.state === "trashed";
}
