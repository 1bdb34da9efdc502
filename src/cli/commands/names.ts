/** `names enable`, `disable`, `status`: NAME.hutch on this host. */
import type { HostNames } from "../../core/host-names.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { pairs, table } from "../render/table.ts";

const ABOUT = { operands: [], flags: {}, json: "names: HostNames" } as const;

export const namesEnable: Command = defineCommand({
  ...ABOUT,
  examples: ["sudo hutch names enable"],
  notes:
    "Then web.hutch is the VM web, for every program of this host. It is a block of its own in the hosts file; no other line is touched. launch and purge by somebody who may write the file keep it current; run it again when status says that it is old.",
  run: async (cli) => {
    const hutch = await cli.hutch();
    await show(cli, await hutch.names.enable());
  },
});

export const namesDisable: Command = defineCommand({
  ...ABOUT,
  examples: ["sudo hutch names disable"],
  run: async (cli) => {
    const hutch = await cli.hutch();
    await show(cli, await hutch.names.disable());
  },
});

export const namesStatus: Command = defineCommand({
  ...ABOUT,
  examples: ["hutch names status"],
  run: async (cli) => {
    const hutch = await cli.hutch({ readonly: true });
    await show(cli, await hutch.names.status());
  },
});

async function show(cli: Cli, names: HostNames): Promise<void> {
  const { enabled, file, current, entries } = names;
  const facts = pairs([
    ["Enabled", enabled ? "yes" : "no"],
    ["File", file],
  ]);
  const rows = entries.map(({ name, address }) => [`${name}.hutch`, address]);
  await cli.print({
    data: { names },
    text: () => (enabled && rows.length > 0 ? `${facts}\n${table(["NAME", "ADDRESS"], rows)}` : facts),
    names: enabled ? entries.map(({ name }) => `${name}.hutch`) : [],
  });
  if (!current) cli.warn(`${file} is old: sudo hutch names enable`);
}
