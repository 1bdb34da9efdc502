/** `image pull`, `image build`, `image import`: three ways into the store. */
import { type Command, defineCommand } from "../command.ts";
import { option, word } from "../flags.ts";
import { printImage } from "../image-told.ts";
import { follow } from "../progress/follow.ts";
import { isBuildable, offerBuild } from "../unreachable-image.ts";

const NAME = [{ syntax: "<name>", text: "a name of the catalogue (hutch image find)" }];
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
  examples: ["hutch image build debian-13", "SOURCE_DATE_EPOCH=1767225600 hutch image build debian-13"],
  notes: "With SOURCE_DATE_EPOCH the same packages give the same image: its digest, and that of its files, tell.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const { images } = await cli.hutch();
    await printImage(cli, await follow(cli, images.build(name)));
  },
});

export const imageImport: Command = defineCommand({
  operands: [{ syntax: "<file>", text: "a disk image, qcow2 or raw" }],
  flags: { name: option("-n, --name <name>", "its name in the store (the file's, unless said)", word) },
  json: JSON_SHAPE,
  examples: ["hutch image import ./mine.qcow2 --name mine", "hutch launch mine"],
  run: async (cli, { name }, { operands: [file = ""] }) => {
    const { images } = await cli.hutch();
    await printImage(cli, await follow(cli, images.import(file, name === undefined ? {} : { name })));
  },
});
