/** `version`: what a bug report needs. */
import { type Command, defineCommand } from "../command.ts";
import { pairs } from "../render/table.ts";

export const version: Command = defineCommand({
  operands: [],
  flags: {},
  json: "hutch: string; node: string; libvirt: string",
  examples: ["hutch version", "hutch --version"],
  notes: "hutch --version prints hutch's own alone, and looks at nothing else.",
  run: async (cli) => {
    const { libvirtVersion } = await cli.terminal.library();
    const libvirt = (await libvirtVersion(cli.host)) ?? "cannot be opened (hutch doctor)";
    const data = { hutch: cli.terminal.version(), node: process.versions.node, libvirt };
    await cli.print({ data, text: () => pairs(Object.entries(data)), names: [data.hutch] });
  },
});
