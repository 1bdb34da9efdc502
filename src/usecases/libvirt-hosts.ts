/** Hosts whose libvirt may be meant: this one's, those that were named before, and those that ssh knows. Asks none of them. */
import { join } from "node:path";
import { sshHostsIn } from "../core/ssh-hosts.ts";
import type { LibvirtHost } from "../core/surroundings.ts";
import { SESSION, SYSTEM } from "../host/home.ts";
import { callerOf } from "../host/paths.ts";
import { readText } from "../host/text-file.ts";
import { type SettingsOptions, settings } from "./settings.ts";

/** Each once, this host's first. */
export async function libvirtHosts({
  env = process.env,
}: Pick<SettingsOptions, "env"> = {}): Promise<readonly LibvirtHost[]> {
  const { home, uid } = callerOf(env);
  const [connect] = await settings({ env }, "connect");
  const said = (connect?.places ?? []).flatMap(({ place, value }) =>
    value === null ? [] : [{ uri: value, text: place }],
  );
  const hosts: readonly LibvirtHost[] = [
    { uri: SYSTEM, text: "this host's" },
    ...(uid === 0 ? [] : [{ uri: SESSION, text: "your own, without root" }]),
    ...said,
    ...sshHostsIn(readText(join(env["HOME"] ?? home, ".ssh", "config"))).map((host) => ({
      uri: `qemu+ssh://${host}/system`,
      text: "by ssh",
    })),
  ];
  return hosts.filter(({ uri }, index) => hosts.findIndex((each) => each.uri === uri) === index);
}
