/** `display`: how to look at a VM's screen. */
import { type Command, defineCommand } from "../command.ts";

export const display: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID", of: "vm" }],
  flags: {},
  json: "display: DisplayInfo",
  examples: ["hutch launch --name desk --display", "hutch display desk", "hutch set web display=on"],
  notes:
    "It listens on 127.0.0.1 of the VM's host and asks for no password. Open what is printed with a viewer: remote-viewer, vncviewer, Remmina. From another machine, run the ssh line there first.",
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const found = await hutch.display(name);
    await cli.print({
      data: { display: found },
      text: () => `${[found.tunnel, found.url].filter((line) => line !== null).join("\n")}\n`,
      names: [found.url],
    });
  },
});
