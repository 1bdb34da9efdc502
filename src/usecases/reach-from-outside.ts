/** What lets other programs into VMs as hutch gets in: ssh's configuration, and an inventory for Ansible. */
import { existsSync } from "node:fs";
import type { Inventory, SshConfig } from "../core/enter.ts";
import { listMachines } from "../host/machines.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { ansibleInventory } from "../host/ssh/inventory.ts";
import {
  canBeHost,
  hostBlock,
  installConfig,
  removeConfig,
  type UserConfig,
  userConfigOf,
} from "../host/ssh/user-config.ts";
import type { Context } from "./context.ts";
import { type OwnedMachine, sshTargetOf } from "./guest.ts";

type Host = { readonly machine: OwnedMachine; readonly target: SshTarget };
type Hosts = { readonly hosts: readonly Host[]; readonly left: SshConfig["left"] };

/** The lines for ssh, as they are now; changes nothing. */
export async function sshConfig(ctx: Context): Promise<SshConfig> {
  const { hosts, left } = await reachableHosts(ctx);
  const { file } = placeOf(ctx);
  const text = hosts.map(({ target }) => `${hostBlock(ctx.paths, target)}\n`).join("\n");
  return {
    text,
    hosts: hosts.map(({ target }) => target.name),
    left,
    file: existsSync(file) ? file : null,
  };
}

/** Into a file of hutch's own, with one Include line in the user's configuration; from then on it is kept true. */
export async function installSshConfig(ctx: Context): Promise<SshConfig> {
  const config = await sshConfig(ctx);
  const place = placeOf(ctx);
  installConfig(place, headed(config.text), true);
  return { ...config, file: place.file };
}

/** Takes file and line away again. Resolves to whether there was anything. */
export async function removeSshConfig(ctx: Context): Promise<boolean> {
  return removeConfig(placeOf(ctx));
}

/** Once installed: written anew after whatever may have changed addresses. */
export async function keepSshConfig(ctx: Context): Promise<void> {
  const place = placeOf(ctx);
  if (existsSync(place.file)) installConfig(place, headed((await sshConfig(ctx)).text), false);
}

export async function inventory(ctx: Context): Promise<Inventory> {
  const { hosts, left } = await reachableHosts(ctx);
  const text = ansibleInventory(
    ctx.paths,
    hosts.map(({ machine, target }) => ({ target, record: machine.record })),
  );
  return { text, hosts: hosts.map(({ target }) => target.name), left };
}

function placeOf(ctx: Context): UserConfig {
  const home = ctx.env["HOME"];
  return userConfigOf(ctx.paths, home?.startsWith("/") ? home : ctx.caller.home, ctx.home.uri);
}

function headed(text: string): string {
  return `# Written by hutch, and again whenever something changes: do not edit.\n\n${text}`;
}

async function reachableHosts(ctx: Context): Promise<Hosts> {
  const hosts: Host[] = [];
  const left: { name: string; why: string }[] = [];
  for (const machine of await listMachines(ctx.client)) {
    const { record, name } = machine;
    if (record?.state === "trashed" || record?.state === "making") continue;
    if (record === null) left.push({ name, why: "it was not made by hutch" });
    else if (!canBeHost(name)) left.push({ name, why: "its name cannot be a host's in ssh" });
    else {
      const owned = { ...machine, record };
      const target = await sshTargetOf(ctx, owned);
      if (target === null) left.push({ name, why: "it has no address yet" });
      else hosts.push({ machine: owned, target });
    }
  }
  return { hosts, left };
}
