/** `image verify`: the store against its own labels. */
import { bakeCommand } from "../../core/bake.ts";
import { HutchError } from "../../core/errors.ts";
import type { ImageState, ImageVerdict } from "../../core/image-trust.ts";
import { shellWord } from "../../core/shell-word.ts";
import { type Command, defineCommand } from "../command.ts";
import { follow } from "../progress/follow.ts";
import { table } from "../render/table.ts";

const MEANING: Readonly<Record<ImageState, string>> = {
  ok: "ok",
  damaged: "damaged: its bytes are not those that were stored",
  missing: "missing: its volume is gone",
  unreadable: "not read: this driver lets no volume be read",
};

export const imageVerify: Command = defineCommand({
  operands: [{ syntax: "[names...]", text: "names or digests of images of the store (all)", of: "stored-image" }],
  flags: {},
  json: "images: ImageVerdict[]",
  examples: ["hutch image verify", "hutch image verify debian-13"],
  notes: "Exits with 8 when an image is damaged or missing.",
  run: async (cli, _flags, { operands }) => {
    const hutch = await cli.hutch();
    const images = await follow(cli, hutch.images.verify(operands));
    await cli.print({
      data: { images },
      text: (columns) =>
        table(
          ["NAME", "VOLUME", "STATE", "USED BY"],
          images.map(({ name, volume, state, usedBy }) => [name, volume, MEANING[state], usedBy.join(" ")]),
          { columns },
        ),
      names: images.filter(({ state }) => state === "ok").map(({ name }) => name),
    });
    if (images.length === 0) cli.say("The store is empty.");
    const broken = images.filter(({ state }) => state === "damaged" || state === "missing");
    if (broken.length > 0) throw brokenImages(broken);
  },
});

function brokenImages(broken: readonly ImageVerdict[]): HutchError {
  const users = [...new Set(broken.flatMap(({ usedBy }) => usedBy))];
  const free = broken.filter(({ usedBy }) => usedBy.length === 0);
  const volumes = [...new Set(broken.map(({ volume, state }) => `${volume} is ${state}`))];
  return new HutchError({
    code: "E_IMAGE",
    message: `${volumes.join(", ")}.`,
    why:
      users.length === 0
        ? "No VM stands on it: it can be removed and had anew."
        : `The disks of ${users.join(", ")} stand on it and cannot be relied on.`,
    details: { volumes: broken.map(({ volume }) => volume) },
    next: [
      ...(users.length === 0 ? [] : [`Restore ${users.join(", ")} from a backup, or copy out what can still be read.`]),
      ...(free.length === 0 ? [] : [`hutch image rm ${[...new Set(free.map(({ name }) => name))].join(" ")}`]),
      ...new Set(free.map(anew)),
    ],
  });
}

/** The command that made it. */
function anew({ name, origin }: ImageVerdict): string {
  switch (origin?.kind) {
    case "published":
      return `hutch image pull ${name}`;
    case "registry":
      return `hutch image pull ${origin.reference}`;
    case "built":
      return `hutch image build ${origin.entry}`;
    case "imported":
      return `hutch image import ${shellWord(origin.from)} --name ${name}`;
    case "baked":
      return bakeCommand(name, origin);
    default:
      return `hutch image import FILE --name ${name}`;
  }
}
