/** `rename`, `clone`, `adopt`: which VM is which. */
import { shellWord } from "../../core/shell-word.ts";
import { type Command, defineCommand } from "../command.ts";
import { option, toggle, word } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { plain } from "../render/plain.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";

const NAME = { syntax: "<name>", text: "a VM's name or UUID", of: "vm" } as const;

export const rename: Command = defineCommand({
  operands: [NAME, { syntax: "<new-name>", text: "letters, digits and hyphens" }],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch rename web web-old"],
  notes: "Of a VM that is off. What it calls itself inside stays as it is.",
  run: async (cli, _flags, { operands: [name = "", to = ""] }) => {
    const hutch = await cli.hutch();
    await printResults(cli, [await follow(cli, hutch.rename(name, to))]);
  },
});

export const clone: Command = defineCommand({
  operands: [NAME, { syntax: "<new-name>", text: "the copy's: letters, digits and hyphens" }],
  flags: { full: toggle("--full", "a disk that stands on no image") },
  json: "machine: MachineView; warnings: string[]",
  examples: ["hutch clone web web-2", "hutch start web-2 --wait-for ready"],
  notes:
    "Of a VM that is off. The copy is a machine of its own: name, address, host key, machine-id and cloud-init instance are new. Its disk is what differs from the base image, so it needs neither its source nor much room. What hutch edit changed is not carried over.",
  run: async (cli, { full }, { operands: [name = "", to = ""] }) => {
    const hutch = await cli.hutch();
    const { machine, warnings } = await follow(cli, hutch.clone(name, { to, full }));
    await cli.print({
      data: { machine, warnings },
      text: () => `${machine.name}: made, stopped\n`,
      names: [machine.name],
    });
    for (const warning of warnings) cli.warn(warning);
    cli.say(`Next: hutch start ${shellWord(machine.name)} --wait-for ready`);
  },
});

export const adopt: Command = defineCommand({
  operands: [NAME],
  flags: { user: option("--user <name>", "the login user inside (yours, unless said)", word) },
  json: "machine: MachineView",
  examples: ["hutch adopt old-server --user admin"],
  notes: "For VMs that others made: hutch writes its record into the definition and changes nothing else.",
  run: async (cli, { user }, { operands: [name = ""] }) => {
    const hutch = await cli.hutch();
    const machine = await follow(cli, hutch.adopt(name, user === undefined ? {} : { user }));
    const volumes = machine.record?.volumes ?? [];
    await cli.print({
      data: { machine },
      text: () => `${plain(machine.name)}: adopted\n`,
      names: [machine.name],
    });
    if (volumes.length > 0) cli.say(`Its disks, which a purge would remove: ${volumes.map(plain).join(", ")}`);
    else if ((await hutch.info(machine.uuid)).disks.length > 0)
      cli.warn("Its disks lie in no pool that hutch can look after: a purge leaves them.");
  },
});
