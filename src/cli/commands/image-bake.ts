/** `image bake`: an image with a recipe run in it already. */
import { renewBaked } from "../bake-offer.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, repeated, word } from "../flags.ts";
import { printImage } from "../image-told.ts";
import { readUserData } from "../launch-request.ts";
import { follow } from "../progress/follow.ts";

export const imageBake: Command = defineCommand({
  operands: [{ syntax: "<base>", text: "a name of the catalogue or of the store", of: "image" }],
  flags: {
    engine: option("--engine <engine>", "the container engine to bake in: docker", word),
    packages: repeated("--packages <names>", "packages of the base's distribution, between commas", word),
    userData: option("--user-data <file>", "user-data to run at its one boot; - reads it from stdin", word),
    name: option("-n, --name <name>", "its name in the store (BASE-ENGINE, unless said)", word),
  },
  json: "image: ImageRow",
  examples: [
    "hutch image bake debian-13 --engine docker",
    "hutch image bake debian-13 --engine docker --packages git,htop --name dev",
    "hutch launch dev",
  ],
  notes:
    "launch takes an image with nothing but the engine baked in by itself, as long as its base is the newest; others are launched by name. Baking again replaces.",
  run: async (cli, { engine, packages, userData, name }, { operands: [base = ""] }) => {
    const order = {
      base,
      ...(engine === undefined ? {} : { engine }),
      ...(name === undefined ? {} : { name }),
      ...(userData === undefined ? {} : { userData: await readUserData("--user-data", userData, cli.terminal.stdin) }),
      packages: packages.flatMap((names) => names.split(",")).filter((each) => each !== ""),
      buildIfUnreachable: cli.globals.yes,
    };
    const hutch = await cli.hutch();
    const image = await follow(cli, hutch.images.bake(order));
    await printImage(cli, image);
    await renewBaked(cli, hutch, image.name);
  },
});
