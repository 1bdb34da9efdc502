/** `wait`: until a VM has come to a stage, for scripts. */
import { READINESS } from "../../core/requests.ts";
import { formatDuration, parseDuration } from "../../core/units.ts";
import { type Command, defineCommand } from "../command.ts";
import { oneOf, option } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { table } from "../render/table.ts";

export const wait: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID", of: "vm" }],
  flags: {
    for: option("--for <stage>", `${READINESS.join(", ")} (ready)`, oneOf(READINESS)),
    timeout: option("--timeout <time>", "as 90s or 10m (10m; more when emulated)", parseDuration),
  },
  json: "machine: MachineView; stages: StageTime[]; warnings: string[]",
  examples: ["hutch wait web", "hutch wait web --for ssh --timeout 2m"],
  run: async (cli, flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch();
    const timeout = flags.timeout === undefined ? {} : { timeoutMs: flags.timeout };
    const { machine, stages, warnings } = await follow(
      cli,
      hutch.wait(name, { for: flags.for ?? "ready", ...timeout }),
    );
    await cli.print({
      data: { machine, stages, warnings },
      text: () =>
        table(
          ["NAME", "STAGE", "AFTER"],
          stages.map(({ stage, ms }) => [machine.name, stage, formatDuration(ms)]),
        ),
      names: [machine.name],
    });
    for (const warning of warnings) cli.warn(warning);
  },
});
