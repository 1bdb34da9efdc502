/** `image pull`, `image build`, `image import`: three ways into the store. */
import type { ImageRow } from "../../core/requests.ts";
import { formatSize } from "../../core/units.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, word } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { pairs } from "../render/table.ts";
import { isBuildable, offerBuild } from "../unreachable-image.ts";

const NAME = [{ syntax: "<name>", text: "a name of the catalogue (hutch image find)", of: "image" }] as const;
const JSON_SHAPE = "image: ImageRow";

export const imagePull: Command = defineCommand({
  operands: NAME,
  flags: {},
  json: JSON_SHAPE,
  examples: ["hutch image pull debian-13"],
  notes: "With --yes it is built here when its host cannot be reached and hutch knows how.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const { images } = await cli.hutch();
    try {
      await printImage(cli, await follow(cli, images.pull(name, { buildIfUnreachable: cli.globals.yes })));
    } catch (error) {
      if (!isBuildable(error) || !(await offerBuild(cli, error))) throw error;
      await printImage(cli, await follow(cli, images.build(name)));
    }
  },
});

export const imageBuild: Command = defineCommand({
  operands: NAME,
  flags: {},
  json: JSON_SHAPE,
  examples: ["hutch image build debian-13"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const { images } = await cli.hutch();
    await printImage(cli, await follow(cli, images.build(name)));
  },
});

export const imageImport: Command = defineCommand({
  operands: [{ syntax: "<file>", text: "a disk image, qcow2 or raw", of: "file" }],
  flags: { name: option("-n, --name <name>", "its name in the store (the file's, unless said)", word) },
  json: JSON_SHAPE,
  examples: ["hutch image import ./mine.qcow2 --name mine", "hutch launch mine"],
  run: async (cli, { name }, { operands: [file = ""] }) => {
    const { images } = await cli.hutch();
    await printImage(cli, await follow(cli, images.import(file, name === undefined ? {} : { name })));
  },
});

function printImage(cli: Cli, image: ImageRow): Promise<void> {
  return cli.print({
    data: { image },
    text: () =>
      pairs([
        ["Name", image.name],
        ["Digest", image.digest],
        ["Size", `${formatSize(image.bytes)}, a disk of ${formatSize(image.virtualBytes)}`],
        ["Trust", image.trust],
      ]),
    names: [image.name],
  });
}
