/** The host keys of VMs, known from before their first boot: one small file a VM, under a name that its address does not change. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Paths } from "../paths.ts";

type KnownHosts = Pick<Paths, "knownHosts">;

/** The name that ssh looks the key up by. */
export function hostAlias(uuid: string): string {
  return `hutch-${uuid}`;
}

export function knownHostsFile({ knownHosts }: KnownHosts, uuid: string): string {
  return join(knownHosts, uuid);
}

/** `publicKey` as `ssh-ed25519 AAAA…`; takes the place of one known before. */
export async function rememberHost(paths: KnownHosts, uuid: string, publicKey: string): Promise<void> {
  mkdirSync(paths.knownHosts, { recursive: true, mode: 0o700 });
  const file = knownHostsFile(paths, uuid);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${hostAlias(uuid)} ${publicKey}\n`, { mode: 0o600 });
  renameSync(fresh, file);
}

/** Not known is no failure. */
export async function forgetHost(paths: KnownHosts, uuid: string): Promise<void> {
  rmSync(knownHostsFile(paths, uuid), { force: true });
}
