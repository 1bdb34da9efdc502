/** `image pull`, `image build`, `image import`: three ways into the store. */
import { renewBaked } from "../bake-offer.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, word } from "../flags.ts";
import { printImage } from "../image-told.ts";
import { follow } from "../progress/follow.ts";
import { isBuildable, offerBuild } from "../unreachable-image.ts";
import { PLAIN_HTTP } from "./image-push.ts";

const NAME = [{ syntax: "<name>", text: "a name of the catalogue (hutch image find)", of: "image" }] as const;
const JSON_SHAPE = "image: ImageRow";

export const imagePull: Command = defineCommand({
  operands: [
    { syntax: "<name>", text: "a name of the catalogue (hutch image find), or oci://HOST/REPOSITORY:TAG", of: "image" },
  ],
  flags: {
    mirror: option("--mirror <mirror>", "where to download from: tuna, ustc, aliyun or a URL", word),
    plainHttp: PLAIN_HTTP,
  },
  json: JSON_SHAPE,
  examples: [
    "hutch image pull debian-13",
    "hutch image pull debian-13 --mirror ustc",
    "hutch image pull oci://quay.io/containerdisks/fedora:latest",
  ],
  notes: "With --yes it is built here when its host cannot be reached and hutch knows how.",
  run: async (cli, { mirror, plainHttp }, { operands: [name = ""] }) => {
    const hutch = await cli.hutch();
    const { images } = hutch;
    const how = { buildIfUnreachable: cli.globals.yes, plainHttp, ...(mirror === undefined ? {} : { mirror }) };
    const image = await follow(cli, images.pull(name, how)).catch(async (error: unknown) => {
      if (!isBuildable(error) || !(await offerBuild(cli, error))) throw error;
      return follow(cli, images.build(name));
    });
    await printImage(cli, image);
    await renewBaked(cli, hutch, image.name);
  },
});

export const imageBuild: Command = defineCommand({
  operands: NAME,
  flags: {},
  json: JSON_SHAPE,
  examples: ["hutch image build debian-13", "SOURCE_DATE_EPOCH=1767225600 hutch image build debian-13"],
  notes: "With SOURCE_DATE_EPOCH the same packages give the same image: its digest, and that of its files, tell.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch();
    const image = await follow(cli, hutch.images.build(name));
    await printImage(cli, image);
    await renewBaked(cli, hutch, image.name);
  },
});

export const imageImport: Command = defineCommand({
  operands: [
    {
      syntax: "<file>",
      text: "a disk image or its https address: qcow2, raw, vmdk, vdi, vhd, vhdx or ova; xz, gz, zst, bz2",
      of: "file",
    },
  ],
  flags: {
    name: option("-n, --name <name>", "its name in the store (the file's, unless said)", word),
    digest: option("--digest <digest>", "what the file must have: sha256:… or sha512:…", word),
  },
  json: JSON_SHAPE,
  examples: [
    "hutch image import ./mine.qcow2 --name mine",
    "hutch image import appliance.ova",
    "hutch image import https://example.org/disk.img.xz --digest sha256:…",
    "hutch launch mine",
  ],
  notes: "An http address needs a digest. What is not verified is said to be, and stays so in image ls.",
  run: async (cli, { name, digest }, { operands: [from = ""] }) => {
    const hutch = await cli.hutch();
    const how = { ...(name === undefined ? {} : { name }), ...(digest === undefined ? {} : { digest }) };
    const image = await follow(cli, hutch.images.import(from, how));
    await printImage(cli, image);
    await renewBaked(cli, hutch, image.name);
  },
});
