/** Devices of a domain, one at a time. */
import type { LibvirtClient } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { readDomain } from "./domain-read.ts";
import { attribute, childAt, childrenOf, parseXml, serializeElement } from "./xml.ts";

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

/** Taking a disk out is a request to the guest: resolves once it is gone, E_GUEST when the guest keeps it. */
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
    if (!readDomain(xml).disks.some((disk) => disk.target === target)) return;
    if (Date.now() > limit) {
      throw new HutchError({
        code: "E_GUEST",
        message: `The guest of ${name} does not let go of ${target}.`,
        why: "It may still be mounted there, or its system is not up.",
        next: [`hutch exec ${name} -- lsblk`, `hutch stop ${name}, then detach it`],
      });
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
