/** `image info`: one image, of the catalogue or the store, and the chain of what vouches for it. */
import { type BakedOrigin, bakeCommand } from "../../core/bake.ts";
import type { ReleaseFacts, StoredImage } from "../../core/image-trust.ts";
import { formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { pairs } from "../render/table.ts";

export const imageInfo: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a name of the store or the catalogue, or a digest", of: "image" }],
  flags: {},
  json: "image: ImageInfoAnywhere",
  examples: ["hutch image info debian-13", "hutch image info ubuntu -o json"],
  notes: "Where libvirt does not answer, only a name of the catalogue is told of, and that is said.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const library = await cli.terminal.library();
    const image = await library.imageInfo(name, cli.host);
    const blocks = [
      [["Name", image.name] as const, ...(image.release === null ? [] : releaseRows(image.release))],
      ...(image.stored ?? []).map(storedRows),
    ];
    await cli.print({
      data: { image },
      text: (columns) => blocks.map((rows) => pairs(rows, columns)).join("\n"),
      names: [image.name],
    });
    if (image.stored === null)
      cli.warn("What the store has of it is not known, for libvirt does not answer. To see why: hutch doctor");
    else if (image.stored.length === 0)
      cli.say(
        `It is not in the store; ${canLaunch(image.release) ? "launch fetches it, or" : "to fetch it"}: hutch image pull ${image.name}`,
      );
  },
});

type Rows = readonly (readonly [string, string])[];

function releaseRows(release: ReleaseFacts): Rows {
  const firmware = Object.entries(release.firmware).map(([arch, kinds]) => `${arch}: ${kinds.join(" or ")}`);
  return [
    ["Title", release.title],
    ["Architectures", release.arches.join(" ")],
    ["Firmware", firmware.join(", ")],
    ["CPU", release.cpuLevel === null ? "" : cpu(release.cpuLevel)],
    ["User", release.user],
    ["Packages", release.packages],
    ["Set up by", canLaunch(release) ? release.configuration : `${release.configuration}: launch refuses it`],
    ["End of life", endOfLife(release.endOfLife)],
    ["A named build", release.pinnedBuild ?? ""],
    ...sentences("Trust", release.trust),
    ...(release.note === "" ? [] : [["Note", release.note] as const]),
  ];
}

/** hutch writes for cloud-init only. */
function canLaunch(release: ReleaseFacts | null): boolean {
  return release === null || release.configuration === "cloud-init";
}

function endOfLife(day: string | null): string {
  if (day === null) return "none, it rolls";
  return Date.parse(`${day}T23:59:59Z`) < Date.now() ? `${day}: past, it gets no more security updates` : day;
}

function cpu(level: number): string {
  return level === 1 ? "any x86-64" : `x86-64-v${level}`;
}

function storedRows({ name, volume, arch, bytes, virtualBytes, origin, usedBy, chain }: StoredImage): Rows {
  return [
    ["Stored as", volume],
    ["For", arch ?? "unknown"],
    ["Size", `${formatSize(bytes)}, a disk of ${formatSize(virtualBytes)}`],
    ["Used by", usedBy.join(" ")],
    ...(origin?.kind === "baked" ? recipeRows(name, origin) : []),
    ...sentences("Chain", chain),
  ];
}

function recipeRows(name: string, origin: BakedOrigin): Rows {
  return [
    ["Made by", bakeCommand(name, origin)],
    ...(origin.userData === null ? [] : [["User-data", origin.userData] as const]),
  ];
}

/** One a line, the heading at the first; a blank that is no blank to the table stands in the rest. */
function sentences(heading: string, lines: readonly string[]): Rows {
  return lines.map((line, index) => [index === 0 ? heading : "\u00a0", line] as const);
}
