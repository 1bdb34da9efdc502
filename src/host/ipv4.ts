/** IPv4 addresses as numbers. */

/** null for what is no dotted quad. */
export function parseIpv4(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return null;
  return parts.reduce((value, part) => value * 256 + part, 0);
}

export function formatIpv4(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

export type Subnet = {
  /** First and last address that a host can have. */
  readonly first: number;
  readonly last: number;
  /** The host's own. */
  readonly gateway: number;
};

/** From libvirt's `<ip address= netmask=|prefix=>`; null when it says no subnet with room for guests. */
export function subnetOf(address: string | null, netmask: string | null, prefix: string | null): Subnet | null {
  const gateway = address === null ? null : parseIpv4(address);
  const mask = netmask === null ? maskOf(Number(prefix ?? Number.NaN)) : parseIpv4(netmask);
  if (gateway === null || mask === null) return null;
  const network = (gateway & mask) >>> 0;
  const broadcast = (network | ~mask) >>> 0;
  return broadcast - network < 3 ? null : { first: network + 1, last: broadcast - 1, gateway };
}

function maskOf(prefix: number): number | null {
  return Number.isInteger(prefix) && prefix > 0 && prefix <= 32 ? (0xffffffff << (32 - prefix)) >>> 0 : null;
}
