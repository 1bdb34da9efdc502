/** `shell`: the login shell of a VM on this terminal. */
import { leavingSignals } from "../child-signals.ts";
import { type Command, defineCommand } from "../command.ts";

export const shell: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID", of: "vm" }],
  flags: {},
  examples: ["hutch shell web"],
  notes: "Its exit code is the shell's.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    return leavingSignals(cli, name, (ends) => hutch.shell(name, ends));
  },
});
