/** `config get`, `set`, `explain`: hutch's own settings. */
import { HutchError } from "../../core/errors.ts";
import type { SettingRow } from "../../core/settings.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";
import { plain } from "../render/plain.ts";
import { pairs, table } from "../render/table.ts";
import { required } from "../required.ts";

const ONE_OR_ALL = [{ syntax: "[key]", text: "a setting; all of them when none is given", of: "setting" }] as const;

export const configGet: Command = defineCommand({
  operands: ONE_OR_ALL,
  flags: {},
  json: "settings: SettingRow[]",
  examples: ["hutch config get", "hutch config get image"],
  notes: "One setting is printed as its bare value, for scripts.",
  run: async (cli, _flags, { operands: [key] }) => {
    const settings = await chosen(cli, key);
    await cli.print({
      data: { settings },
      text: () =>
        key === undefined
          ? table(
              ["SETTING", "VALUE", "FROM"],
              settings.map((row) => [row.key, row.value ?? "", row.from]),
            )
          : settings.map(({ value }) => `${plain(value ?? "")}\n`).join(""),
      names: settings.map((row) => row.key),
    });
  },
});

export const configExplain: Command = defineCommand({
  operands: ONE_OR_ALL,
  flags: {},
  json: "settings: SettingRow[]",
  examples: ["hutch config explain connect", "HUTCH_CONNECT=test:///default hutch config explain connect"],
  notes: "The strongest place comes first; the first that says something wins.",
  run: async (cli, _flags, { operands: [key] }) => {
    const settings = await chosen(cli, key);
    await cli.print({
      data: { settings },
      text: () => settings.map(explained).join("\n"),
      names: settings.map((row) => row.key),
    });
  },
});

const VALUE = { syntax: "<value>", text: "its value; a list has commas" } as const;

export const configSet: Command = defineCommand({
  operands: [
    { syntax: "<key>", text: "a setting", of: "setting" },
    { ...VALUE, syntax: "[value]", of: "setting-value" },
  ],
  flags: { unset: toggle("--unset", "take it out of the file instead") },
  json: "setting: SettingRow",
  examples: [
    "hutch config set image debian-12",
    "hutch config set engine.mirror aliyun",
    "hutch config set image --unset",
    "hutch config set ui.keys.vm.stop ctrl-s",
    "hutch config set views.prod.filter 'state=running tag=prod'",
  ],
  notes:
    "Only this setting changes in the file; its comments stay. docs/keys.md has every action of the terminal UI, and how keys are written.",
  run: async (cli, { unset }, { operands: [key = "", given] }) => {
    const next = [`hutch config set ${key} VALUE`, `hutch config set ${key} --unset`];
    if (unset && given !== undefined)
      throw new HutchError({ code: "E_USAGE", message: "A value and --unset do not go together.", next });
    const [value] = unset || given !== undefined ? [given] : await required(cli, [VALUE], { next });
    const library = await cli.terminal.library();
    if (value !== undefined) await assertKeys(cli, key, value);
    const setting = await library.changeSetting(key, value ?? null, cli.host);
    await cli.print({ data: { setting }, text: () => "", names: [setting.key] });
    const { places, from } = setting;
    const inFile = places.find(({ value: said, place }) => said !== null && place.startsWith("/"));
    cli.say(
      inFile === undefined || inFile.place === from || unset
        ? `${key} is ${plain(setting.value ?? "")} (from ${plain(from)}).`
        : `${key} is set in ${plain(inFile.place)}, but ${plain(from)} wins: ${plain(setting.value ?? "")}.`,
    );
  },
});

/** E_USAGE for keys of the terminal UI that cannot be: which actions and keys there are only that knows. */
async function assertKeys(cli: Cli, key: string, value: string): Promise<void> {
  if (!key.startsWith("ui.keys.")) return;
  const id = key.slice("ui.keys.".length);
  const names = value.split(",").map((each) => each.trim());
  const { keys } = await (await cli.terminal.library()).uiSettings(cli.host);
  const faults = await cli.terminal.keyFaults({ ...keys, [id]: names.filter((name) => name !== "none") });
  const fault = faults.find((each) => each.id === id);
  if (fault !== undefined) throw new HutchError({ code: "E_USAGE", message: fault.message, next: fault.next });
}

async function chosen(cli: Cli, key: string | undefined): Promise<readonly SettingRow[]> {
  const library = await cli.terminal.library();
  return library.settings(cli.host, key);
}

function explained({ key, text, places, from }: SettingRow): string {
  const rows = places.map(({ place, value }): readonly [string, string] => [
    `${place === from ? "→" : " "} ${place}`,
    value ?? "",
  ]);
  return `${key}: ${text}\n${pairs(rows)}`;
}
