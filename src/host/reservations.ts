/** Addresses that a network keeps for its VMs: from before their first start until they are purged. */
import {
  VirNetworkUpdateCommand as Command,
  VirNetworkUpdateFlags as Impact,
  type LibvirtClient,
  VirNetworkUpdateSection as Section,
  VirErrorNumber,
} from "#ffi";
import { HutchError } from "../core/errors.ts";
import { libvirtCode, libvirtMessage } from "./faults.ts";
import { formatIpv4, parseIpv4, type Subnet, subnetOf } from "./ipv4.ts";
import { listMachines } from "./machines.ts";
import { find, isUnsupported } from "./networks.ts";
import { attribute, childAt, childrenOf, parseXml } from "./xml.ts";
import { el, render } from "./xml-emit.ts";

export type Reservation = {
  readonly mac: string;
  readonly name: string;
  /** An address that the user asked for. */
  readonly wanted?: string | undefined;
};

type KeptHost = { readonly mac: string | null; readonly name: string | null; readonly ip: string | null };
type Plan = {
  readonly subnet: Subnet;
  /** What DHCP hands out by itself. */
  readonly range: readonly [number, number] | null;
  readonly hosts: readonly KeptHost[];
};

/** As often as others may take the chosen address first. */
const TRIES = 16;

/**
 * Keeps an address for this MAC and resolves to it; one kept already is kept on. null where the network gives no
 * addresses of its own; nothing is kept after an abort. E_CONFLICT when the wanted address is taken, E_USAGE when it is not of this network, E_HOST when
 * the network is full.
 */
export async function reserveAddress(
  client: LibvirtClient,
  network: string,
  reservation: Reservation,
  signal?: AbortSignal,
): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    const row = await find(client, network);
    const plan = planOf(row.xml);
    if (plan === null) {
      if (reservation.wanted === undefined) return null;
      throw new HutchError({
        code: "E_USAGE",
        message: `The network ${network} gives no addresses, so it cannot give ${reservation.wanted}.`,
      });
    }
    const kept = plan.hosts.find(({ mac }) => mac?.toLowerCase() === reservation.mac)?.ip ?? null;
    if (kept !== null && (reservation.wanted === undefined || reservation.wanted === kept)) return kept;
    if (kept !== null) {
      await releaseAddress(client, network, reservation.mac);
      continue;
    }
    const taken = await takenAddresses(client, network, plan, reservation.mac);
    const address =
      reservation.wanted === undefined
        ? choose(plan, taken, reservation.mac, network)
        : checkWanted(reservation.wanted, plan, taken, network);
    // Two VMs of one name (one in the trash) cannot both have it in the network's DNS.
    const name = plan.hosts.some((host) => host.name === reservation.name) ? undefined : reservation.name;
    try {
      await update(client, network, row.active, Command.ADD_LAST, { mac: reservation.mac, name, ip: address }, signal);
      return address;
    } catch (error) {
      if (isUnsupported(error)) return null;
      if (attempt === TRIES || !/existing dhcp host entry/i.test(libvirtMessage(error))) throw error;
    }
  }
}

/** Nothing kept, or no such network any more, is no failure. */
export async function releaseAddress(client: LibvirtClient, network: string, mac: string): Promise<void> {
  const row = await client.call("network.lookup", { name: network });
  const plan = row === null ? null : planOf(row.xml);
  const kept = plan?.hosts.find((host) => host.mac?.toLowerCase() === mac);
  if (row === null || kept?.ip === undefined || kept.ip === null) return;
  try {
    await update(client, network, row.active, Command.DELETE, { mac, name: kept.name ?? undefined, ip: kept.ip });
  } catch (error) {
    if (libvirtCode(error) !== VirErrorNumber.OPERATION_INVALID || !/couldn't locate/i.test(libvirtMessage(error)))
      throw error;
  }
}

type Host = { readonly mac: string; readonly name: string | undefined; readonly ip: string };

async function update(
  client: LibvirtClient,
  network: string,
  active: boolean,
  command: number,
  { mac, name, ip }: Host,
  signal?: AbortSignal,
): Promise<void> {
  const about = {
    name: network,
    command,
    section: Section.IP_DHCP_HOST,
    parentIndex: -1,
    xml: render(el("host", { mac, name, ip })),
    flags: active ? Impact.LIVE | Impact.CONFIG : Impact.CONFIG,
  };
  await client.call("network.update", about, signal && { signal });
}

/** The network's IPv4 part; null when it has no DHCP. */
function planOf(xml: string): Plan | null {
  const root = parseXml(xml, "a network");
  const ip =
    childrenOf(root, "ip").find(
      (candidate) => attribute(candidate, "family") !== "ipv6" && childAt(candidate, "dhcp") !== null,
    ) ?? null;
  const subnet = subnetOf(attribute(ip, "address"), attribute(ip, "netmask"), attribute(ip, "prefix"));
  if (subnet === null) return null;
  const dhcp = childAt(ip, "dhcp");
  const range = childAt(dhcp, "range");
  const [start, end] = [parseIpv4(attribute(range, "start") ?? ""), parseIpv4(attribute(range, "end") ?? "")];
  const hosts = childrenOf(dhcp, "host").map((host) => ({
    mac: attribute(host, "mac"),
    name: attribute(host, "name"),
    ip: attribute(host, "ip"),
  }));
  return { subnet, range: start === null || end === null ? null : [start, end], hosts };
}

/** Kept ones, leased ones and what stands in records: an address is not given twice, even where libvirt would. */
async function takenAddresses(
  client: LibvirtClient,
  network: string,
  plan: Plan,
  mac: string,
): Promise<ReadonlySet<number>> {
  const leases = await client.call("network.leases", { name: network }).catch(() => []);
  const records = (await listMachines(client))
    .map(({ record }) => record)
    .filter((record) => record !== null && record.mac !== mac);
  const texts = [
    ...plan.hosts.map(({ ip }) => ip),
    ...leases.filter((lease) => lease.mac?.toLowerCase() !== mac).map(({ address }) => address),
    ...records.map((record) => record?.address ?? null),
  ];
  return new Set([plan.subnet.gateway, ...texts.flatMap((text) => (text === null ? [] : (parseIpv4(text) ?? [])))]);
}

/** Outside of what DHCP hands out, if there is room; the search begins where the MAC says, so that launches at once rarely meet. */
function choose({ subnet, range }: Plan, taken: ReadonlySet<number>, mac: string, network: string): string {
  const inRange = (address: number) => range !== null && address >= range[0] && address <= range[1];
  const count = subnet.last - subnet.first + 1;
  const start = Number.parseInt(mac.replaceAll(":", "").slice(-6), 16) % count;
  let inside: number | null = null;
  for (let step = 0; step < count; step++) {
    const address = subnet.first + ((start + step) % count);
    if (taken.has(address)) continue;
    if (!inRange(address)) return formatIpv4(address);
    inside ??= address;
  }
  if (inside !== null) return formatIpv4(inside);
  throw new HutchError({
    code: "E_HOST",
    message: `Every address of the network ${network} is taken.`,
    next: ["hutch purge: empty the trash", "hutch network create lab: another network"],
  });
}

function checkWanted(wanted: string, { subnet, hosts }: Plan, taken: ReadonlySet<number>, network: string): string {
  const address = parseIpv4(wanted);
  if (address === null || address < subnet.first || address > subnet.last || address === subnet.gateway) {
    const reason = `It hands out ${formatIpv4(subnet.first)} to ${formatIpv4(subnet.last)}, except for ${formatIpv4(subnet.gateway)}, its own.`;
    throw new HutchError({
      code: "E_USAGE",
      message: `${wanted} is no address for a VM in the network ${network}.`,
      why: reason,
    });
  }
  if (!taken.has(address)) return wanted;
  const by = hosts.find(({ ip }) => ip === wanted)?.name;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${wanted} is taken in the network ${network}${by ? ` by ${by}` : ""}.`,
    next: ["Leave the address out: hutch chooses a free one."],
  });
}
