/** `nic ls`, `nic add`, `nic rm`: network cards beside the first. */
import type { CardResult } from "../../core/network-cards.ts";
import { parseNetwork } from "../../core/network-syntax.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { follow } from "../progress/follow.ts";
import { CARD_STATES } from "../render/card-states.ts";
import { table } from "../render/table.ts";

const NAME = { syntax: "<name>", text: "a VM's name or UUID", of: "vm" } as const;

export const nicList: Command = defineCommand({
  operands: [NAME],
  flags: {},
  json: "cards: CardRow[]",
  examples: ["hutch nic ls web"],
  run: async (cli, _flags, { operands: [name = ""] }) => {
    const hutch = await cli.hutch({ readonly: true });
    const cards = await hutch.nics.list(name);
    await cli.print({
      data: { cards },
      text: (columns) =>
        table(
          ["CARD", "MAC", "ON", "NOTE"],
          cards.map(({ index, mac, kind, source, state }) => [
            `${index}`,
            mac,
            [kind, source].filter(Boolean).join(" "),
            CARD_STATES[state],
          ]),
          { columns },
        ),
      names: cards.map(({ mac }) => mac),
    });
  },
});

export const nicAdd: Command = defineCommand({
  operands: [NAME, { syntax: "<network>", text: "a network's name, or as launch has it: bridge=br0", of: "network" }],
  flags: {},
  json: "card: CardResult",
  examples: ["hutch nic add web lab", "hutch nic add web bridge=br0"],
  notes: "A running VM gets it at once where it has a place for it. No address is kept for it.",
  run: async (cli, _flags, { operands: [name = "", word = ""] }) => {
    const network = parseNetwork(/^(default|user|.*[=,].*)$/.test(word) ? word : `network=${word}`, "nic add");
    const hutch = await cli.hutch();
    await printCard(cli, "plugged in", await follow(cli, hutch.nics.add(name, network)));
  },
});

export const nicRemove: Command = defineCommand({
  operands: [NAME, { syntax: "<card>", text: "its MAC or its number, as nic ls shows them" }],
  flags: {},
  json: "card: CardResult",
  examples: ["hutch nic rm web 2", "hutch nic rm web 52:54:00:1a:2b:3c"],
  notes: "The first card stays: hutch reaches the VM by it.",
  run: async (cli, _flags, { operands: [name = "", which = ""] }) => {
    const hutch = await cli.hutch();
    await printCard(cli, "taken out", await follow(cli, hutch.nics.remove(name, which)));
  },
});

async function printCard(cli: Cli, verb: string, card: CardResult): Promise<void> {
  await cli.print({
    data: { card },
    text: () => `${card.name}: ${card.mac} ${verb}\n`,
    names: [card.mac],
  });
  for (const warning of card.warnings) cli.warn(warning);
}
