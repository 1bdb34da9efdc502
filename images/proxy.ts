import { BlockList, isIP } from "node:net";
import querystring from "node:querystring";
import { ImageError } from "./errors.ts";

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for an address: `http_proxy`, `https_proxy` or `all_proxy`, unless `no_proxy` excepts
 * its host; lower case wins over upper. Fails with `unsupported` for a proxy that is not spoken to by http.
 */
export function proxyFor(address: URL, env: Env): URL | undefined {
  const of = (name: string): string => env[name] || env[name.toUpperCase()] || "";
  const named = of(`${address.protocol.slice(0, -1)}_proxy`) || of("all_proxy");
  if (named === "" || isExcepted(address, of("no_proxy"))) return undefined;
  const written = named.includes("://") ? named : `http://${named}`;
  const proxy = URL.canParse(written) ? new URL(written) : undefined;
  if (proxy !== undefined && /^https?:$/.test(proxy.protocol) && proxy.hostname !== "") return proxy;
  throw new ImageError(
    "unsupported",
    `The environment names a proxy that cannot be used: ${withoutSecrets(written)}.`,
    {
      why: "Images are fetched through http and https proxies only.",
      next: ["export https_proxy=http://PROXY:PORT"],
    },
  );
}

/** `Basic …` for the user and the password in an address; undefined when it has none. */
export function basicAuth({ username, password }: URL): string | undefined {
  if (username === "" && password === "") return undefined;
  // Unlike decodeURIComponent this takes a lone percent sign as it is.
  const text = `${querystring.unescape(username)}:${querystring.unescape(password)}`;
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

/** An address as it may be shown: without user, password, and what a signed link carries behind its question mark. */
export function withoutSecrets(address: string): string {
  return address.replace(/\/\/[^/?#\s]*@/, "//").replace(/\?.*$/, "?…");
}

/** `*`; a name, with all names under it; an address or a network of addresses; each perhaps with a port. */
function isExcepted({ hostname, port, protocol }: URL, list: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const wholePort = port === "" ? (protocol === "https:" ? "443" : "80") : port;
  return list.split(/[\s,]+/).some((word) => {
    const [, name = "", onPort] = /^(\[[^\]]+\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(word.toLowerCase()) ?? [];
    if (name === "" || (onPort !== undefined && onPort !== wholePort)) return false;
    const bare = name.replace(/^\[|\]$/g, "").replace(/^\*?\./, "");
    return name === "*" || host === bare || (isIP(host) === 0 ? host.endsWith(`.${bare}`) : isWithin(host, bare));
  });
}

function isWithin(host: string, network: string): boolean {
  const [address = "", bits] = network.split("/");
  const family = isIP(host) === 4 ? "ipv4" : "ipv6";
  if (bits === undefined || isIP(address) !== isIP(host) || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === "ipv4" ? 32 : 128)) return false;
  const networks = new BlockList();
  networks.addSubnet(address, Number(bits), family);
  return networks.check(host, family);
}
