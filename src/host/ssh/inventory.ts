/** An inventory for Ansible: each VM with its pinned host key, its tags as groups. */
import { stringify } from "yaml";
import type { MachineRecord } from "../../core/machine/record.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { Paths } from "../paths.ts";
import { type SshTarget, trustSettings } from "./command.ts";

type SshPaths = Pick<Paths, "sshKey" | "knownHosts" | "sshControl">;

export type InventoryHost = { readonly target: SshTarget; readonly record: MachineRecord };

/** Names that Ansible has for itself. */
const TAKEN = new Set(["all", "ungrouped", "localhost"]);

export function ansibleInventory(paths: SshPaths, hosts: readonly InventoryHost[]): string {
  const names = new Set(hosts.map(({ target }) => target.name));
  const groups = new Map<string, Set<string>>();
  for (const { target, record } of hosts) {
    for (const tag of record.tags) {
      const group = groupName(tag, names);
      groups.set(group, (groups.get(group) ?? new Set()).add(target.name));
    }
  }
  const children = [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, members]) => [group, { hosts: Object.fromEntries([...members].map((name) => [name, {}])) }]);
  return stringify({
    all: {
      hosts: Object.fromEntries(hosts.map((host) => [host.target.name, variables(paths, host)])),
      ...(children.length === 0 ? {} : { children: Object.fromEntries(children) }),
    },
  });
}

function variables(paths: SshPaths, { target, record }: InventoryHost): Readonly<Record<string, unknown>> {
  const settings = trustSettings(paths, target).map(([name, value]) => `-o ${shellWord(`${name}=${value}`)}`);
  return {
    ansible_host: target.host,
    ansible_port: target.port,
    ansible_user: target.user,
    ansible_ssh_common_args: ["-F none", ...settings].join(" "),
    hutch_uuid: target.uuid,
    hutch_image: record.image?.name ?? record.spec.image,
    hutch_engine: record.engine?.name ?? null,
  };
}

/** Ansible's groups are identifiers, and share one space of names with its hosts. */
function groupName(tag: string, hosts: ReadonlySet<string>): string {
  const name = tag.replace(/\W/g, "_").replace(/^(?=\d)/, "_");
  return TAKEN.has(name) || hosts.has(name) ? `tag_${name}` : name;
}
