/** What a network's XML says, whoever wrote it. */
import type { NetworkRow } from "#ffi";
import type { NetworkInfo, NetworkMode } from "../core/surroundings.ts";
import { formatIpv4, parseIpv4 } from "./ipv4.ts";
import { type Cidr, cidrOf } from "./subnets.ts";
import { attribute, childAt, childrenOf, parseXml } from "./xml.ts";

export type NetworkFacts = Omit<NetworkInfo, "usedBy"> & { readonly cidrs: readonly Cidr[] };

const MODES: Readonly<Record<string, NetworkMode>> = { nat: "nat", route: "routed", bridge: "bridge" };

export function readNetwork({ name, uuid, active, autostart, xml }: NetworkRow): NetworkFacts {
  const root = parseXml(xml, `the network ${name}`);
  const forward = childAt(root, "forward");
  const ips = childrenOf(root, "ip").map((ip) => {
    const address = attribute(ip, "address") ?? "";
    const netmask = parseIpv4(attribute(ip, "netmask") ?? "");
    const prefix = netmask === null ? Number(attribute(ip, "prefix") ?? 0) : Math.clz32(~netmask >>> 0);
    return { address, prefix, ip };
  });
  const range = ips.map(({ ip }) => childAt(ip, "dhcp", "range")).find((found) => found !== null) ?? null;
  return {
    name,
    uuid,
    active,
    autostart,
    mode: forward === null ? "isolated" : (MODES[attribute(forward, "mode") ?? "nat"] ?? "other"),
    bridge: attribute(childAt(root, "bridge"), "name"),
    subnets: ips.map(({ address, prefix }) => `${address}/${prefix}`),
    cidrs: ips.flatMap(({ address, prefix }) => {
      const value = parseIpv4(address);
      return value === null ? [] : [cidrOf(value, prefix)];
    }),
    dhcp: range === null ? null : { first: attribute(range, "start") ?? "", last: attribute(range, "end") ?? "" },
    domain: attribute(childAt(root, "domain"), "name"),
    reservations: ips.flatMap(({ ip }) =>
      childrenOf(childAt(ip, "dhcp"), "host").map((host) => ({
        mac: attribute(host, "mac") ?? "",
        name: attribute(host, "name"),
        address: attribute(host, "ip") ?? "",
      })),
    ),
  };
}

/** The host has a network's first address; guests get those after it. */
export function addressesIn({ base, prefix }: Cidr) {
  const last = base + 2 ** (32 - prefix) - 2;
  return { host: formatIpv4(base + 1), first: formatIpv4(base + 2), last: formatIpv4(last) };
}
