/** Hosts that may be meant: those that have names, this one's libvirt, those that were said before, and those that ssh knows. Asks none of them. */
import { join } from "node:path";
import type { SuggestedHost } from "../core/hosts.ts";
import { sshHostsIn } from "../core/ssh-hosts.ts";
import { readConfig } from "../host/config.ts";
import { SESSION, SYSTEM } from "../host/home.ts";
import { callerOf, pathsOf } from "../host/paths.ts";
import { readText } from "../host/text-file.ts";
import { type SettingsOptions, settings } from "./settings.ts";

/** Each once, those with names first. E_INVALID for a config file that cannot be read. */
export async function suggestHosts({
  env = process.env,
}: Pick<SettingsOptions, "env"> = {}): Promise<readonly SuggestedHost[]> {
  const caller = callerOf(env);
  const named = Object.entries(readConfig(pathsOf(env, caller)).hosts ?? {});
  const [connect] = await settings({ env }, "connect");
  const said = (connect?.places ?? []).flatMap(({ place, value }) =>
    value === null ? [] : [{ name: value, text: place }],
  );
  const hosts: readonly SuggestedHost[] = [
    ...named.map(([name, uri]) => ({ name, text: uri })),
    { name: SYSTEM, text: "this host's" },
    ...(caller.uid === 0 ? [] : [{ name: SESSION, text: "your own, without root" }]),
    ...said,
    ...sshHostsIn(readText(join(env["HOME"] ?? caller.home, ".ssh", "config"))).map((host) => ({
      name: `qemu+ssh://${host}/system`,
      text: "by ssh",
    })),
  ];
  return hosts.filter(({ name }, index) => hosts.findIndex((each) => each.name === name) === index);
}
