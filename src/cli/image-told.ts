/** One image, as a command that made it prints it. */
import type { ImageRow } from "../core/requests.ts";
import { formatSize } from "../core/units.ts";
import type { Cli } from "./cli.ts";
import { pairs } from "./render/table.ts";

export function printImage(cli: Cli, image: ImageRow): Promise<void> {
  return cli.print({
    data: { image },
    text: (columns) =>
      pairs(
        [
          ["Name", image.name],
          ["Digest", image.digest],
          ["Size", `${formatSize(image.bytes)}, a disk of ${formatSize(image.virtualBytes)}`],
          ...(image.origin?.kind === "built" && image.origin.tree !== undefined
            ? [["Files", image.origin.tree] as const]
            : []),
          ["Trust", image.trust],
        ],
        columns,
      ),
    names: [image.name],
  });
}
