/** `autostart enable`, `disable`, `status`: VMs back after a reboot of the host, in order. */
import { realpathSync } from "node:fs";
import type { BootOrder } from "../../core/surroundings.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { pairs, table } from "../render/table.ts";

const ABOUT = { operands: [], flags: {}, json: "autostart: BootOrder" } as const;

export const autostartEnable: Command = defineCommand({
  ...ABOUT,
  examples: ["sudo hutch autostart enable", "hutch autostart enable -c qemu:///session"],
  notes:
    "Writes a systemd unit that runs hutch start --autostart when the host starts. VMs without a place in the order are started by libvirt itself and need no unit. In a session it is a unit of the user's own systemd, which runs without a log-in only after loginctl enable-linger.",
  run: async (cli) => {
    const hutch = await cli.hutch();
    const self = process.argv[1] ?? "";
    await show(cli, await hutch.autostart.enable([process.execPath, realpathSync(self)]));
  },
});

export const autostartDisable: Command = defineCommand({
  ...ABOUT,
  examples: ["sudo hutch autostart disable"],
  run: async (cli) => {
    const hutch = await cli.hutch();
    await show(cli, await hutch.autostart.disable());
  },
});

export const autostartStatus: Command = defineCommand({
  ...ABOUT,
  examples: ["hutch autostart status"],
  run: async (cli) => {
    const hutch = await cli.hutch({ readonly: true });
    await show(cli, await hutch.autostart.status());
  },
});

async function show(cli: Cli, autostart: BootOrder): Promise<void> {
  const { enabled, unit, order, notes } = autostart;
  const rows = order.map(({ name, place, delaySeconds }) => [name, `${place}`, `${delaySeconds} s`]);
  await cli.print({
    data: { autostart },
    text: () =>
      `${pairs([
        ["Enabled", enabled ? "yes" : "no"],
        ["Unit", unit],
      ])}${rows.length === 0 ? "" : `\n${table(["NAME", "PLACE", "THEN WAITS"], rows)}`}`,
    names: order.map(({ name }) => name),
  });
  if (enabled) for (const note of notes) cli.warn(note);
}
