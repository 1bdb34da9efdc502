/** Where a running VM can be reached, as far as anybody knows: the network's leases, its agent, the host's ARP table. */
import {
  type DhcpLease,
  type InterfaceAddress,
  type LibvirtClient,
  VirDomainInterfaceAddressesSource as Source,
} from "#ffi";
import type { AddressInfo } from "../core/requests.ts";

const SOURCES = [
  ["lease", Source.LEASE],
  ["agent", Source.AGENT],
  ["arp", Source.ARP],
] as const;

/**
 * Addresses of the cards with these MACs, of the first source that knows any, IPv4 first. Empty while nobody knows one;
 * a source that cannot be asked is passed over.
 */
export async function addressesOf(
  client: LibvirtClient,
  uuid: string,
  macs: readonly string[],
): Promise<readonly AddressInfo[]> {
  const wanted = new Set(macs.map((mac) => mac.toLowerCase()));
  for (const [source, number] of SOURCES) {
    const cards = await client.call("domain.addresses", { uuid, source: number }).catch(() => []);
    const found = cards
      .filter(({ mac }) => mac !== null && wanted.has(mac.toLowerCase()))
      .flatMap((card) => addressesIn(card, source));
    const fresh = source === "lease" && found.length > 1 ? await newestFirst(client, wanted, found) : found;
    if (fresh.length > 0) return fresh.toSorted((a, b) => (a.family < b.family ? -1 : a.family > b.family ? 1 : 0));
  }
  return [];
}

function addressesIn({ addresses }: InterfaceAddress, source: AddressInfo["source"]): readonly AddressInfo[] {
  return addresses
    .filter(({ address }) => !isLocal(address))
    .map(({ address, family }) => ({ address, family, source }));
}

/** Of the link or of the host itself: nobody else gets there by it. */
function isLocal(address: string): boolean {
  return /^(?:127\.|169\.254\.|::1$|fe80:)/i.test(address);
}

/** A VM may have leases from an earlier boot: the one that ends last is the one in use. */
async function newestFirst(
  client: LibvirtClient,
  macs: ReadonlySet<string>,
  found: readonly AddressInfo[],
): Promise<readonly AddressInfo[]> {
  const networks = await client.call("network.list", {}).catch(() => []);
  const leases: DhcpLease[] = [];
  for (const { name, active } of networks)
    if (active) leases.push(...(await client.call("network.leases", { name }).catch(() => [])));
  const ends = ({ address }: AddressInfo): number => {
    const lease = leases.find(
      (candidate) => candidate.address === address && candidate.mac !== null && macs.has(candidate.mac.toLowerCase()),
    );
    return lease === undefined ? -1 : lease.expiry === 0 ? Number.POSITIVE_INFINITY : lease.expiry;
  };
  return found.toSorted((a, b) => ends(b) - ends(a));
}
