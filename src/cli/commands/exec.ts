/** `exec`: one command in a VM, its argv word for word, its exit code passed through. */
import { EXIT_CODES, HutchError } from "../../core/errors.ts";
import { leavingSignals } from "../child-signals.ts";
import { type Command, defineCommand } from "../command.ts";

export const exec: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID; then -- and the command", of: "vm" }],
  flags: {},
  examples: ["hutch exec web -- uname -a", "hutch exec web -- docker ps", "echo hello | hutch exec web -- cat"],
  notes: "Everything after -- is the command. Its exit code is passed through; 125 says that it was not run.",
  rest: true,
  failsWith: EXIT_CODES.E_EXEC,
  run: async (cli, _flags, { operands: [name = "", ...more], rest }) => {
    if (rest === null || rest.length === 0) {
      throw new HutchError({
        code: "E_USAGE",
        message: "There is no command to run.",
        why: "It goes after --, so that its own flags are not taken for hutch's.",
        next: [`hutch exec ${[name, "--", ...(more.length === 0 ? ["uname", "-a"] : more)].join(" ")}`],
      });
    }
    const hutch = await cli.hutch({ readonly: true });
    const { stdin, stdout } = cli.terminal;
    const tty = stdin.isTTY && stdout.isTTY === true;
    return leavingSignals(cli, (signal) => hutch.exec(name, rest, { stdio: "inherit", tty, signal }));
  },
});
