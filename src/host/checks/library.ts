import { isLibvirtFault } from "#ffi";
import { isHutchError } from "../../core/errors.ts";
import type { Check } from "../../core/requests.ts";
import { type CheckContext, check } from "./context.ts";

const ID = "library";
const TITLE = "libvirt";
/** Older ones lack what hutch writes into definitions (a limit for emulation's cache, for one). */
const LEAST = 8_000_000;

/** The library that hutch loads. */
export async function checkLibrary({ client, fault }: CheckContext): Promise<readonly Check[]> {
  if (client === null) {
    const cause = isHutchError(fault) ? fault.cause : fault;
    if (!isLibvirtFault(cause) || cause.kind !== "no-library") return [check(ID, TITLE, "ok", "installed")];
    return [check(ID, TITLE, "fail", "not installed", isHutchError(fault) ? fault.next : [])];
  }
  const { libVersion } = await client.call("host.facts", {});
  const version = versionText(libVersion);
  if (libVersion >= LEAST) return [check(ID, TITLE, "ok", version)];
  return [
    check(ID, TITLE, "warn", `${version} is older than 8.0: VMs of hutch may be refused`, [
      "Upgrade the host's distribution.",
    ]),
  ];
}

/** libvirt's number of a version, as people write it. */
export function versionText(version: number): string {
  return `${Math.floor(version / 1_000_000)}.${Math.floor(version / 1000) % 1000}.${version % 1000}`;
}
