/** From what was asked to the complete order, and the whole list of what is wrong with it. Pure. */
import { HutchError } from "../errors.ts";
import type { LaunchRequest } from "../requests.ts";
import { formatSize } from "../units.ts";
import { type Arch, DEFAULTS, type MachineSpec } from "./spec.ts";

/** What the defaults depend on. */
export type SpecGround = {
  readonly name: string;
  readonly user: string;
  readonly sshKeys: readonly string[];
  readonly image: string;
  readonly arch: Arch;
  /** Whether this home reaches its VMs through forwards. */
  readonly userNetworking: boolean;
};

/** What the host can carry. */
export type HostLimits = { readonly cpus: number; readonly memoryBytes: number };

const MIB = 1024 ** 2;
/** Below this no kernel of today starts. */
const LEAST_MEMORY_MIB = 64;
const LEAST_DISK_BYTES = MIB;
/** What qcow2 and every file system here can still address. */
const MOST_DISK_BYTES = 16 * 1024 ** 4;
/** The labels virtio block devices have room for beside root disk and seed: vdc to vdz. */
const MOST_DATA_DISKS = 24;

export function resolveSpec(request: LaunchRequest, ground: SpecGround): MachineSpec {
  return {
    name: ground.name,
    image: request.iso ?? request.image ?? ground.image,
    cpus: request.cpus ?? DEFAULTS.cpus,
    memoryMiB: request.memoryMiB ?? DEFAULTS.memoryMiB,
    diskBytes: request.diskBytes ?? DEFAULTS.diskBytes,
    dataDiskBytes: request.dataDiskBytes ?? [],
    engine: request.engine ?? null,
    user: request.user ?? ground.user,
    sshKeys: ground.sshKeys,
    network: request.network ?? { kind: "default" },
    publish: request.publish ?? [],
    arch: request.arch ?? ground.arch,
    accel: request.accel ?? "auto",
    firmware: request.firmware ?? "auto",
    tpm: request.tpm ?? false,
    autostart: request.autostart ?? false,
    ephemeral: request.ephemeral ?? false,
    ...((request.display ?? request.iso !== undefined) ? { display: true } : {}),
  };
}

/**
 * Throws E_USAGE with every problem of the order at once. `leadsPorts`: whether something on the host leads ports to VMs that
 * have an address of their own.
 */
export function assertPossible(
  spec: MachineSpec,
  limits: HostLimits,
  userNetworking: boolean,
  leadsPorts = false,
): void {
  const publishes = leadsPorts || usesForwards(spec, userNetworking);
  const found = [...sizeProblems(spec, limits), ...networkProblems(spec, publishes)];
  const [first, ...rest] = found.map(({ what }) => what);
  if (first === undefined) return;
  throw new HutchError({
    code: "E_USAGE",
    message: first,
    ...(rest.length === 0 ? {} : { why: rest.join(" ") }),
    details: { problems: [first, ...rest] },
    next: [...new Set(found.flatMap(({ next }) => next))],
  });
}

/** And what to type in its place. */
type Problem = { readonly what: string; readonly next: readonly string[] };

function* sizeProblems(spec: MachineSpec, limits: HostLimits): Generator<Problem> {
  const cpus = [`--cpus ${Math.min(DEFAULTS.cpus, limits.cpus)}`];
  if (!Number.isInteger(spec.cpus) || spec.cpus < 1)
    yield { what: `--cpus ${spec.cpus}: a VM needs a whole number of CPUs, at least 1.`, next: cpus };
  else if (spec.cpus > limits.cpus * 8) {
    const why = `this host has ${limits.cpus}; more than eight times that many would only wait for one another.`;
    yield { what: `--cpus ${spec.cpus}: ${why}`, next: cpus };
  }
  const memory = [`--memory ${DEFAULTS.memoryMiB}M`];
  if (!Number.isFinite(spec.memoryMiB) || spec.memoryMiB < LEAST_MEMORY_MIB)
    yield { what: `--memory ${spec.memoryMiB}M: a VM needs at least ${LEAST_MEMORY_MIB}M.`, next: memory };
  else if (spec.memoryMiB * MIB > limits.memoryBytes) {
    const why = `this host has ${formatSize(limits.memoryBytes)} in all.`;
    yield { what: `--memory ${formatSize(spec.memoryMiB * MIB)}: ${why}`, next: memory };
  }
  for (const [flag, bytes] of [
    ["--disk", spec.diskBytes] as const,
    ...spec.dataDiskBytes.map((size) => ["--data-disk", size] as const),
  ]) {
    const next = [`${flag} 20G`];
    if (!Number.isFinite(bytes) || bytes < LEAST_DISK_BYTES)
      yield { what: `${flag} ${bytes} bytes: a disk needs at least 1M.`, next };
    else if (bytes > MOST_DISK_BYTES)
      yield { what: `${flag} ${formatSize(bytes)}: a disk can have 16 TiB at most.`, next };
  }
  const many = spec.dataDiskBytes.length;
  if (many > MOST_DATA_DISKS) {
    const next = [`Give --data-disk ${MOST_DATA_DISKS} times at most.`];
    yield { what: `--data-disk: ${many} disks; ${MOST_DATA_DISKS} is the most.`, next };
  }
}

function* networkProblems(spec: MachineSpec, publishes: boolean): Generator<Problem> {
  const seen = new Set<string>();
  for (const forward of spec.publish) {
    const key = `${forward.protocol} ${forward.hostAddress}:${forward.hostPort}`;
    if (seen.has(key)) {
      const what = `--publish: ${forward.hostAddress}:${forward.hostPort}/${forward.protocol} is given twice.`;
      yield { what, next: [`--publish ${forward.hostPort + 1}:${forward.guestPort}: another port of the host`] };
    }
    seen.add(key);
  }
  if (spec.publish.length > 0 && !publishes) {
    const why = "on this network the VM has an address of its own, and every port of it can be reached there.";
    yield {
      what: `--publish works with user-mode networking only: ${why}`,
      next: ["Leave --publish out, and then: hutch list", "--network user: on ports of this host"],
    };
  }
}

/** Whether this VM is reached through forwards on the host. */
export function usesForwards(spec: Pick<MachineSpec, "network">, userNetworking: boolean): boolean {
  return spec.network.kind === "user" || (spec.network.kind === "default" && userNetworking);
}
