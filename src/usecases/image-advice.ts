/** What is said of an image before anything is made of it: that it cannot be launched here, or is getting old. */
import { basename } from "node:path";
import { type CatalogueEntry, checkUsable, findImage, imageWord } from "#images";
import { bakeCommand } from "../core/bake.ts";
import { HutchError } from "../core/errors.ts";
import type { MachineSpec } from "../core/machine/spec.ts";
import { plural } from "../core/plural.ts";
import { formatSize, sizeArgument } from "../core/units.ts";
import type { AccelChoice, HostCapabilities } from "../host/capabilities.ts";
import type { BaseImage } from "../host/image-label.ts";
import { withImageErrors } from "./image-errors.ts";
import type { ImageSource } from "./image-source.ts";

const DAY_MS = 24 * 60 * 60_000;
/** So long before its end a release is spoken of. */
const END_NEAR_DAYS = 60;
/** Publishers make a new build every few weeks. */
const OLD_DAYS = 90;

/** Refuses (E_IMAGE) what hutch cannot set up, (E_USAGE) a firmware that it does not boot by, (E_HOST) too old a CPU. */
export function assertLaunchable(
  entry: CatalogueEntry | null,
  { arch, firmware }: Pick<MachineSpec, "arch" | "firmware">,
  accel: AccelChoice,
  caps: HostCapabilities,
): void {
  if (entry === null) return;
  if (entry.configuration !== "cloud-init") throw notCloudInit(entry);
  const image = entry.images[arch];
  if (image !== undefined && firmware !== "auto" && !image.firmware.includes(firmware)) {
    throw new HutchError({
      code: "E_USAGE",
      message: `--firmware ${firmware}: ${entry.title} boots by ${image.firmware.join(" or ")} only.`,
      next: ["Leave out --firmware.", `hutch image info ${entry.name}`],
    });
  }
  const needed = image?.level ?? null;
  if (needed === null || accel.kind !== "kvm" || caps.cpuLevel === null || caps.cpuLevel >= needed) return;
  throw new HutchError({
    code: "E_HOST",
    message: `${entry.title} needs a CPU of x86-64-v${needed}, this host's is x86-64-v${caps.cpuLevel}.`,
    why: "Its programs use instructions that this CPU does not have: the guest would die early in its boot.",
    next: [
      "hutch image find: another release or distribution",
      "With --accel tcg a newer CPU is emulated, ten times slower.",
    ],
  });
}

/** Whether the disk is as large as the image is; of one that has yet to come that is known once it is there. E_USAGE. */
export function assertHolds(
  { diskBytes }: Pick<MachineSpec, "diskBytes">,
  { name, virtualBytes }: Pick<BaseImage, "name" | "virtualBytes">,
): void {
  if (virtualBytes <= diskBytes) return;
  throw new HutchError({
    code: "E_USAGE",
    message: `--disk ${formatSize(diskBytes)} is smaller than the image ${name}, which needs ${formatSize(virtualBytes)}.`,
    next: [`Give it at least --disk ${sizeArgument(virtualBytes)}`],
  });
}

/**
 * What can be told of an image that is in the store, or a file, before anything is made: E_IMAGE for a file that is none,
 * E_USAGE for a disk too small for it. A file that has to be unpacked or converted is known only after that.
 */
export async function assertFits(source: ImageSource, spec: Pick<MachineSpec, "diskBytes">): Promise<void> {
  if (source.kind === "store") assertHolds(spec, source.base);
  if (source.kind !== "file") return;
  const facts = await withImageErrors(() => checkUsable(source.path));
  if (facts !== null) assertHolds(spec, { name: basename(source.path), virtualBytes: facts.virtualSizeBytes });
}

/** What the user should know of the image with this lineage, each in a sentence or two. `now` is in epoch milliseconds. */
export function imageWarnings(
  entry: CatalogueEntry | null,
  line: readonly BaseImage[],
  { arch }: Pick<MachineSpec, "arch">,
  accel: AccelChoice,
  caps: HostCapabilities,
  now: number,
): readonly string[] {
  const warnings = [endOfLife(entry, now), age(entry, line, now), unknownCpu(entry, arch, accel, caps)];
  return warnings.filter((warning) => warning !== null);
}

/** The release that an image is of, as far as its lineage tells; null for what nobody published. */
export function releaseOf(source: ImageSource, line: readonly BaseImage[]): CatalogueEntry | null {
  if (source.kind === "catalogue") return source.entry;
  const root = line.at(-1);
  if (root === undefined) return null;
  const { origin, name } = root;
  const known =
    origin === null ? name : "entry" in origin ? origin.entry : origin.kind === "baked" ? origin.base : null;
  const found = known === null ? null : findImage(known);
  return found === null || "suggestions" in found ? null : found;
}

function notCloudInit({ title, configuration, name }: CatalogueEntry): HutchError {
  return new HutchError({
    code: "E_IMAGE",
    message: `${title} is set up by ${configuration}, not by cloud-init, and hutch writes for cloud-init only.`,
    why: "A VM of it would have no user that you could log in as, and would never count as ready.",
    details: { kind: "unsupported", configuration },
    next: ["hutch image find: those with LAUNCH yes", `hutch image info ${name}`],
  });
}

function endOfLife(entry: CatalogueEntry | null, now: number): string | null {
  if (entry?.endOfLife == null || entry.endOfLife === "unknown") return null;
  const left = Math.floor((Date.parse(`${entry.endOfLife}T23:59:59Z`) - now) / DAY_MS);
  if (left < 0)
    return `${entry.title} reached its end of life on ${entry.endOfLife}: it gets no more security updates.`;
  if (left > END_NEAR_DAYS) return null;
  return `${entry.title} reaches its end of life on ${entry.endOfLife} (${plural(left, "day")} left): no security updates after that.`;
}

/**
 * Of what its packages are from, and only of what can be had anew: what was imported is the user's own to renew, and what was
 * baked from a build that was named is to stay of that.
 */
function age(entry: CatalogueEntry | null, line: readonly BaseImage[], now: number): string | null {
  const days = Math.max(...line.map(({ addedAt }) => Math.floor((now - Date.parse(addedAt)) / DAY_MS)));
  const [image] = line;
  const root = line.at(-1)?.origin ?? null;
  if (entry === null || image === undefined || root === null || Number.isNaN(days) || days <= OLD_DAYS) return null;
  if (image.origin?.kind === "published")
    return `The image ${image.name} has been in the store for ${plural(days, "day")}; there may be a newer one: hutch image pull ${entry.name}`;
  if (line.some(({ origin }) => origin?.kind === "baked" && imageWord(origin.base).build !== null)) return null;
  const renewals = line.map(({ name, origin }) => {
    if (origin?.kind === "baked") return bakeCommand(name, origin);
    return `hutch image ${origin?.kind === "built" ? "build" : "pull"} ${entry.name}`;
  });
  return `The packages of the image ${image.name} are from ${plural(days, "day")} ago. To renew them: ${renewals.toReversed().join(" && ")}`;
}

function unknownCpu(
  entry: CatalogueEntry | null,
  arch: MachineSpec["arch"],
  accel: AccelChoice,
  caps: HostCapabilities,
): string | null {
  const needed = entry?.images[arch]?.level ?? 1;
  if (entry === null || needed === 1 || accel.kind !== "kvm" || caps.driver !== "QEMU" || caps.cpuLevel !== null)
    return null;
  return `${entry.title} needs a CPU of x86-64-v${needed}; whether this host's is one could not be told. If the guest dies early in its boot, that is why.`;
}
