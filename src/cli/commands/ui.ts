/** `hutch ui`: the terminal UI, with a say in how. */
import { HutchError } from "../../core/errors.ts";
import { type Command, defineCommand } from "../command.ts";
import { oneOf, option, toggle } from "../flags.ts";
import { STATUS_JSON, status } from "./status.ts";

export const ui: Command = defineCommand({
  operands: [],
  flags: {
    demo: toggle("--demo", "look around in a simulated fleet of forty VMs; nothing of this host is touched"),
    readonly: toggle("--readonly", "look only"),
    ascii: toggle("--ascii", "draw with plain ASCII"),
    theme: option("--theme <theme>", "dark or light (as the terminal's background says)", oneOf(["dark", "light"])),
    noMouse: toggle("--no-mouse", "leave the mouse to the terminal"),
    screenReader: toggle("--screen-reader", "sentences instead of a picture, and a line to type at"),
  },
  json: STATUS_JSON,
  examples: ["hutch ui", "hutch ui --demo", "hutch ui --screen-reader", "hutch -c nas ui"],
  notes:
    "It opens every host of hutch host ls, or the one of --connect. Inside, ? shows every key and : takes any command. Without a terminal it prints how things stand, as `hutch` does; the demo needs one.",
  run: async (cli, { demo, readonly, ascii, theme, noMouse, screenReader }) => {
    if (!cli.hasScreen && !(screenReader && cli.interactive)) {
      if (demo) throw noScreen();
      return status(cli);
    }
    const { noColor, connect: uri } = cli.globals;
    return cli.terminal.ui({
      demo,
      readonly,
      ascii: ascii ? true : undefined,
      noColor,
      theme,
      mouse: !noMouse,
      screenReader,
      uri,
    });
  },
});

/** How things stand with VMs that are simulated is of no use, and with this host's it is not what was asked for. */
function noScreen(): HutchError {
  return new HutchError({ code: "E_USAGE", message: "ui --demo needs a terminal.", next: ["hutch list"] });
}
