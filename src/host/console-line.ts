/** What a live domain says of its console: which device the guest knows it by, and who else could be asked about it. */
import { attribute, childAt, childrenOf, parseXml } from "./xml.ts";

export type ConsoleLine = {
  /** Linux's name of it; null for a console that it has no terminal for. */
  readonly tty: string | null;
  /** Whether an agent in the guest has its end of the channel open. */
  readonly hasAgent: boolean;
};

/** Throws E_HYPERVISOR only when the text is no XML at all. */
export function consoleLine(liveXml: string): ConsoleLine {
  const domain = parseXml(liveXml, "a domain");
  const devices = childAt(domain, "devices");
  const line = childAt(devices, "console") ?? childAt(devices, "serial");
  const target = childAt(line, "target");
  const kind = attribute(target, "type") ?? "serial";
  const arch = attribute(childAt(domain, "os", "type"), "arch") ?? "";
  const name = kind.includes("serial") ? serialName(arch) : NAMES[kind];
  return {
    tty: line === null || name === undefined ? null : `/dev/${name}${attribute(target, "port") ?? 0}`,
    hasAgent: childrenOf(devices, "channel").some((channel) => {
      const end = childAt(channel, "target");
      return attribute(end, "name") === "org.qemu.guest_agent.0" && attribute(end, "state") === "connected";
    }),
  };
}

/** Of consoles that are no serial port. */
const NAMES: Readonly<Record<string, string>> = { virtio: "hvc", xen: "hvc", sclp: "ttysclp" };

function serialName(arch: string): string {
  if (/^(?:aarch64|arm)/.test(arch)) return "ttyAMA";
  return arch.startsWith("ppc64") ? "hvc" : "ttyS";
}
