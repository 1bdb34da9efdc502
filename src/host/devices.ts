/** Devices of a domain, one at a time. */
import type { LibvirtClient } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { shellWord } from "../core/shell-word.ts";
import { readDomain } from "./domain-read.ts";
import { attribute, childAt, childrenOf, parseDocument, parseXml, serializeElement, serializeXml } from "./xml.ts";

const LOOK_EVERY_MS = 200;
/** A guest that runs lets go of a disk in less than a second; under emulation in a few. */
const LET_GO_MS = 20_000;

/** Its element in the definition; empty when there is none of that target. */
export function deviceXml(domainXml: string, kind: "disk" | "interface", target: string): string {
  const devices = childrenOf(childAt(parseXml(domainXml, "a domain"), "devices"), kind);
  const found = devices.find((device) =>
    kind === "disk"
      ? attribute(childAt(device, "target"), "dev") === target
      : attribute(childAt(device, "mac"), "address") === target,
  );
  return found === undefined ? "" : serializeElement(found);
}

/** A drive as it is, and without what is in it. */
export function emptyDrive(domainXml: string, target: string): { readonly full: string; readonly empty: string } {
  const full = deviceXml(domainXml, "disk", target);
  if (full === "") return { full, empty: "" };
  const document = parseDocument(full, "a drive");
  const drive = document.documentElement;
  for (const name of ["source", "backingStore"]) for (const part of childrenOf(drive, name)) drive?.removeChild(part);
  return { full, empty: serializeXml(document) };
}

/** Taking a device out is a request to the guest: resolves once it is gone, E_GUEST when the guest keeps it. A card goes by its MAC. */
export async function waitUntilGone(
  client: LibvirtClient,
  { uuid, name }: { readonly uuid: string; readonly name: string },
  target: string,
  signal: AbortSignal,
): Promise<void> {
  const limit = Date.now() + LET_GO_MS;
  for (;;) {
    signal.throwIfAborted();
    const { xml } = await client.call("domain.detail", { ref: { uuid } });
    const { disks, interfaces } = readDomain(xml);
    const isCard = interfaces.some(({ mac }) => mac === target);
    if (!isCard && !disks.some((disk) => disk.target === target)) return;
    if (Date.now() > limit) {
      throw new HutchError({
        code: "E_GUEST",
        message: `The guest of ${name} does not let go of ${target}.`,
        why: isCard ? "Its system is not up, or is paused." : "It may still be mounted there, or its system is not up.",
        next: [
          ...(isCard ? [] : [`hutch exec ${shellWord(name)} -- lsblk`]),
          `hutch stop ${shellWord(name)}: once it is off, nobody holds it`,
          `hutch ${isCard ? "nic rm" : "disk detach"} ${shellWord(name)} ${target}`,
        ],
      });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** Whether a VM that runs has a place for one more device, as its XML says. */
export function hasFreeSlot(liveXml: string): boolean {
  const devices = childAt(parseXml(liveXml, "a domain"), "devices");
  const ports = childrenOf(devices, "controller").filter((port) => attribute(port, "model") === "pcie-root-port");
  // Older machine types take devices at the bus itself.
  if (ports.length === 0) return true;
  const taken = new Set(
    [...(devices?.getElementsByTagName("address") ?? [])]
      .filter((address) => attribute(address, "type") === "pci")
      .map((address) => Number(attribute(address, "bus") ?? -1)),
  );
  return ports.some((port) => !taken.has(Number(attribute(port, "index") ?? -1)));
}
