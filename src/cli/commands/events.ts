/** `events`: what happens to VMs, networks and pools, a line each as it happens. */
import type { HostEvent } from "../../core/host-event.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { ndjson } from "../render/document.ts";
import { plain } from "../render/plain.ts";
import { untilStopped } from "../watching.ts";

export const events: Command = defineCommand({
  operands: [{ syntax: "[names...]", text: "of these VMs, networks and pools only", of: "vm" }],
  flags: { follow: toggle("-f, --follow", "as it always does: go on until Ctrl-C") },
  json: "event: HostEvent // a line each, with k: event",
  examples: ["hutch events", "hutch events web -o ndjson"],
  notes:
    "resync says that more happened than was told, lost that libvirt's daemon is gone; it is tried again until it is back.",
  run: (cli, _flags, { operands }) =>
    untilStopped(cli, async (signal) => {
      const wanted = new Set(operands);
      const hutch = await cli.hutch({ readonly: true });
      for await (const event of hutch.events({ signal })) {
        if (wanted.size > 0 && event.subject !== "host" && !wanted.has(event.name) && !wanted.has(event.uuid ?? ""))
          continue;
        await cli.write(cli.format === "table" ? lineOf(event) : ndjson({ k: "event", event }));
      }
    }),
});

function lineOf({ at, subject, name, what, why }: HostEvent): string {
  const words = [at, subject, ...(name === "" ? [] : [plain(name)]), what];
  return `${words.join("  ")}${why === "" ? "" : ` (${why})`}\n`;
}
