/** hutch's own settings, as the library has them. Loaded when they are asked for; none of it needs libvirt. */
import type { SettingRow } from "./core/settings.ts";
import type { UiSettings } from "./core/ui-settings.ts";
import type { ConnectOptions } from "./hutch.ts";

/** What holds, and which of flag, environment and file won. E_USAGE for a key that there is none of. */
export async function settings(
  options: Pick<ConnectOptions, "uri" | "env"> = {},
  key?: string,
): Promise<readonly SettingRow[]> {
  return (await import("./usecases/settings.ts")).settings(options, key);
}

/** What the config file says of the terminal UI and of saved views. E_INVALID for a file that cannot be understood. */
export async function uiSettings(options: Pick<ConnectOptions, "env"> = {}): Promise<UiSettings> {
  return (await import("./usecases/settings.ts")).uiSettings(options);
}

/** Calls `changed` within a few seconds after the config file has become another one, until what this returns is called. */
export function watchSettings(changed: () => void, options: Pick<ConnectOptions, "env"> = {}): () => void {
  let stop: (() => void) | null = null;
  let left = false;
  void import("./usecases/settings.ts").then(({ watchSettings: watch }) => {
    if (!left) stop = watch(changed, options);
  });
  return () => {
    left = true;
    stop?.();
  };
}

/** Writes one setting into the config file, or with null takes it out; everything else in the file stays as it is. */
export async function changeSetting(
  key: string,
  value: string | null,
  options: Pick<ConnectOptions, "env"> = {},
): Promise<SettingRow> {
  return (await import("./usecases/settings.ts")).changeSetting(key, value, options);
}
