/** `set`: change a VM that is there, having said what that means. */
import { shellWord } from "../../core/shell-word.ts";
import type { SettingChange } from "../../core/vm-settings.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { follow } from "../progress/follow.ts";
import { table } from "../render/table.ts";
import { SETTINGS, settingsIn } from "../settings-words.ts";

export const set: Command = defineCommand({
  operands: [
    { syntax: "<name>", text: "a VM's name or UUID", of: "vm" },
    { syntax: "<settings...>", text: `key=value: ${Object.keys(SETTINGS).join(", ")}` },
  ],
  flags: { dryRun: toggle("--dry-run", "only tell what would change, and when it would count") },
  json: "name: string; changes: SettingChange[]; warnings: string[]",
  examples: [
    "hutch set web cpus=4 memory=8G",
    "hutch set web disk=40G --dry-run",
    "hutch set db protect=on tags=prod,db description='the one with the data'",
    "hutch set db autostart=on order=1 delay=30s",
    "hutch set web publish=8080:80,8443:443",
  ],
  notes:
    "A running VM gets at once what its hypervisor can give it; the rest counts from its next start on. A disk grows, and never shrinks; hutch takes a snapshot first.",
  run: async (cli, { dryRun }, { operands: [name = "", ...words] }) => {
    const settings = settingsIn(words);
    const hutch = await cli.hutch();
    const plan = await hutch.planSet(name, settings);
    if (!dryRun) for (const change of plan.changes) cli.say(sentence(change));
    const { changes, warnings } =
      dryRun || plan.changes.length === 0 ? { ...plan, warnings: [] } : await follow(cli, hutch.set(name, settings));
    await cli.print({
      data: { name: plan.name, changes, warnings },
      text: (columns) =>
        changes.length === 0
          ? `${plan.name}: nothing to change\n`
          : table(
              ["SETTING", "FROM", "TO", "COUNTS", "NOTE"],
              changes.map(({ setting, from, to, when, note }) => [setting, from, to, counts(when), note]),
              { columns },
            ),
      names: [plan.name],
    });
    for (const warning of warnings) cli.warn(warning);
    if (!dryRun && changes.some(({ when }) => when === "restart"))
      cli.say(`For the rest: hutch restart ${shellWord(plan.name)}`);
    return undefined;
  },
});

function sentence({ setting, from, to, when, note }: SettingChange): string {
  const what = `${setting}: ${from === "" ? "none" : from} -> ${to === "" ? "none" : to}, ${counts(when)}.`;
  return note === "" ? what : `${what} ${note}`;
}

function counts(when: SettingChange["when"]): string {
  return when === "now" ? "now" : "at its next start";
}
