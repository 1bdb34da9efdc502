/** Everything that can be known, checked and chosen before anything is made. */
import { lineage } from "../core/bake.ts";
import { HutchError } from "../core/errors.ts";
import { assertPossible, resolveSpec, usesForwards } from "../core/machine/resolve.ts";
import { DEFAULTS, type MachineSpec, type PortForward } from "../core/machine/spec.ts";
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import { madeUpName } from "../core/made-up-names.ts";
import { checkLoginUser, checkName } from "../core/names.ts";
import type { LaunchRequest } from "../core/requests.ts";
import { shellWord } from "../core/shell-word.ts";
import { type AccelChoice, chooseAccel, type HostCapabilities, hostCapabilities } from "../host/capabilities.ts";
import { freePort } from "../host/forwards.ts";
import { listMachines } from "../host/machines.ts";
import { assertNetwork } from "../host/networks.ts";
import { callerKeys } from "../host/ssh/keys.ts";
import { chooseBaked, withDigest } from "./baked-image.ts";
import type { Context } from "./context.ts";
import { usableEngine } from "./engine-install.ts";
import { assertForwardable, leadsPorts, noAddress } from "./forwarder.ts";
import { assertFits, assertLaunchable, imageWarnings, releaseOf } from "./image-advice.ts";
import { findSource, type ImageSource, storedBases } from "./image-source.ts";
import { findInstallImage, type InstallImage } from "./install-image.ts";
import { assertPortFree, claimedPorts } from "./port-claims.ts";
import { userDataWarnings } from "./user-data.ts";

/** An order that can be carried out; nothing of it is made yet. */
export type Prepared = {
  readonly uuid: string;
  readonly spec: MachineSpec;
  readonly source: ImageSource;
  readonly capabilities: HostCapabilities;
  readonly accel: AccelChoice;
  readonly forwards: readonly PortForward[];
  /** What the user should know of the image, and of the user-data. */
  readonly warnings: readonly string[];
  /** hutch has made no VM here before. */
  readonly isFirst: boolean;
  /** What goes into its drive; left out where it stands on an image. */
  readonly installFrom?: InstallImage;
  /** What is to be said of the image that was chosen. */
  readonly imageNotes: readonly string[];
};

/** Under emulation everything takes several times as long. */
const TCG_PATIENCE = 4;
const SSH_PORT = 22;

/** The name asked for, or a made-up one. E_USAGE when it cannot be a host name. */
export function nameOf(ctx: Context, request: LaunchRequest): string {
  const name = request.name ?? madeUpName(ctx.random);
  const problem = checkName(name);
  if (problem === null) return name;
  throw new HutchError({
    code: "E_USAGE",
    message: `"${name}" cannot be a VM's name: ${problem}`,
    next: ["Use letters, digits and hyphens, a letter first, at most 63: web-1"],
  });
}

function assertLoginUser(user: string): void {
  const problem = checkLoginUser(user);
  if (problem === null) return;
  throw new HutchError({
    code: "E_USAGE",
    message: `--set ${shellWord(`user=${user}`)}: ${problem}`,
    next: [`Write it like --set user=${DEFAULTS.user}`],
  });
}

/**
 * Checks the whole order and makes nothing. Fails with E_USAGE (sizes, engine, login user), E_INVALID (user-data), E_NOT_FOUND (image,
 * network), E_CONFLICT (name or port taken), E_HOST (no such accelerator, an image for newer CPUs), E_IMAGE (an image that
 * hutch cannot set up, a file that is none).
 */
export async function prepare(
  ctx: Context,
  request: LaunchRequest,
  name: string,
  how: {
    readonly planning?: boolean;
    /** The image as it was published, even where one has the engine in it already. */
    readonly unbaked?: boolean;
  } = {},
): Promise<Prepared> {
  const ofUserData = request.userData === undefined ? [] : userDataWarnings(request.userData);
  if (request.user !== undefined) assertLoginUser(request.user);
  const engine = request.engine == null ? null : usableEngine(ctx, request.engine);
  // At once, so that a second thread is there when an address is reserved beside the start.
  const [capabilities, machines] = await Promise.all([hostCapabilities(ctx.client), listMachines(ctx.client)]);
  const userNetworking = ctx.home.mode === "session";
  const asked = resolveSpec(
    { ...request, engine },
    {
      name,
      user: ctx.caller.guestUser,
      sshKeys: request.iso === undefined ? await callerKeys(ctx.paths, ctx.caller, request.sshKeys, how) : [],
      image: ctx.config.image ?? DEFAULTS.image,
      arch: capabilities.arch,
      userNetworking,
    },
  );
  assertPossible(asked, capabilities, userNetworking, leadsPorts(ctx));
  if (!usesForwards(asked, userNetworking)) await assertLeadable(ctx, asked);
  assertNameFree(name, machines);
  const accel = chooseAccel(asked, capabilities);
  const installFrom = request.iso === undefined ? undefined : await findInstallImage(ctx, request.iso);
  const { source, line, spec, notes } =
    installFrom === undefined
      ? await chooseImage(ctx, asked, request.engine, how.unbaked === true)
      : { source: NO_IMAGE, line: [], spec: asked, notes: [] };
  const release = releaseOf(source, line);
  if (installFrom === undefined) {
    assertLaunchable(release, spec, accel, capabilities);
    await assertFits(source, spec);
  }
  await assertNetwork(ctx.client, spec.network, ctx.home);
  const forwards = usesForwards(spec, userNetworking) ? await chooseForwards(spec, machines) : [];
  return {
    uuid: crypto.randomUUID(),
    spec,
    source,
    capabilities,
    accel,
    forwards,
    ...(installFrom === undefined
      ? { warnings: [...ofUserData, ...imageWarnings(release, line, spec, accel, capabilities, ctx.now())] }
      : { installFrom, warnings: [] }),
    isFirst: machines.every(({ record }) => record === null),
    imageNotes: notes,
  };
}

/** Ports for a VM with an address of its own: they are led there by the host. */
async function assertLeadable(ctx: Context, { publish, network }: MachineSpec): Promise<void> {
  if (publish.length === 0) return;
  assertForwardable(publish);
  if (network.kind === "bridge" && network.address === undefined) throw noAddress("a VM on this bridge");
  const machines = await listMachines(ctx.client);
  for (const wanted of publish) await assertPortFree(wanted, machines, "--publish");
}

/** Of a VM that is installed by hand. */
const NO_IMAGE: ImageSource = { kind: "file", path: "" };

/** With the lineage of what the store has of it. */
async function chooseImage(ctx: Context, asked: MachineSpec, engine: LaunchRequest["engine"], unbaked: boolean) {
  const found = await findSource(ctx, asked);
  const stored = (await storedBases(ctx)).map(withDigest);
  const choice = unbaked ? { source: found, spec: asked, notes: [] } : chooseBaked(stored, asked, found, engine);
  const { source } = choice;
  return { ...choice, line: source.kind === "store" ? lineage(withDigest(source.base), stored) : [] };
}

/** Milliseconds that a VM gets to become ready. */
export function readyTimeout(request: { readonly timeoutMs?: number }, accel: "kvm" | "tcg"): number {
  return request.timeoutMs ?? DEFAULTS.readyTimeoutMs * (accel === "tcg" ? TCG_PATIENCE : 1);
}

function assertNameFree(name: string, machines: readonly MachineView[]): void {
  const taken = machines.find((machine) => machine.name === name && machine.record?.state !== "trashed");
  if (taken === undefined) return;
  const mine = taken.record === null ? "It was not made by hutch." : "";
  throw new HutchError({
    code: "E_CONFLICT",
    message: `There is a VM named ${name} already (${taken.status.power}).`,
    ...(mine === "" ? {} : { why: mine }),
    next: [`hutch info ${name}`, ...wayOn(taken), "Choose another name with --name."],
  });
}

/** Who types a name again may only want that VM. */
function wayOn({ name, record, status }: MachineView): readonly string[] {
  if (record === null) return [];
  return [isActive(status) ? `hutch shell ${name}` : `hutch start ${name}`];
}

/** ssh's forward first; then the published ports, each of which must be free now and unclaimed by stopped VMs. */
export async function chooseForwards(
  spec: MachineSpec,
  machines: readonly MachineView[],
): Promise<readonly PortForward[]> {
  for (const wanted of spec.publish) await assertPortFree(wanted, machines, "--publish");
  const taken = new Set([...claimedPorts(machines), ...spec.publish].map(({ hostPort }) => hostPort));
  const ssh = await freePort({ taken, seed: spec.name });
  return [{ protocol: "tcp", hostAddress: "127.0.0.1", hostPort: ssh, guestPort: SSH_PORT }, ...spec.publish];
}

/** Named for people by the VM, and for good by its UUID: a VM in the trash keeps its disks while another takes its name. */
export function volumesOf(
  uuid: string,
  { spec }: Pick<Prepared, "spec">,
): { root: string; seed: string; install: string; data: readonly string[] } {
  const stem = `${spec.name}-${uuid.slice(0, 8)}`;
  return {
    root: `${stem}.qcow2`,
    seed: `${stem}-seed.iso`,
    install: `${stem}-install.iso`,
    data: spec.dataDiskBytes.map((_, index) => `${stem}-data${index + 1}.qcow2`),
  };
}
