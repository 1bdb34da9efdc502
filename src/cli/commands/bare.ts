/** `hutch` alone: the terminal UI; without a terminal how things stand, and where to go from here. */
import { asHutchError } from "../../core/errors.ts";
import { isActive } from "../../core/machine/status.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { plain } from "../render/plain.ts";
import { isTrashed } from "./list.ts";

export const bare: Command = defineCommand({
  operands: [],
  flags: {},
  json: "uri: string; machines: number; running: number; trashed: number",
  examples: ["hutch --help"],
  run: async (cli) => {
    if (!cli.hasScreen) return status(cli);
    const { noColor, connect: uri } = cli.globals;
    return cli.terminal.ui({
      demo: false,
      readonly: false,
      ascii: undefined,
      noColor,
      theme: undefined,
      mouse: true,
      screenReader: false,
      uri,
    });
  },
});

/** Where nobody looks at a screen: a line of what there is. Never fails: what is wrong is said. */
export async function status(cli: Cli): Promise<number> {
  try {
    const hutch = await cli.hutch({ readonly: true });
    const machines = await hutch.list();
    const trashed = machines.filter(isTrashed).length;
    const running = machines.filter(({ status }) => isActive(status)).length;
    const living = machines.length - trashed;
    await cli.print({
      data: { uri: hutch.uri, machines: living, running, trashed },
      text: () => `${living === 1 ? "1 VM" : `${living} VMs`}, ${running} running, at ${plain(hutch.uri)}\n`,
      names: [],
    });
    cli.say(living === 0 ? "Make one: hutch launch --name web --engine docker" : "See them: hutch list");
  } catch (error) {
    const { message, next } = asHutchError(error);
    cli.say(`${plain(message)}${next.map((text) => `\n  → ${plain(text)}`).join("")}`);
  }
  cli.say("All commands: hutch --help");
  return 0;
}
