/** `purge`: what is in the trash, for good. */
import { parseAge } from "../../core/age.ts";
import { type Command, defineCommand } from "../command.ts";
import { option } from "../flags.ts";
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
  flags: { olderThan: option("--older-than <age>", "only what has been there for longer, as 30d or 12h", parseAge) },
  json: POWER_JSON,
  examples: ["hutch list --trash", "hutch purge web", "hutch purge --older-than 30d --yes"],
  notes: "What is protected stays.",
  run: async (cli, { olderThan }, { operands }) => {
    const hutch = await cli.hutch();
    const names = [...new Set(operands)];
    const age = olderThan === undefined ? {} : { olderThanMs: olderThan };
    const losses = await hutch.losses(names, age);
    if (losses.length === 0)
      cli.say(olderThan === undefined ? "The trash is empty." : "Nothing in the trash is that old.");
    else await agreeToLose(cli, "Remove them for good, disks and all?", losses);
    await printResults(cli, losses.length === 0 ? [] : await follow(cli, hutch.purge(names, age)));
  },
});
