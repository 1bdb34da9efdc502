/** `purge`: what is in the trash, for good. */
import { type Command, defineCommand } from "../command.ts";
import { follow } from "../progress/follow.ts";
import { agreeToLose } from "../prompts.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";

export const purge: Command = defineCommand({
  operands: [
    {
      syntax: "[names...]",
      text: "names or UUIDs of VMs in the trash; all of it when none is given",
      of: "trashed-vm",
    },
  ],
  flags: {},
  json: POWER_JSON,
  examples: ["hutch list --trash", "hutch purge web", "hutch purge --yes"],
  run: async (cli, _flags, { operands }) => {
    const hutch = await cli.hutch();
    const names = [...new Set(operands)];
    const losses = await hutch.losses(names);
    if (losses.length === 0) cli.say("The trash is empty.");
    else await agreeToLose(cli, "Remove them for good, disks and all?", losses);
    await printResults(cli, losses.length === 0 ? [] : await follow(cli, hutch.purge(names)));
  },
});
