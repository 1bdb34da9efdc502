import type { Check } from "../../core/requests.ts";
import { networkOf } from "../networks.ts";
import { run } from "../processes.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "docker-forward";
const TITLE = "Docker on this host";
const BRIDGE = "virbr0";

/**
 * Docker makes the host drop what it forwards for others. libvirt's own rules stand before that where it uses iptables;
 * where it uses nftables, guests then have addresses and names but no internet.
 */
export async function checkDockerForward({ client, home }: CheckContext): Promise<readonly Check[]> {
  if (client === null || home.remote || home.driver !== "qemu") return [];
  const network = networkOf({ kind: "default" }, home);
  if (network === null || (await client.call("network.lookup", { name: network }))?.active !== true) return [];
  const rules = await run(["iptables", "-S"], { timeoutMs: 5_000 }).catch(() => null);
  if (rules === null) return [];
  if (rules.code !== 0)
    return [check(ID, TITLE, "note", "its firewall rules can be looked at by root only", ["sudo hutch doctor"])];
  if (!dropsGuests(rules.stdout)) return [check(ID, TITLE, "ok", "it lets the guests' traffic through")];
  return [
    check(ID, TITLE, "warn", "it drops what guests send: they get addresses, but no internet", [
      `sudo iptables -I DOCKER-USER -i ${BRIDGE} -j ACCEPT`,
      `sudo iptables -I DOCKER-USER -o ${BRIDGE} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      'Or for good, Docker 28 and later: "ip-forward-no-drop": true in /etc/docker/daemon.json',
    ]),
  ];
}

/** From what `iptables -S` prints. */
export function dropsGuests(rules: string): boolean {
  const lines = rules.split("\n");
  const drops = lines.includes("-P FORWARD DROP") && lines.some((line) => /^-N DOCKER(?:-USER)?$/.test(line));
  const libvirt = lines.some((line) => /^-A FORWARD -j LIBVIRT_FW/.test(line));
  const byHand = lines.some((line) => line.startsWith(`-A DOCKER-USER -i ${BRIDGE} `) && line.endsWith("-j ACCEPT"));
  return drops && !libvirt && !byHand;
}
