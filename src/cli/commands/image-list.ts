/** `image ls`: what the store holds. */
import { formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { table } from "../render/table.ts";

export const imageList: Command = defineCommand({
  operands: [],
  flags: {},
  json: "images: ImageRow[]",
  examples: ["hutch image ls", "hutch images ls -o name"],
  run: async (cli) => {
    const hutch = await cli.hutch({ readonly: true });
    const images = await hutch.images.list();
    await cli.print({
      data: { images },
      text: () =>
        table(
          ["NAME", "DIGEST", "SIZE", "DISK", "ADDED", "USED BY", "TRUST"],
          images.map(({ name, digest, bytes, virtualBytes, addedAt, usedBy, trust, stale }) => [
            name,
            digest.replace(/^sha256:/, "").slice(0, 12),
            formatSize(bytes),
            formatSize(virtualBytes),
            addedAt.slice(0, 10),
            usedBy.join(" "),
            stale ? `${trust}; its base is newer by now` : trust,
          ]),
        ),
      names: images.map(({ name }) => name),
    });
    if (images.length === 0) cli.say("The store is empty; launch fetches what it needs (hutch image find).");
  },
});
