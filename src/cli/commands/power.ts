/** `start`, `stop`, `restart`. */
import { HutchError } from "../../core/errors.ts";
import { isActive } from "../../core/machine/status.ts";
import { READINESS } from "../../core/requests.ts";
import { shellWord } from "../../core/shell-word.ts";
import { parseDuration } from "../../core/units.ts";
import { chosenNames } from "../address-book.ts";
import { type Command, defineCommand } from "../command.ts";
import { oneOf, option, toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { POWER_JSON, printResults } from "../render/power-results.ts";

const OPERANDS = [{ syntax: "[names...]", text: "names or UUIDs", of: "vm" }] as const;

const FOREIGN = toggle("--foreign", "VMs that others made, too");

const STOP_FLAGS = {
  all: toggle("-a, --all", "every running VM that hutch made"),
  force: toggle("-f, --force", "cut the power instead of asking the guest"),
  timeout: option("--timeout <time>", "time for the guest to shut down (90s)", parseDuration),
  foreign: FOREIGN,
};

export const start: Command = defineCommand({
  operands: OPERANDS,
  flags: {
    all: toggle("-a, --all", "every stopped VM that hutch made"),
    waitFor: option("--wait-for <stage>", `return at ${READINESS.join(", ")}`, oneOf(READINESS)),
    timeout: option("--timeout <time>", "time to get there, as 90s or 10m", parseDuration),
    foreign: FOREIGN,
    autostart: toggle("--autostart", "those that have a place in the host's start, in that order (hutch autostart)"),
  },
  json: POWER_JSON,
  examples: ["hutch start web db", "hutch start --all", "hutch start web --wait-for ready"],
  run: async (cli, flags, { operands }) => {
    if (flags.autostart) {
      if (operands.length > 0 || flags.all) {
        throw new HutchError({
          code: "E_USAGE",
          message: "--autostart goes with neither names nor --all.",
          next: ["hutch start --autostart"],
        });
      }
      const { autostart } = await cli.hutch();
      await printResults(cli, await follow(cli, autostart.start()));
      return 0;
    }
    const names = await chosenNames(cli, operands, flags.all, ({ status }) => !isActive(status));
    const hutch = await cli.hutch();
    const { waitFor, timeout, foreign } = flags;
    const how = {
      ...(foreign ? { foreign } : {}),
      ...(waitFor === undefined ? {} : { waitFor }),
      ...(timeout === undefined ? {} : { timeoutMs: timeout }),
    };
    await printResults(cli, names.length === 0 ? [] : await follow(cli, hutch.start(names, how)));
    return 0;
  },
});

export const stop: Command = stopping("stop", ["hutch stop web", "hutch stop --all", "hutch stop web --force"]);
export const restart: Command = stopping("restart", ["hutch restart web", "hutch restart web --timeout 30s"]);

function stopping(verb: "stop" | "restart", examples: readonly string[]): Command {
  return defineCommand({
    operands: OPERANDS,
    flags: STOP_FLAGS,
    json: POWER_JSON,
    examples,
    run: async (cli, { all, force, timeout, foreign }, { operands }) => {
      const held: string[] = [];
      const names = await chosenNames(cli, operands, all, ({ name, status }) => {
        // One that cannot be asked would keep the rest of them running.
        if (status.power !== "paused" || force) return isActive(status);
        held.push(name);
        return false;
      });
      const hutch = await cli.hutch();
      const request = {
        names,
        ...(force ? { force } : {}),
        ...(foreign ? { foreign } : {}),
        ...(timeout === undefined ? {} : { timeoutMs: timeout }),
      };
      await printResults(cli, names.length === 0 ? [] : await follow(cli, hutch[verb](request)));
      for (const name of held)
        cli.warn(`${name} is paused, and is left so: hutch resume ${shellWord(name)}, or hutch ${verb} --all --force`);
    },
  });
}
