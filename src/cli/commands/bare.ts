/** `hutch` alone: the terminal UI; without a terminal how things stand, and where to go from here. */
import { type Command, defineCommand } from "../command.ts";
import { STATUS_JSON, status } from "./status.ts";

export const bare: Command = defineCommand({
  operands: [],
  flags: {},
  json: STATUS_JSON,
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
