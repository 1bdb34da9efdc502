/** `image rm`: images that no VM stands on. */
import { isMeantBy } from "../../core/image.ts";
import type { ImageRow } from "../../core/requests.ts";
import { formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { follow } from "../progress/follow.ts";
import { agreeToLose } from "../prompts.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";

export const imageRemove: Command = defineCommand({
  operands: [
    {
      syntax: "<names...>",
      text: "names of images of the store (all builds), digests (all names), or NAME@DIGEST",
      of: "stored-image",
    },
  ],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch image ls", "hutch image rm debian-12", "hutch image rm debian-12@sha256:…"],
  run: async (cli, _flags, { operands }) => {
    const { images } = await cli.hutch();
    const names = [...new Set(operands)];
    const rows = await images.list();
    const going = rows.filter((row) => names.some((word) => isMeantBy(word, row)));
    const isShared = (row: ImageRow) => rows.some((other) => other !== row && other.volume === row.volume);
    const removable = going.filter((row) => row.usedBy.length === 0 || isShared(row));
    if (removable.length > 0) {
      const losses = removable.map(({ name, digest, bytes }) => ({ name, what: [`${digest}, ${formatSize(bytes)}`] }));
      await agreeToLose(cli, "Remove them from the store?", losses);
    }
    await printResults(cli, await follow(cli, images.remove(names)));
  },
});
