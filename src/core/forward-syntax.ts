/** Published ports as people write them, in the manner of `docker run -p`. */
import { isAddress } from "./address-syntax.ts";
import type { PortForward } from "./machine/spec.ts";
import { badValue, typed } from "./usage.ts";

const EXAMPLE = `8080:80 (or 127.0.0.1:8080:80/tcp, 53:53/udp; a single port is the same on both sides)`;

/** `8080:80`, `8080`, `127.0.0.1:8080:80/tcp`, `[::1]:8080:80`; on 127.0.0.1 unless said. E_USAGE. */
export function parseForward(text: string, flag = "--publish"): PortForward {
  const fail = (why: string) => badValue(flag, text, why, typed(flag, EXAMPLE));
  const portOf = (word: string): number => {
    const port = Number(word);
    if (/^\d+$/.test(word) && port >= 1 && port <= 65_535) return port;
    throw fail(`"${word}" is no port; ports are 1 to 65535.`);
  };

  const [mapping = "", protocol = "tcp", ...more] = text.split("/");
  if (more.length > 0 || (protocol !== "tcp" && protocol !== "udp")) throw fail("after the slash goes tcp or udp.");
  const { bracketed, rest = "" } = /^(?:\[(?<bracketed>[^\]]*)\]:)?(?<rest>.*)$/.exec(mapping)?.groups ?? {};
  const parts = rest.split(":");
  const guest = parts.pop() ?? "";
  const host = parts.pop() ?? guest;
  const address = bracketed ?? parts.pop() ?? "127.0.0.1";
  if (parts.length > 0) throw fail("it has too many colons; an IPv6 address goes in brackets.");
  if (!isAddress(address)) throw fail(`"${address}" is no IP address.`);
  return { protocol, hostAddress: address, hostPort: portOf(host), guestPort: portOf(guest) };
}

/** `127.0.0.1:8080:80/tcp`, as `parseForward` reads it. */
export function formatForward({ protocol, hostAddress, hostPort, guestPort }: PortForward): string {
  const address = hostAddress.includes(":") ? `[${hostAddress}]` : hostAddress;
  return `${address}:${hostPort}:${guestPort}/${protocol}`;
}
