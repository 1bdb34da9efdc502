/** CPUs and memory of a VM: in its definition, and of one that runs. */

import type { Element } from "@xmldom/xmldom";
import { VirDomainModificationImpact as Impact, type LibvirtClient, VirDomainVcpuFlags as Vcpu } from "#ffi";
import { attribute, childAt, childrenOf, parseDocument, parseXml, serializeXml, textAt } from "./xml.ts";
import { el, render } from "./xml-emit.ts";

export type Sizes = {
  readonly cpus: number;
  readonly memoryMiB: number;
  /** The most CPUs that it can have without a restart. */
  readonly mostCpus: number;
  /** The most memory that it can have without a restart; null where none can be plugged in. */
  readonly mostMemoryMiB: number | null;
  /** What it began to run with. */
  readonly bootMemoryMiB: number;
};

/** In KiB: virtio-mem gives and takes in pieces of this. */
const BLOCK_KIB = 2048;
const MIB_KIB = 1024;

/** As a definition or a running VM's XML has them. */
export function sizesIn(xml: string): Sizes {
  const domain = parseXml(xml, "a domain");
  const vcpu = childAt(domain, "vcpu");
  const mostCpus = Number(textAt(domain, "vcpu") ?? 1);
  const plugged = pluggedDevice(domain);
  const total = kib(childAt(domain, "memory")) - (plugged === null ? 0 : kib(childAt(plugged, "target", "size")));
  const current = kib(childAt(domain, "currentMemory"));
  const most = childAt(domain, "maxMemory");
  return {
    cpus: Number(attribute(vcpu, "current") ?? mostCpus),
    mostCpus,
    memoryMiB: Math.round((current === 0 ? total : current) / MIB_KIB),
    bootMemoryMiB: Math.round(total / MIB_KIB),
    mostMemoryMiB: most === null ? null : Math.floor(kib(most) / MIB_KIB),
  };
}

/** The same definition with these sizes, for its next start. What was plugged in while it ran becomes ordinary memory. */
export function withSizes(xml: string, { cpus, memoryMiB }: Pick<Sizes, "cpus" | "memoryMiB">): string {
  const document = parseDocument(xml, "a domain");
  const domain = document.documentElement;
  const before = sizesIn(xml);
  const mostCpus = Math.max(cpus, before.mostCpus);
  const vcpu = childAt(domain, "vcpu");
  if (vcpu !== null) {
    vcpu.textContent = String(mostCpus);
    if (cpus === mostCpus) vcpu.removeAttribute("current");
    else vcpu.setAttribute("current", String(cpus));
  }
  // Which of them are there is libvirt's to tell anew.
  const each = childAt(domain, "vcpus");
  if (each !== null) domain?.removeChild(each);
  for (const name of ["memory", "currentMemory"]) setMiB(childAt(domain, name), memoryMiB);
  const cell = childAt(domain, "cpu", "numa", "cell");
  if (cell !== null) {
    cell.setAttribute("cpus", mostCpus === 1 ? "0" : `0-${mostCpus - 1}`);
    cell.setAttribute("memory", String(memoryMiB));
    cell.setAttribute("unit", "MiB");
  }
  const most = childAt(domain, "maxMemory");
  if (most !== null && kib(most) <= memoryMiB * MIB_KIB) setMiB(most, memoryMiB + BLOCK_KIB / MIB_KIB);
  return serializeXml(document);
}

/** Gives a running VM more CPUs. The guest has to take them into use. */
export async function plugCpus(client: LibvirtClient, uuid: string, cpus: number, signal?: AbortSignal): Promise<void> {
  await client.call("domain.setVcpus", { uuid, vcpus: cpus, flags: Vcpu.VCPU_LIVE }, signal && { signal });
}

/**
 * Gives a running VM this much memory: up to what it began with by its balloon, above that by virtio-mem. The guest takes
 * and gives at its own pace.
 */
export async function setLiveMemory(
  client: LibvirtClient,
  uuid: string,
  memoryMiB: number,
  signal?: AbortSignal,
): Promise<void> {
  const { xml } = await client.call("domain.detail", { ref: { uuid } });
  const sizes = sizesIn(xml);
  const plugged = pluggedDevice(parseXml(xml, "a domain"));
  const extraKiB = Math.max(0, memoryMiB - sizes.bootMemoryMiB) * MIB_KIB;
  const how = signal && { signal };
  if (plugged !== null) {
    const document = parseDocument(render(el("none")), "a device");
    const device = document.importNode(plugged, true);
    const requested = childAt(device, "target", "requested");
    setKiB(requested, blocks(extraKiB));
    document.replaceChild(device, document.documentElement ?? device);
    await client.call("domain.updateDevice", { uuid, xml: serializeXml(document), flags: Impact.LIVE }, how);
  } else if (extraKiB > 0) {
    const room = ((sizes.mostMemoryMiB ?? 0) - sizes.bootMemoryMiB) * MIB_KIB;
    const device = el(
      "memory",
      { model: "virtio-mem" },
      el(
        "target",
        {},
        el("size", { unit: "KiB" }, Math.floor(room / BLOCK_KIB) * BLOCK_KIB),
        el("node", {}, 0),
        el("block", { unit: "KiB" }, BLOCK_KIB),
        el("requested", { unit: "KiB" }, blocks(extraKiB)),
      ),
    );
    await client.call("domain.attachDevice", { uuid, xml: render(device), flags: Impact.LIVE }, how);
  }
  const balloonKiB = Math.min(memoryMiB, sizes.bootMemoryMiB) * MIB_KIB;
  if (extraKiB === 0 || sizes.memoryMiB < sizes.bootMemoryMiB)
    await client.call("domain.setMemory", { uuid, memoryKiB: balloonKiB, flags: Impact.LIVE }, how);
}

function pluggedDevice(domain: Element | null): Element | null {
  const devices = childrenOf(childAt(domain, "devices"), "memory");
  return devices.find((device) => attribute(device, "model") === "virtio-mem") ?? null;
}

function blocks(sizeKiB: number): number {
  return Math.ceil(sizeKiB / BLOCK_KIB) * BLOCK_KIB;
}

const UNITS_KIB: Readonly<Record<string, number>> = { KiB: 1, MiB: MIB_KIB, GiB: MIB_KIB ** 2 };

function kib(element: Element | null): number {
  return Number(element?.textContent ?? 0) * (UNITS_KIB[attribute(element, "unit") ?? "KiB"] ?? 1);
}

function setMiB(element: Element | null, value: number): void {
  setKiB(element, value * MIB_KIB);
}

function setKiB(element: Element | null, value: number): void {
  if (element === null) return;
  element.setAttribute("unit", "KiB");
  element.textContent = String(value);
}
