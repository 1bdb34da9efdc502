/** IPv4 networks of a host: what is taken already, and what is still free. */
import { readFileSync } from "node:fs";
import { HutchError } from "../core/errors.ts";
import { formatIpv4, parseIpv4 } from "./ipv4.ts";

export type Cidr = { readonly base: number; readonly prefix: number };
/** A network that is there, and what it is, in words. */
export type Taken = { readonly cidr: Cidr; readonly by: string };

const ROUTES = "/proc/net/route";
/** A network needs room for the host, a few guests and the broadcast; below /8 it would swallow the internet. */
const SMALLEST = 29;
const LARGEST = 8;
const EXAMPLE = "--subnet 192.168.150.0/24";

/** `192.168.150.0/24`, or any address in it. E_USAGE. */
export function parseCidr(text: string): Cidr {
  const [address = "", prefixText = "", ...more] = text.split("/");
  const [value, prefix] = [parseIpv4(address), Number(prefixText)];
  const fail = (why: string) =>
    new HutchError({ code: "E_USAGE", message: `--subnet ${text}: ${why}`, next: [`Write it like ${EXAMPLE}`] });
  if (value === null || more.length > 0 || !/^\d+$/.test(prefixText))
    throw fail("it is no IPv4 network with its prefix.");
  if (prefix < LARGEST || prefix > SMALLEST) throw fail(`its prefix is to be from /${LARGEST} to /${SMALLEST}.`);
  const cidr = cidrOf(value, prefix);
  if (!PRIVATE.some((range) => contains(range, cidr)))
    throw fail("it is none of the private networks (10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16).");
  return cidr;
}

export function cidrOf(address: number, prefix: number): Cidr {
  return { base: prefix === 0 ? 0 : (address & (0xffffffff << (32 - prefix))) >>> 0, prefix };
}

const PRIVATE: readonly Cidr[] = [
  { base: 0x0a000000, prefix: 8 },
  { base: 0xac100000, prefix: 12 },
  { base: 0xc0a80000, prefix: 16 },
];

export function formatCidr({ base, prefix }: Cidr): string {
  return `${formatIpv4(base)}/${prefix}`;
}

/** Two networks overlap only when one lies in the other. */
export function overlap(a: Cidr, b: Cidr): boolean {
  return contains(a, b) || contains(b, a);
}

function contains(outer: Cidr, inner: Cidr): boolean {
  return outer.prefix <= inner.prefix && cidrOf(inner.base, outer.prefix).base === outer.base;
}

/** The first of 192.168.123.0/24 to 192.168.254.0/24, then of 10.173.0.0/24 on, that overlaps nothing; null when all are taken. */
export function freeCidr(taken: readonly Taken[]): Cidr | null {
  const candidates = [
    ...Array.from({ length: 132 }, (_, index) => 0xc0a80000 + (123 + index) * 256),
    ...Array.from({ length: 256 }, (_, index) => 0x0aad0000 + index * 256),
  ].map((base): Cidr => ({ base, prefix: 24 }));
  return candidates.find((candidate) => !taken.some(({ cidr }) => overlap(cidr, candidate))) ?? null;
}

/** Where this host sends packets, but for the default route; nothing where it is not Linux that tells. */
export function hostRoutes(): readonly Taken[] {
  try {
    return routesIn(readFileSync(ROUTES, "utf8"));
  } catch {
    return [];
  }
}

/** /proc/net/route: addresses as hexadecimal numbers in the machine's own byte order. */
export function routesIn(text: string): readonly Taken[] {
  return text
    .split("\n")
    .slice(1)
    .flatMap((line): readonly Taken[] => {
      const [device = "", destination = "", , , , , , mask = ""] = line.split(/\s+/);
      const [base, bits] = [littleEndian(destination), littleEndian(mask)];
      if (base === null || bits === null || bits === 0) return [];
      return [{ cidr: cidrOf(base, Math.clz32(~bits >>> 0)), by: `a route of this host over ${device}` }];
    });
}

function littleEndian(hex: string): number | null {
  if (!/^[\dA-F]{8}$/i.test(hex)) return null;
  return Buffer.from(hex, "hex").readUInt32LE(0);
}
