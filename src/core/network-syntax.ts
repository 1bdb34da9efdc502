/** `--network` as people write it. */
import { isAddress } from "./address-syntax.ts";
import type { NetworkSpec } from "./machine/spec.ts";
import { nearNames } from "./near.ts";
import { badValue, typed } from "./usage.ts";

const EXAMPLE =
  "bridge=br0,ip=192.168.1.20/24,gw=192.168.1.1,dns=192.168.1.1 (or network=NAME, bridge=br0, user, default)";
const KEYS = ["bridge", "network", "ip", "gw", "dns"];
/** What a libvirt network or a bridge of Linux can be called without surprises. */
const DEVICE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/**
 * `default`, `user`, `network=NAME[,ip=ADDRESS]`, `bridge=NAME[,ip=ADDRESS/PREFIX[,gw=ADDRESS][,dns=ADDRESS]…]`; `dns`
 * may be given several times. E_USAGE.
 */
export function parseNetwork(text: string, flag = "--network"): NetworkSpec {
  if (text === "default" || text === "user") return { kind: text };
  const fail = (why: string) => badValue(flag, text, why, typed(flag, EXAMPLE));
  const given = new Map<string, string[]>();
  for (const part of text.split(",")) {
    const [key = "", ...rest] = part.split("=");
    const value = rest.join("=").trim();
    if (!KEYS.includes(key)) throw fail(`"${key}" is not known here.${hint(key)}`);
    if (value === "") throw fail(`"${key}" needs a value.`);
    if (key !== "dns" && given.has(key)) throw fail(`"${key}" is given twice.`);
    given.set(key, [...(given.get(key) ?? []), value]);
  }

  const one = (key: string) => given.get(key)?.[0];
  const [bridge, network, ip, gw, dns] = [one("bridge"), one("network"), one("ip"), one("gw"), given.get("dns") ?? []];
  const name = bridge ?? network;
  if (name === undefined) throw fail("it names neither a bridge nor a network.");
  if (bridge !== undefined && network !== undefined) throw fail("a VM is on a bridge or on a network, not on both.");
  if (!DEVICE_NAME.test(name)) throw fail(`"${name}" cannot be the name of a bridge or network.`);
  for (const address of [...(gw === undefined ? [] : [gw]), ...dns]) {
    if (!isAddress(address)) throw fail(`"${address}" is no IP address.`);
  }

  if (network !== undefined) {
    if (gw !== undefined || dns.length > 0)
      throw fail("gw and dns come from the network itself; they are for bridges.");
    if (ip !== undefined && !isAddress(ip)) throw fail(`"${ip}" is no IP address (without a prefix here).`);
    return { kind: "network", network, ...(ip === undefined ? {} : { address: ip }) };
  }
  if (ip === undefined && (gw !== undefined || dns.length > 0)) {
    throw fail("gw and dns go with a static ip; without one the LAN's DHCP gives them.");
  }
  if (ip !== undefined && !isInterface(ip)) throw fail(`"${ip}" is no address with its prefix, as 192.168.1.20/24 is.`);
  return {
    kind: "bridge",
    bridge: name,
    ...(ip === undefined ? {} : { address: ip }),
    ...(gw === undefined ? {} : { gateway: gw }),
    ...(dns.length === 0 ? {} : { nameservers: dns }),
  };
}

function isInterface(text: string): boolean {
  const [address = "", prefix = "", ...more] = text.split("/");
  const most = address.includes(":") ? 128 : 32;
  return (
    more.length === 0 && isAddress(address) && /^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= most
  );
}

function hint(key: string): string {
  const [near] = nearNames(key, KEYS);
  return near === undefined ? "" : ` Did you mean "${near}"?`;
}
