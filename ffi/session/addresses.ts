/** Where guests can be reached, as told by libvirt's networks, the guest agent or the host's neighbour table. */
import { VirIPAddrType } from "../generated/enums.gen.ts";
import { virDomainInterface, virDomainIPAddress, virNetworkDHCPLease } from "../generated/structs.gen.ts";
import { copyOut, reader, takeAddresses } from "../native/memory.ts";
import type { Address, OutAddress } from "../native/types.ts";
import type { DhcpLease, InterfaceAddress } from "../wire/protocol.ts";
import type { Handlers } from "./handlers.ts";
import { withDomain, withNetwork } from "./objects.ts";

export const addressHandlers: Handlers<"domain.addresses" | "network.leases"> = {
  "domain.addresses": (c, { uuid, source }) =>
    withDomain(c, { uuid }, (domain) => {
      const out: OutAddress = [null];
      const interfaces = takeAddresses(out, c.call("virDomainInterfaceAddresses", domain, out, source, 0));
      return freeing(interfaces, readInterface, (address) => c.call("virDomainInterfaceFree", address));
    }),

  "network.leases": (c, { name, mac }) =>
    withNetwork(c, name, (network) => {
      const out: OutAddress = [null];
      const leases = takeAddresses(out, c.call("virNetworkGetDHCPLeases", network, mac ?? null, out, 0));
      return freeing(leases, readLease, (address) => c.call("virNetworkDHCPLeaseFree", address));
    }),
};

/** Reads every record, and frees every record even when one cannot be read. */
function freeing<T>(records: readonly Address[], read: (at: Address) => T, free: (at: Address) => void): T[] {
  try {
    return records.map(read);
  } finally {
    for (const record of records) free(record);
  }
}

const family = (type: number) => (type === VirIPAddrType.IPV6 ? "ipv6" : "ipv4");

function readInterface(at: Address): InterfaceAddress {
  const face = reader(virDomainInterface, copyOut(at, virDomainInterface.size));
  const bytes = copyOut(face("addrs"), face("naddrs") * virDomainIPAddress.size);
  const addresses = Array.from({ length: face("naddrs") }, (_, index) => {
    const ip = reader(virDomainIPAddress, bytes, index * virDomainIPAddress.size);
    return { family: family(ip("type")), address: ip("addr") ?? "", prefix: ip("prefix") } as const;
  });
  return { name: face("name") ?? "", mac: face("hwaddr"), addresses };
}

function readLease(at: Address): DhcpLease {
  const lease = reader(virNetworkDHCPLease, copyOut(at, virNetworkDHCPLease.size));
  return {
    interface: lease("iface") ?? "",
    expiry: lease("expirytime"),
    family: family(lease("type")),
    mac: lease("mac"),
    address: lease("ipaddr") ?? "",
    prefix: lease("prefix"),
    hostname: lease("hostname"),
    clientId: lease("clientid"),
  };
}
