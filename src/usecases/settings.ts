/** hutch's own settings: what holds and why, and the one change to the config file. Needs no libvirt. */
import { HutchError } from "../core/errors.ts";
import { nearNames } from "../core/near.ts";
import { isList, isSetting, SETTING_KEYS, SETTINGS, type SettingRow, settingRows } from "../core/settings.ts";
import type { UiSettings } from "../core/ui-settings.ts";
import { readConfig } from "../host/config.ts";
import { saidIn, withSetting } from "../host/config-write.ts";
import { chooseHome } from "../host/home.ts";
import { callerOf, pathsOf } from "../host/paths.ts";
import { readText, watchText, writeText } from "../host/text-file.ts";
import { parseUiConfig } from "../host/ui-config.ts";
import type { Env } from "./context.ts";

export type SettingsOptions = {
  /** The libvirt asked for on the command line. */
  readonly uri?: string;
  readonly env?: Env;
};

/** Every setting, or one. E_USAGE for a key that there is none of, E_INVALID for a config file that cannot be read. */
export async function settings(
  { uri, env = process.env }: SettingsOptions,
  key?: string,
): Promise<readonly SettingRow[]> {
  if (key !== undefined) assertSetting(key);
  const caller = callerOf(env);
  const { configFile: file } = pathsOf(env, caller);
  const { mirrors = {} } = readConfig({ configFile: file });
  const text = readText(file);
  const said = saidIn(text);
  const mirrored = Object.keys(mirrors).map((name) => `images.mirrors.${name}`);
  const named = [...mirrored, ...namedIn(parseUiConfig(text, file)).filter((each) => said(each) !== null)];
  const rows = settingRows({
    env,
    file,
    named: key === undefined || Object.hasOwn(SETTINGS, key) || named.includes(key) ? named : [key],
    said,
    flags: uri === undefined ? {} : { connect: uri },
    defaults: { connect: chooseHome({ env: {}, uid: caller.uid, groups: caller.groups }).uri },
  });
  return key === undefined ? rows : rows.filter((row) => row.key === key);
}

/** `value: null` takes the setting out of the file. E_USAGE for a key or value that cannot be; what is in the file stays. */
export async function changeSetting(
  key: string,
  value: string | null,
  { env = process.env }: SettingsOptions,
): Promise<SettingRow> {
  assertSetting(key);
  const { configFile: file } = pathsOf(env, callerOf(env));
  const list = isList(key) ? value?.split(",").map((each) => each.trim()) : undefined;
  writeText(file, withSetting(readText(file), file, key, list ?? value));
  const [row] = await settings({ env }, key);
  if (row === undefined) throw new Error(`The setting ${key} is in no row.`);
  return row;
}

/** Until what this returns is called. */
export function watchSettings(changed: () => void, { env = process.env }: Pick<SettingsOptions, "env">): () => void {
  return watchText(pathsOf(env, callerOf(env)).configFile, changed);
}

/** What the config file says of the terminal UI and of views. E_INVALID for a file that cannot be understood. */
export async function uiSettings({ env = process.env }: Pick<SettingsOptions, "env">): Promise<UiSettings> {
  const { configFile: file } = pathsOf(env, callerOf(env));
  return parseUiConfig(readText(file), file);
}

function namedIn({ keys, views }: UiSettings): readonly string[] {
  return [
    ...Object.keys(keys).map((id) => `ui.keys.${id}`),
    ...Object.keys(views).flatMap((name) => ["filter", "sort", "columns"].map((part) => `views.${name}.${part}`)),
  ];
}

/** E_USAGE, with what may have been meant. */
function assertSetting(key: string): void {
  if (isSetting(key)) return;
  const keys = SETTING_KEYS;
  throw new HutchError({
    code: "E_USAGE",
    message: `There is no setting "${key}".`,
    next: [...nearNames(key, keys).map((near) => `Did you mean "${near}"?`), `There are ${keys.join(", ")}`],
  });
}
