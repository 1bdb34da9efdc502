/**
 * The library: what a provisioning script imports (docs/guides/provisioning.md), and the only door that the CLI and the TUI use.
 *
 *     import { connect } from "hutch";
 *     await using host = await connect();
 *     await host.launch({ name: "web", image: "debian-13", engine: "docker" }).result;
 *     const { stdout } = await host.vm("web").run(["docker", "ps"]);
 */

import { HutchError } from "./core/errors.ts";
import type * as R from "./core/requests.ts";
import { type Host, handles } from "./handles.ts";
import { listMachines } from "./host/machines.ts";
import type { Cancellable, ConnectOptions, Hutch } from "./hutch.ts";
import type { Operation } from "./ops/operation.ts";
import { type Context, openContext } from "./usecases/context.ts";

export type { ExportRequest, ExportResult, ImportRequest } from "./core/archive.ts";
export type { BakeOffer, BakeRequest } from "./core/bake.ts";
export type * from "./core/containers.ts";
export type * from "./core/copies.ts";
export type * from "./core/copy.ts";
export type * from "./core/definition.ts";
export type * from "./core/disks.ts";
export type * from "./core/enter.ts";
export { type ErrorCode, EXIT_CODES, type FaultData, HutchError, isHutchError, type Leftover } from "./core/errors.ts";
export type { HostEvent } from "./core/host-event.ts";
export type { HostName, HostNames } from "./core/host-names.ts";
export type * from "./core/hosts.ts";
export type { ImageOrigin } from "./core/image.ts";
export type * from "./core/image-store.ts";
export type * from "./core/image-trust.ts";
export type { MachineRecord } from "./core/machine/record.ts";
export type { CardSpec, MachineSpec, NetworkSpec, PortForward } from "./core/machine/spec.ts";
export type { MachineStatus, PowerState } from "./core/machine/status.ts";
export type { MachineView } from "./core/machine/view.ts";
export type { MountRequest } from "./core/mount-syntax.ts";
export type * from "./core/network-cards.ts";
export type { OpEvent } from "./core/op/event.ts";
export type * from "./core/requests.ts";
export type { SettingPlace, SettingRow } from "./core/settings.ts";
export type * from "./core/snapshots.ts";
export type { Flow, MachineStats, StatsRound } from "./core/stats.ts";
export type * from "./core/surroundings.ts";
export type { UiSettings } from "./core/ui-settings.ts";
export type * from "./core/vm-settings.ts";
export type * from "./core/watching.ts";
export type { Host, Image, Vm } from "./handles.ts";
export { hosts } from "./hosts.ts";
export type { Cancellable, ConnectOptions, Hutch, RunStreams } from "./hutch.ts";
export type { Operation } from "./ops/operation.ts";
export { changeSetting, settings, uiSettings, watchSettings } from "./settings.ts";
export type { CopyStreams } from "./usecases/copy.ts";
export type { MountWay } from "./usecases/mount-way.ts";
export { catalogue, engineRecipes, imageInfo } from "./usecases/without-libvirt.ts";

/**
 * Opens a libvirt host. E_HOST when libvirt is missing, not running or not allowed, with what to type next.
 *
 * What only reads is loaded when it is called, so that `list` starts fast; a connection that may change things loads the
 * verbs at once.
 */
export async function connect(options: ConnectOptions = {}): Promise<Host> {
  // libvirt is opened on a thread of its own: meanwhile this one loads what changes things.
  const verbs = options.readonly === true ? null : import("./usecases/verbs.ts");
  return hostOver(await openContext(options), await verbs);
}

function hostOver(ctx: Context, verbs: typeof import("./usecases/verbs.ts") | null): Host {
  const may = () => {
    if (verbs !== null) return verbs;
    throw new HutchError({
      code: "E_USAGE",
      message: "This connection was opened for reading only.",
      next: ["connect({ readonly: false })"],
    });
  };
  const reads = () => import("./usecases/reads.ts");
  const close = async () => {
    // Whatever this connection changed, plain `ssh NAME` still finds its way.
    await verbs?.keepSshConfig(ctx).catch(() => undefined);
    await ctx.client.close();
  };
  const hutch: Hutch = {
    uri: ctx.home.uri,
    mode: ctx.home.mode,
    notes: [...ctx.home.notes, ...ctx.config.warnings],
    list: () => listMachines(ctx.client),
    info: async (name) => (await reads()).info(ctx, name),
    plan: async (request) => (await reads()).plan(ctx, request),
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
    execByAgent: async (name, argv, how) => (await reads()).execByAgent(ctx, name, argv, how),
    console: async (name, how) => (await reads()).openConsole(ctx, name, how),
    copy: (request, streams = {}) => cancelledBy(streams, may().copy(ctx, request, streams)),
    consolePassword: async (name) => (await reads()).consolePassword(ctx, name),
    ports: {
      list: async (name) => (await reads()).ports(ctx, name),
      add: (name, wanted, how) => cancelledBy(how, may().addPorts(ctx, name, wanted)),
      remove: (name, gone, how) => cancelledBy(how, may().removePorts(ctx, name, gone)),
    },
    mounts: {
      list: async (name) => (await import("./usecases/mount.ts")).mounts(ctx, name),
      way: async (name, request) => (await import("./usecases/mount.ts")).wayOfMount(ctx, name, request),
      add: (name, request, how) => cancelledBy(how, may().addMount(ctx, name, request)),
      hold: async (name, request, how = {}) => may().holdMount(ctx, name, request, how),
      remove: (name, guestPath, how) => cancelledBy(how, may().removeMount(ctx, name, guestPath)),
    },
    sshConfig: {
      read: async () => (await reads()).sshConfig(ctx),
      install: async () => (await reads()).installSshConfig(ctx),
      remove: async () => (await reads()).removeSshConfig(ctx),
    },
    inventory: async () => (await reads()).inventory(ctx),
    watch: async function* (signal) {
      yield* (await reads()).watch(ctx, signal);
    },
    sampleLoads: async () => (await reads()).sampleLoads(ctx),
    hostSummary: async () => (await reads()).hostSummary(ctx),
    hostNetworks: async () => (await reads()).hostNetworks(ctx),
    hostPools: async () => (await reads()).hostPools(ctx),
    hostSnapshots: async () => (await reads()).hostSnapshots(ctx),
    display: async (name) => (await reads()).display(ctx, name),
    xml: async (name) => (await reads()).domainXml(ctx, name),
    logs: async function* (name, how) {
      yield* (await reads()).logs(ctx, name, how);
    },
    launch: (request, how) => cancelledBy(how, may().launch(ctx, request)),
    start: (names, how = {}) => cancelledBy(how, may().start(ctx, names, how)),
    stop: (request, how) => cancelledBy(how, may().stop(ctx, request)),
    restart: (request, how) => cancelledBy(how, may().restart(ctx, request)),
    delete: (request, how) => cancelledBy(how, may().remove(ctx, request)),
    recover: (names, how) => cancelledBy(how, may().recover(ctx, names)),
    purge: (names, how = {}) => cancelledBy(how, may().purge(ctx, names, how)),
    wait: (name, how) => cancelledBy(how, may().wait(ctx, name, how)),
    losses: async (names, how = {}) => (await reads()).losses(ctx, names, how),
    planSet: async (name, settings) => (await import("./usecases/vm-settings.ts")).planSettings(ctx, name, settings),
    set: (name, settings, how) => cancelledBy(how, may().changeSettings(ctx, name, settings)),
    pause: (names, how) => cancelledBy(how, may().pause(ctx, names)),
    resume: (names, how) => cancelledBy(how, may().resume(ctx, names)),
    save: (names, how) => cancelledBy(how, may().save(ctx, names)),
    discardSaved: (names, how) => cancelledBy(how, may().discardSaved(ctx, names)),
    rename: (name, to, how) => cancelledBy(how, may().rename(ctx, name, to)),
    clone: (name, request, how) => cancelledBy(how, may().clone(ctx, name, request)),
    adopt: (name, how = {}) => cancelledBy(how, may().adopt(ctx, name, how)),
    definition: async (name) => (await import("./usecases/edit.ts")).definition(ctx, name),
    redefine: (name, request, how) => cancelledBy(how, may().redefine(ctx, name, request)),
    openEditor: async (text) => (await import("./usecases/edit.ts")).openEditor(ctx, text),
    export: (name, request = {}) => cancelledBy(request, may().exportMachine(ctx, name, request)),
    import: (request, how) => cancelledBy(how, may().importMachine(ctx, request)),
    snapshots: {
      list: async (name) => (await import("./usecases/snapshots.ts")).snapshots(ctx, name),
      create: (name, request = {}) => cancelledBy(request, may().createSnapshot(ctx, name, request)),
      restore: (name, request, how) => cancelledBy(how, may().restoreSnapshot(ctx, name, request)),
      remove: (name, names, how) => cancelledBy(how, may().removeSnapshots(ctx, name, names)),
    },
    nics: {
      list: async (name) => (await reads()).cards(ctx, name),
      add: (name, network, how) => cancelledBy(how, may().addCard(ctx, name, network)),
      remove: (name, which, how) => cancelledBy(how, may().removeCard(ctx, name, which)),
    },
    disks: {
      attach: (name, request, how) => cancelledBy(how, may().attachDisk(ctx, name, request)),
      detach: (name, request, how) => cancelledBy(how, may().detachDisk(ctx, name, request)),
    },
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
      containers: async (name, how) => (await reads()).containers(ctx, name, how),
      containerLogs: async function* (name, container, how) {
        yield* (await reads()).containerLogs(ctx, name, container, how);
      },
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

/** A simulated fleet of forty VMs over libvirt's test driver, in this process alone: to look around in. E_HOST without libvirt's library. */
export async function connectDemo(options: Pick<ConnectOptions, "env" | "signal"> = {}): Promise<Host> {
  const { DEMO_URI, makeDemo, simulated } = await import("./usecases/demo.ts");
  const ctx = await openContext({ ...options, uri: DEMO_URI });
  await makeDemo(ctx).catch(async (error: unknown) => {
    await ctx.client.close();
    throw error;
  });
  const host = hostOver(ctx, await import("./usecases/verbs.ts"));
  const { engine, images, ...made } = simulated(ctx);
  return { ...host, ...made, engine: { ...host.engine, ...engine }, images: { ...host.images, ...images } };
}

/** The doctor's round. libvirt need not be there: what is missing is a finding, not a failure. */
export async function diagnose(options: ConnectOptions & { readonly fix?: boolean } = {}): Promise<R.DoctorReport> {
  return (await import("./usecases/doctor.ts")).examine(options);
}

/** The version of the libvirt that answers; null where none can be opened. Looks at nothing else. */
export async function libvirtVersion(options: ConnectOptions = {}): Promise<string | null> {
  return (await import("./usecases/libvirt-version.ts")).libvirtVersion(options);
}
