/** `cp`: files and folders into VMs, out of them, and from one to another. */

import { formatSize } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { required } from "../required.ts";

const TARGET = { syntax: "<target>", text: "where to: PATH here, NAME:PATH in a VM, - for standard output" } as const;

export const cp: Command = defineCommand({
  operands: [
    {
      syntax: "<places...>",
      text: "what to copy, then where to: PATH here, NAME:PATH in a VM, - for standard input or output",
    },
  ],
  flags: {
    recursive: toggle("-r, --recursive", "folders too, with all that is in them"),
    preserve: toggle("-p, --preserve", "keep permissions and times"),
  },
  json: "copied: CopyResult[]",
  examples: [
    "hutch cp site.conf web:/tmp/",
    "hutch cp -r web:logs ./logs",
    "hutch cp web:/etc/hosts db:hosts",
    "pg_dump shop | hutch cp - db:shop.sql",
    "hutch cp db:shop.sql - | less",
  ],
  notes:
    "A relative path in a VM begins in the login user's home. A colon after a slash is part of the name: ./a:b. A file is put in place only when all of it has come.",
  run: async (cli, { recursive, preserve }, { operands }) => {
    const next = ["hutch cp file web:", "hutch cp web:file ."];
    const target = operands.length > 1 ? [] : await required(cli, [TARGET], { next });
    const [to = "", ...reversed] = [...operands, ...target].reverse();
    const from = reversed.reverse();
    const hutch = await cli.hutch();
    const operation = hutch.copy(
      { from, to, ...(recursive ? { recursive } : {}), ...(preserve ? { preserve } : {}) },
      { input: () => cli.terminal.stdin.open(), output: (chunk) => cli.write(chunk) },
    );
    const copied = await follow(cli, operation);
    // What came over standard output is the data.
    if (to === "-" && cli.format === "table") return;
    await cli.print({
      data: { copied },
      text: () => "",
      names: copied.map(({ name }) => name),
    });
    for (const { name, bytes } of copied) cli.say(`Copied ${name} (${formatSize(bytes)}).`);
  },
});
