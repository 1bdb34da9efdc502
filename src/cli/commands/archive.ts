/** `export`, `import`: a VM as one file. */
import { parseNetwork } from "../../core/network-syntax.ts";
import { shellWord } from "../../core/shell-word.ts";
import { formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, toggle, word } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { plain } from "../render/plain.ts";

export const exportVm: Command = defineCommand({
  operands: [
    { syntax: "<name>", text: "a VM's name or UUID", of: "vm" },
    { syntax: "[file]", text: "where to (NAME.hutch.tar here, unless said)", of: "file" },
  ],
  flags: {
    withoutBase: toggle("--without-base", "name the base image by its digest instead of writing it too"),
    force: toggle("-f, --force", "replace a file that is there"),
  },
  json: "name: string; file: string; bytes: number",
  examples: ["hutch export web", "hutch export web /backup/web.tar --without-base"],
  notes: "Of a VM that is off: its disks, its record and their checksums. Snapshots stay behind.",
  run: async (cli, { withoutBase, force }, { operands: [name = "", file] }) => {
    const hutch = await cli.hutch();
    const request = { withoutBase, force, ...(file === undefined ? {} : { file }) };
    const done = await follow(cli, hutch.export(name, request));
    await cli.print({
      data: { ...done },
      text: () => `${plain(done.name)}: ${plain(done.file)} (${formatSize(done.bytes)})\n`,
      names: [done.file],
    });
  },
});

export const importVm: Command = defineCommand({
  operands: [{ syntax: "<file>", text: "a file that hutch export wrote", of: "file" }],
  flags: {
    name: option("-n, --name <name>", "another name than its own", word),
    network: option("--network <network>", "another network than its own", (text) => parseNetwork(text)),
  },
  json: "machine: MachineView; warnings: string[]",
  examples: ["hutch import web.hutch.tar", "hutch import web.hutch.tar --name web-old --network default"],
  notes:
    "It is the same machine, with its own host key and addresses of this host, and is left stopped. The whole file is checked before anything is made.",
  run: async (cli, { name, network }, { operands: [file = ""] }) => {
    const hutch = await cli.hutch();
    const order = { file, ...(name === undefined ? {} : { name }), ...(network === undefined ? {} : { network }) };
    const { machine, warnings } = await follow(cli, hutch.import(order));
    await cli.print({
      data: { machine, warnings },
      text: () => `${machine.name}: imported, stopped\n`,
      names: [machine.name],
    });
    for (const warning of warnings) cli.warn(warning);
    cli.say(`Next: hutch start ${shellWord(machine.name)}`);
  },
});
