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
  run: async (cli, _flags, { operands }) => {
    const hutch = await cli.hutch({ readonly: true });
    const all = await hutch.images.catalogue();
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
      text: () =>
        table(
          ["NAME", "TITLE", "ARCH", "END OF LIFE", "IN STORE", "TRUST"],
          images.map(({ name, title, arches, endOfLife, inStore, trust }) => [
            name,
            title,
            arches.join(" "),
            endOfLife,
            inStore ? "yes" : "no",
            trust,
          ]),
        ),
      names: images.map(({ name }) => name),
    });
  },
});
