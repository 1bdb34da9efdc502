import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Check } from "../../core/requests.ts";
import { defineDefaultNetwork, networkOf, SHIPPED_NETWORK, startNetwork } from "../networks.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "network";
const TITLE = "Network";
const OWN = { kind: "default" } as const;

/** The network that VMs get when nothing else is asked for. */
export async function checkNetwork({ client, home }: CheckContext): Promise<readonly Check[]> {
  if (client === null || home.driver !== "qemu") return [];
  const name = networkOf(OWN, home);
  if (name === null) {
    return [
      check(
        ID,
        TITLE,
        "note",
        "user-mode: VMs are reached through ports of this host, not from the LAN and not by one another",
        ["hutch --connect qemu:///system doctor"],
      ),
    ];
  }
  const row = await client.call("network.lookup", { name });
  if (row === null)
    return [
      check(ID, TITLE, "fail", `${name} is not defined`, ["hutch doctor --fix", `virsh net-define ${SHIPPED_NETWORK}`]),
    ];
  if (!home.remote && !hasProgram("dnsmasq"))
    return [
      check(ID, TITLE, "fail", "dnsmasq is not installed, so no network can start", [
        "apt install dnsmasq-base · dnf install dnsmasq",
      ]),
    ];
  if (!row.active) return [check(ID, TITLE, "note", `${name} is not started: the first launch starts it`)];
  return [check(ID, TITLE, "ok", `${name} runs${row.autostart ? " and starts with the host" : ""}`)];
}

export async function fixNetwork({ client, home }: CheckContext): Promise<string | null> {
  const name = networkOf(OWN, home);
  if (client === null || name === null || home.driver !== "qemu") return null;
  const row = await client.call("network.lookup", { name });
  if (row?.active === true) return null;
  if (row === null) await defineDefaultNetwork(client);
  await startNetwork(client, name);
  return `${row === null ? "defined and started" : "started"} the network ${name}`;
}

/** System programs lie outside of many users' PATH. */
function hasProgram(name: string): boolean {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"].filter(
    (folder) => folder !== "",
  );
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
