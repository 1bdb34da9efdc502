/** `image find`: the catalogue. */
import { HutchError } from "../../core/errors.ts";
import { nearNames } from "../../core/near.ts";
import { type Command, defineCommand } from "../command.ts";
import { table } from "../render/table.ts";

export const imageFind: Command = defineCommand({
  operands: [{ syntax: "[words...]", text: "only those with all of these words in their name or title" }],
  flags: {},
  json: "images: CatalogueRow[]",
  examples: ["hutch image find", "hutch image find debian"],
  notes: [
    "Needs neither network nor libvirt; where libvirt does not answer, what the store has is unknown.",
    "A narrow terminal gets fewer columns; image info tells all of one.",
  ].join("\n"),
  run: async (cli, _flags, { operands }) => {
    const { catalogue } = await cli.terminal.library();
    const all = await catalogue(cli.host);
    const images = all.filter(({ name, title }) =>
      operands.every((word) => `${name} ${title}`.toLowerCase().includes(word.toLowerCase())),
    );
    if (images.length === 0 && operands.length > 0) {
      const near = nearNames(
        operands.join("-"),
        all.map(({ name }) => name),
      );
      throw new HutchError({
        code: "E_NOT_FOUND",
        message: `The catalogue has no image like "${operands.join(" ")}".`,
        next: [...near.map((name) => `Did you mean "${name}"?`), "hutch image find"],
      });
    }
    await cli.print({
      data: { images },
      text: (columns) =>
        table(
          ["NAME", "TITLE", "ARCH", "END OF LIFE", "LAUNCH", "IN STORE", "TRUST"],
          images.map(({ name, title, arches, endOfLife, configuration, inStore, trust }) => [
            name,
            title,
            arches.join(" "),
            endOfLife ?? "rolling",
            configuration === "cloud-init" ? "yes" : `no: ${configuration}`,
            inStore === null ? "unknown" : inStore ? "yes" : "no",
            shortened(trust),
          ]),
          { columns, spare: ["TITLE", "ARCH", "LAUNCH", "END OF LIFE"] },
        ),
      names: images.map(({ name }) => name),
    });
  },
});

/** Whole fingerprints are for `image info` and JSON; a column holds the end of one, as key lists do. */
function shortened(trust: string): string {
  return trust.replace(/\b[0-9A-F]{24}([0-9A-F]{16})\b/g, "$1");
}
