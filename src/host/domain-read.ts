/** What a domain's XML says, whoever wrote it and for whichever driver: what is not there is null, never an error. */
import type { Element } from "@xmldom/xmldom";
import type { PortForward } from "../core/machine/spec.ts";
import { forwardsOf } from "./slirp.ts";
import { attribute, childAt, childrenOf, parseXml, textAt } from "./xml.ts";

export type DiskFacts = {
  readonly target: string;
  /** A file, device, `pool/volume` or URL; null for an empty drive. */
  readonly source: string | null;
  readonly format: string | null;
  readonly device: string;
  readonly readonly: boolean;
};
export type InterfaceFacts = { readonly mac: string | null; readonly kind: string; readonly source: string | null };

export type DomainFacts = {
  readonly name: string;
  readonly uuid: string;
  readonly type: string;
  readonly arch: string;
  readonly machine: string;
  readonly firmware: "bios" | "uefi";
  readonly memoryBytes: number;
  /** That it begins with; it may have room for more. */
  readonly vcpus: number;
  /** Whether some of them were plugged in while it ran. */
  readonly hotVcpus: boolean;
  readonly disks: readonly DiskFacts[];
  readonly interfaces: readonly InterfaceFacts[];
  readonly forwards: readonly PortForward[];
  readonly consoleLog: string | null;
  readonly hasAgent: boolean;
};

/** Throws E_HYPERVISOR only when the text is no XML at all. */
export function readDomain(xml: string): DomainFacts {
  const domain = parseXml(xml, "a domain");
  const os = childAt(domain, "os");
  const devices = childAt(domain, "devices");
  const type = childAt(os, "type");
  return {
    name: textAt(domain, "name") ?? "",
    uuid: textAt(domain, "uuid") ?? "",
    type: attribute(domain, "type") ?? "",
    arch: attribute(type, "arch") ?? "",
    machine: attribute(type, "machine") ?? "",
    firmware:
      attribute(os, "firmware") === "efi" || childAt(os, "loader") !== null || childAt(os, "nvram") !== null
        ? "uefi"
        : "bios",
    memoryBytes: bytesOf(childAt(domain, "memory")),
    vcpus: Number(attribute(childAt(domain, "vcpu"), "current") ?? textAt(domain, "vcpu") ?? 0),
    hotVcpus: childrenOf(childAt(domain, "vcpus"), "vcpu").some(
      (vcpu) => attribute(vcpu, "enabled") === "yes" && attribute(vcpu, "hotpluggable") === "yes",
    ),
    disks: childrenOf(devices, "disk").map(readDisk),
    interfaces: [...childrenOf(devices, "interface").map(readInterface), ...argumentCards(domain)],
    forwards: [...passtForwards(devices), ...argumentsOf(domain).flatMap(forwardsOf)],
    consoleLog: consoleLogIn(devices),
    hasAgent: childrenOf(devices, "channel").some(
      (channel) => attribute(childAt(channel, "target"), "name") === "org.qemu.guest_agent.0",
    ),
  };
}

function readDisk(disk: Element): DiskFacts {
  const source = childAt(disk, "source");
  const [pool, volume] = [attribute(source, "pool"), attribute(source, "volume")];
  const place = ["file", "dev", "dir", "name"].map((name) => attribute(source, name)).find((value) => value !== null);
  return {
    target: attribute(childAt(disk, "target"), "dev") ?? "",
    source: pool !== null && volume !== null ? `${pool}/${volume}` : (place ?? null),
    format: attribute(childAt(disk, "driver"), "type"),
    device: attribute(disk, "device") ?? "disk",
    readonly: childAt(disk, "readonly") !== null,
  };
}

function readInterface(card: Element): InterfaceFacts {
  const source = childAt(card, "source");
  const place = ["network", "bridge", "dev", "path", "name"]
    .map((name) => attribute(source, name))
    .find((value) => value !== null);
  return {
    mac: attribute(childAt(card, "mac"), "address"),
    kind: attribute(card, "type") ?? "",
    source: place ?? null,
  };
}

/** Cards that QEMU got by its own arguments. */
function argumentCards(domain: Element): readonly InterfaceFacts[] {
  return argumentsOf(domain).flatMap((value) => {
    const mac = /^virtio-net-[^,]*,.*\bmac=([\da-fA-F:]{17})/.exec(value)?.[1];
    return mac === undefined ? [] : [{ mac, kind: "user", source: null }];
  });
}

function argumentsOf(domain: Element): readonly string[] {
  return childrenOf(childAt(domain, "commandline"), "arg").flatMap((argument) => attribute(argument, "value") ?? []);
}

function passtForwards(devices: Element | null): readonly PortForward[] {
  return childrenOf(devices, "interface").flatMap((card) =>
    childrenOf(card, "portForward").flatMap((forward) =>
      childrenOf(forward, "range").map((range) => ({
        protocol: attribute(forward, "proto") === "udp" ? ("udp" as const) : ("tcp" as const),
        hostAddress: attribute(forward, "address") ?? "0.0.0.0",
        hostPort: Number(attribute(range, "start")),
        guestPort: Number(attribute(range, "to") ?? attribute(range, "start")),
      })),
    ),
  );
}

function consoleLogIn(devices: Element | null): string | null {
  const places = [...childrenOf(devices, "serial"), ...childrenOf(devices, "console")];
  return places.map((place) => attribute(childAt(place, "log"), "file")).find((file) => file !== null) ?? null;
}

/** libvirt writes KiB, people write what they like. */
const UNITS: Readonly<Record<string, number>> = {
  b: 1,
  bytes: 1,
  kb: 1000,
  k: 1024,
  kib: 1024,
  mb: 1000 ** 2,
  m: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1000 ** 3,
  g: 1024 ** 3,
  gib: 1024 ** 3,
  tb: 1000 ** 4,
  t: 1024 ** 4,
  tib: 1024 ** 4,
};

function bytesOf(element: Element | null): number {
  const unit = (attribute(element, "unit") ?? "KiB").toLowerCase();
  return Number(element?.textContent?.trim() || 0) * (UNITS[unit] ?? 1024);
}
