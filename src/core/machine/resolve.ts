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
  refuse([...sizeProblems(spec, limits, asFlag), ...networkProblems(spec, publishes)]);
}

/** What is wrong, and what to type in its place. */
type Problem = { readonly what: string; readonly next: readonly string[] };
/** A size as it was typed: `--memory 8G` of a new VM, `memory=8G` of one that is there. */
type Typed = (size: "cpus" | "memory" | "disk" | "data-disk", value: string) => string;
type Sizes = Partial<Pick<MachineSpec, "cpus" | "memoryMiB" | "diskBytes" | "dataDiskBytes">>;

const asFlag: Typed = (size, value) => `--${size} ${value}`;
const asSetting: Typed = (size, value) => `${size}=${value}`;

/** For a VM that is there: of its sizes only those that are to change, in the words of `set`. E_USAGE as above. */
export function assertSizes(sizes: Sizes, limits: HostLimits): void {
  // What would do for a new VM may be less than this one has.
  refuse([...sizeProblems(sizes, limits, asSetting)].map(({ what }) => ({ what, next: [] })));
}

function refuse(problems: readonly Problem[]): void {
  const [first, ...rest] = problems.map(({ what }) => what);
  if (first === undefined) return;
  throw new HutchError({
    code: "E_USAGE",
    message: first,
    ...(rest.length === 0 ? {} : { why: rest.join(" ") }),
    details: { problems: [first, ...rest] },
    next: [...new Set(problems.flatMap(({ next }) => next))],
  });
}

function* sizeProblems(
  { cpus, memoryMiB, diskBytes, dataDiskBytes = [] }: Sizes,
  limits: HostLimits,
  typed: Typed,
): Generator<Problem> {
  if (cpus !== undefined) {
    const next = [`Write it like ${typed("cpus", `${Math.min(DEFAULTS.cpus, limits.cpus)}`)}`];
    const word = typed("cpus", `${cpus}`);
    if (!Number.isInteger(cpus) || cpus < 1)
      yield { what: `${word}: a VM needs a whole number of CPUs, at least 1.`, next };
    else if (cpus > limits.cpus * 8) {
      const why = `this host has ${limits.cpus}; more than eight times that many would only wait for one another.`;
      yield { what: `${word}: ${why}`, next };
    }
  }
  if (memoryMiB !== undefined) {
    const next = [`Write it like ${typed("memory", `${DEFAULTS.memoryMiB}M`)}`];
    if (!Number.isFinite(memoryMiB) || memoryMiB < LEAST_MEMORY_MIB)
      yield { what: `${typed("memory", `${memoryMiB}M`)}: a VM needs at least ${LEAST_MEMORY_MIB}M.`, next };
    else if (memoryMiB * MIB > limits.memoryBytes) {
      const why = `this host has ${formatSize(limits.memoryBytes)} in all.`;
      yield { what: `${typed("memory", formatSize(memoryMiB * MIB))}: ${why}`, next };
    }
  }
  for (const [disk, bytes] of [
    ...(diskBytes === undefined ? [] : [["disk", diskBytes] as const]),
    ...dataDiskBytes.map((size) => ["data-disk", size] as const),
  ]) {
    const next = [`Write it like ${typed(disk, "20G")}`];
    if (!Number.isFinite(bytes) || bytes < LEAST_DISK_BYTES)
      yield { what: `${typed(disk, `${bytes} bytes`)}: a disk needs at least 1M.`, next };
    else if (bytes > MOST_DISK_BYTES)
      yield { what: `${typed(disk, formatSize(bytes))}: a disk can have 16 TiB at most.`, next };
  }
  const many = dataDiskBytes.length;
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
      yield { what, next: [`Give another port of the host: --publish ${forward.hostPort + 1}:${forward.guestPort}`] };
    }
    seen.add(key);
  }
  if (spec.publish.length > 0 && !publishes) {
    const why = "on this network the VM has an address of its own, and every port of it can be reached there.";
    yield {
      what: `--publish works with user-mode networking only: ${why}`,
      next: [
        "Leave --publish out: hutch list tells its address.",
        "With --network user it is reached on ports of this host.",
      ],
    };
  }
}

/** Whether this VM is reached through forwards on the host. */
export function usesForwards(spec: Pick<MachineSpec, "network">, userNetworking: boolean): boolean {
  return spec.network.kind === "user" || (spec.network.kind === "default" && userNetworking);
}
