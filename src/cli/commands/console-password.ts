/** `console-password`: a way to log in at a VM's serial console. */
import { type Command, defineCommand } from "../command.ts";
import { pairs } from "../render/table.ts";

export const consolePassword: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID", of: "vm" }],
  flags: {},
  json: "login: ConsolePassword",
  examples: ["hutch console-password web", "hutch console web"],
  notes:
    "Makes a new password for the login user and shows it once: nothing keeps it, the guest gets only its hash. It is for the console; ssh takes no passwords.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const login = await hutch.consolePassword(name);
    await cli.print({
      data: { login },
      text: () =>
        pairs([
          ["User", login.user],
          ["Password", login.password],
        ]),
      names: [login.password],
    });
    cli.say("This is the only time that it is shown.");
  },
});
