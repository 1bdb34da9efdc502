/** Ports of the host that lead into a VM: chosen, tested, and changed in a definition that stays otherwise as it is. */
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import type { Document, Element } from "@xmldom/xmldom";
import { HutchError } from "../core/errors.ts";
import type { PortForward } from "../core/machine/spec.ts";
import { portForward } from "./domain-xml.ts";
import { isUserNetdev, netdevOf } from "./slirp.ts";
import { attribute, childAt, childrenOf, parseDocument, serializeXml } from "./xml.ts";
import { render } from "./xml-emit.ts";

/** Above what services use, below what Linux hands out by itself (from 32768 on). */
const FIRST = 20_022;
const LAST = 32_767;

/** A port that nobody listens on and that is not in `taken`; the same seed begins its search at the same place. E_HOST when all are taken. */
export async function freePort({
  taken,
  seed,
}: {
  readonly taken: ReadonlySet<number>;
  readonly seed: string;
}): Promise<number> {
  const count = LAST - FIRST + 1;
  const start = hash(seed) % count;
  for (let step = 0; step < count; step++) {
    const port = FIRST + ((start + step) % count);
    if (!taken.has(port) && (await portIsFree("127.0.0.1", port, "tcp"))) return port;
  }
  throw new HutchError({ code: "E_HOST", message: `No port between ${FIRST} and ${LAST} is free on this host.` });
}

/** FNV-1a: spreads names, always the same. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}

/** Tried by listening there. False also for a port that this user may not have, or an address that is not the host's. */
export function portIsFree(address: string, port: number, protocol: "tcp" | "udp"): Promise<boolean> {
  return new Promise((resolve) => {
    if (protocol === "udp") {
      const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
      socket.once("error", () => socket.close(() => resolve(false)));
      socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(true)));
      return;
    }
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: address, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The same definition with these forwards. E_CONFLICT when it has no card in user-mode networking. */
export function replaceForwards(xml: string, forwards: readonly PortForward[]): string {
  const document = parseDocument(xml, "a domain");
  const argument = slirpNetdev(document);
  if (argument !== null) {
    argument.setAttribute("value", netdevOf(forwards));
    return serializeXml(document);
  }
  const card = passtCard(document);
  if (card === null)
    throw new HutchError({
      code: "E_CONFLICT",
      message: "This VM has no forwards: its network is not a user-mode one.",
    });
  for (const old of childrenOf(card, "portForward")) card.removeChild(old);
  const before = childAt(card, "model");
  for (const forward of forwards) {
    const made = parseDocument(render(portForward(forward)), "a forward").documentElement;
    if (made !== null) card.insertBefore(document.importNode(made, true), before);
  }
  return serializeXml(document);
}

function slirpNetdev(document: Document): Element | null {
  const items = childrenOf(childAt(document.documentElement, "commandline"), "arg");
  return (
    items.find(
      (item, index) =>
        isUserNetdev(attribute(item, "value") ?? "") && attribute(items[index - 1] ?? null, "value") === "-netdev",
    ) ?? null
  );
}

function passtCard(document: Document): Element | null {
  const cards = childrenOf(childAt(document.documentElement, "devices"), "interface");
  return cards.find((card) => attribute(childAt(card, "backend"), "type") === "passt") ?? null;
}
