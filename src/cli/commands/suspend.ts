/** `pause`, `resume`, `save`. */
import { chosenNames } from "../address-book.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { agreeToLose } from "../prompts.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";

const OPERANDS = [{ syntax: "[names...]", text: "names or UUIDs", of: "vm" }] as const;

export const pause: Command = holding("pause", "running", ["hutch pause web", "hutch pause --all"]);
export const resume: Command = holding("resume", "paused", ["hutch resume web", "hutch resume --all"]);

export const save: Command = defineCommand({
  operands: OPERANDS,
  flags: {
    all: toggle("-a, --all", "every running VM that hutch made"),
    discard: toggle("--discard", "throw away what was saved: the next start boots"),
  },
  json: POWER_JSON,
  examples: ["hutch save web", "hutch start web", "hutch save web --discard"],
  notes: "The memory goes to the host's disk and the VM is off; hutch start goes on where it was.",
  run: async (cli, { all, discard }, { operands }) => {
    const wanted = discard ? "saved" : "running";
    const names = await chosenNames(cli, operands, all, ({ status }) => status.power === wanted);
    const hutch = await cli.hutch();
    if (discard) {
      const losses = names.map((name) => ({ name, what: ["its saved memory, as after a power cut"] }));
      await agreeToLose(cli, "Throw away what was saved?", losses);
    }
    const begin = discard ? hutch.discardSaved : hutch.save;
    await printResults(cli, names.length === 0 ? [] : await follow(cli, begin(names)));
  },
});

function holding(verb: "pause" | "resume", from: "running" | "paused", examples: readonly string[]): Command {
  return defineCommand({
    operands: OPERANDS,
    flags: { all: toggle("-a, --all", `every ${from} VM that hutch made`) },
    json: POWER_JSON,
    examples,
    run: async (cli, { all }, { operands }) => {
      const names = await chosenNames(cli, operands, all, ({ status }) => status.power === from);
      const hutch = await cli.hutch();
      await printResults(cli, names.length === 0 ? [] : await follow(cli, hutch[verb](names)));
    },
  });
}
