/** hutch's own settings: what holds and why, and the one change to the config file. Needs no libvirt. */
import { HutchError } from "../core/errors.ts";
import { nearNames } from "../core/near.ts";
import { SETTINGS, type SettingRow, settingRows } from "../core/settings.ts";
import { readConfig } from "../host/config.ts";
import { saidIn, withSetting } from "../host/config-write.ts";
import { chooseHome } from "../host/home.ts";
import { callerOf, pathsOf } from "../host/paths.ts";
import { readText, writeText } from "../host/text-file.ts";
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
  readConfig({ configFile: file });
  const rows = settingRows({
    env,
    file,
    said: saidIn(readText(file)),
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
  const list = key === "engine.registryMirrors" && value !== null;
  writeText(file, withSetting(readText(file), file, key, list ? value.split(",").map((url) => url.trim()) : value));
  const [row] = await settings({ env }, key);
  if (row === undefined) throw new Error(`The setting ${key} is in no row.`);
  return row;
}

/** E_USAGE, with what may have been meant. */
function assertSetting(key: string): void {
  if (Object.hasOwn(SETTINGS, key)) return;
  const keys = Object.keys(SETTINGS);
  throw new HutchError({
    code: "E_USAGE",
    message: `There is no setting "${key}".`,
    next: [...nearNames(key, keys).map((near) => `Did you mean "${near}"?`), `There are ${keys.join(", ")}`],
  });
}
