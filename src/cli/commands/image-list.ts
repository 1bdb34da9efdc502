/** `image ls`: what the store holds. */
import type { ImageRow } from "../../core/requests.ts";
import { formatAge, formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { table } from "../render/table.ts";

export const imageList: Command = defineCommand({
  operands: [],
  flags: {},
  json: "images: ImageRow[]",
  examples: ["hutch image ls", "hutch images ls -o name"],
  notes: "A narrow terminal gets fewer columns; image info tells all of one.",
  run: async (cli) => {
    const hutch = await cli.hutch({ readonly: true });
    const images = await hutch.images.list();
    await cli.print({
      data: { images },
      text: (columns) =>
        table(
          ["NAME", "DIGEST", "SIZE", "DISK", "AGE", "USED BY", "TRUST"],
          images.map(({ name, digest, bytes, virtualBytes, addedAt, trust, stale, ...uses }) => [
            name,
            digest.replace(/^sha256:/, "").slice(0, 12),
            formatSize(bytes),
            formatSize(virtualBytes),
            ageOf(addedAt),
            usersOf(uses),
            stale ? `${trust}; its base is newer by now` : trust,
          ]),
          { columns, spare: ["DIGEST", "DISK"] },
        ),
      names: images.map(({ name }) => name),
    });
    if (images.length === 0) cli.say("The store is empty; launch fetches what it needs (hutch image find).");
  },
});

function ageOf(addedAt: string): string {
  const at = Date.parse(addedAt);
  return Number.isNaN(at) ? "" : formatAge(Date.now() - at);
}

function usersOf({ usedBy, inTrash, bakedFrom }: Pick<ImageRow, "usedBy" | "inTrash" | "bakedFrom">): string {
  const machines = usedBy.map((name) => (inTrash.includes(name) ? `${name} (in the trash)` : name));
  return [...machines, ...bakedFrom.map((name) => `${name} (baked)`)].join(", ");
}
