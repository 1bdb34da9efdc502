/** `recover`: out of the trash. */
import { type Command, defineCommand } from "../command.ts";
import { follow } from "../progress/follow.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";

export const recover: Command = defineCommand({
  operands: [{ syntax: "<names...>", text: "names or UUIDs of VMs in the trash", of: "trashed-vm" }],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch list --trash", "hutch recover web"],
  run: async (cli, _flags, { operands }) => {
    const hutch = await cli.hutch();
    await printResults(cli, await follow(cli, hutch.recover([...new Set(operands)])));
  },
});
