/** The names of hosts in the config file, and which of them is the default. Needs no libvirt. */
import { HutchError } from "../core/errors.ts";
import { checkHostName, type HostBook } from "../core/hosts.ts";
import { nearNames } from "../core/near.ts";
import { readConfig } from "../host/config.ts";
import { withSetting } from "../host/config-write.ts";
import { assertUri, chooseHome } from "../host/home.ts";
import { callerOf, pathsOf } from "../host/paths.ts";
import { readText, writeText } from "../host/text-file.ts";
import { type SettingsOptions, settings } from "./settings.ts";

export { hasOwnLibvirt } from "../host/own-libvirt.ts";

/** E_INVALID for a config file that cannot be read, E_USAGE where what is asked for is no host. */
export async function hostBook(options: SettingsOptions = {}): Promise<HostBook> {
  const { env = process.env, uri } = options;
  const caller = callerOf(env);
  const { connect: configured, hosts = {} } = readConfig(pathsOf(env, caller));
  const home = chooseHome({ uri, configured, hosts, env, uid: caller.uid, groups: caller.groups });
  const [said] = await settings(options, "connect");
  const byName = said?.value != null && Object.hasOwn(hosts, said.value) ? said.value : null;
  return {
    hosts: Object.entries(hosts).map(([name, at]) => ({
      name,
      uri: at,
      isDefault: byName === null ? at === home.uri : name === byName,
    })),
    defaultUri: home.uri,
    defaultFrom: said?.from ?? "default",
  };
}

/** E_USAGE for a name or URI that cannot be, E_CONFLICT when the name stands for another host. */
export async function addHost(name: string, uri: string, options: SettingsOptions = {}): Promise<HostBook> {
  const wrong = checkHostName(name);
  if (wrong !== null) {
    throw new HutchError({
      code: "E_USAGE",
      message: `"${name}" cannot be the name of a host.`,
      why: wrong,
      next: ["hutch host add nas qemu+ssh://user@nas/system"],
    });
  }
  assertUri(uri);
  const there = namedIn(options)[name];
  if (there !== undefined && there !== uri) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${name} is ${there} already.`,
      next: [`hutch host rm ${name}`, `hutch host add OTHER ${uri}`],
    });
  }
  return write(`hosts.${name}`, uri, options);
}

/** Makes it the default. E_NOT_FOUND. */
export async function useHost(name: string, options: SettingsOptions = {}): Promise<HostBook> {
  assertThere(name, options);
  return write("connect", name, options);
}

/** Its name only: nothing on the host changes. E_NOT_FOUND, E_CONFLICT for the default, so that no other host silently takes its place. */
export async function removeHost(name: string, options: SettingsOptions = {}): Promise<HostBook> {
  assertThere(name, options);
  const { configFile } = pathsOf(options.env ?? process.env, callerOf(options.env ?? process.env));
  if (readConfig({ configFile }).connect === name) {
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${name} is the default host.`,
      why: "Commands that name no host would go to another one.",
      next: ["hutch host use OTHER", "hutch config set connect --unset"],
    });
  }
  return write(`hosts.${name}`, null, options);
}

function write(key: string, value: string | null, options: SettingsOptions): Promise<HostBook> {
  const { env = process.env } = options;
  const { configFile: file } = pathsOf(env, callerOf(env));
  writeText(file, withSetting(readText(file), file, key, value));
  return hostBook(options);
}

function namedIn({ env = process.env }: SettingsOptions): Readonly<Record<string, string>> {
  return readConfig(pathsOf(env, callerOf(env))).hosts ?? {};
}

function assertThere(name: string, options: SettingsOptions): void {
  const hosts = namedIn(options);
  if (Object.hasOwn(hosts, name)) return;
  throw new HutchError({
    code: "E_NOT_FOUND",
    message: `There is no host "${name}".`,
    next: [
      ...nearNames(name, Object.keys(hosts)).map((near) => `Did you mean "${near}"?`),
      "hutch host ls",
      `hutch host add ${name} qemu+ssh://user@host/system`,
    ],
  });
}
