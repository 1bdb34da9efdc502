/** A VM's screen: a VNC server of QEMU's that listens on 127.0.0.1 only, for it asks for no password. */
import type { Document, Element } from "@xmldom/xmldom";
import type { Arch } from "../core/machine/spec.ts";
import { attribute, childAt, childrenOf, parseDocument, parseXml, serializeXml } from "./xml.ts";
import { el, render, type XmlElement } from "./xml-emit.ts";

/** Where one can look at a VM; `port` is null while it is off. */
export type Screen = {
  /** `vnc`, `spice`, … */
  readonly kind: string;
  readonly address: string;
  readonly port: number | null;
};

/**
 * Screen, graphics card and a pointer that is where the viewer's is. x86 gets the card that every system has a driver for,
 * installers and their boot loaders too.
 */
export function displayDevices(arch: Arch): readonly XmlElement[] {
  return [
    el("input", { type: "tablet", bus: "virtio" }),
    ...(arch === "x86_64" ? [] : [el("input", { type: "keyboard", bus: "virtio" })]),
    el(
      "graphics",
      { type: "vnc", port: -1, autoport: "yes", listen: "127.0.0.1" },
      el("listen", { type: "address", address: "127.0.0.1" }),
    ),
    el("video", {}, el("model", { type: arch === "x86_64" ? "vga" : "virtio" })),
  ];
}

/** Of a definition or a running VM; those without an address of their own (a socket, the host's screen) are none. */
export function screensIn(xml: string): readonly Screen[] {
  return graphicsOf(parseXml(xml, "a domain")).flatMap((graphics) => {
    const address = attribute(childAt(graphics, "listen"), "address") ?? attribute(graphics, "listen");
    const kind = attribute(graphics, "type") ?? "";
    if (address === null || !["vnc", "spice"].includes(kind)) return [];
    const port = Number(attribute(graphics, "port") ?? -1);
    return [{ kind, address, port: port > 0 ? port : null }];
  });
}

/** Whether anything is to be seen of it anywhere. */
export function hasDisplay(xml: string): boolean {
  return graphicsOf(parseXml(xml, "a domain")).length > 0;
}

/** The same definition with or without a screen, for its next start. */
export function withDisplay(xml: string, on: boolean): string {
  if (hasDisplay(xml) === on) return xml;
  const document = parseDocument(xml, "a domain");
  const domain = document.documentElement;
  const devices = childAt(domain, "devices");
  if (devices === null) return xml;
  if (on) for (const device of displayDevices(archIn(domain))) devices.appendChild(made(document, device));
  else for (const device of screenDevices(devices)) devices.removeChild(device);
  return serializeXml(document);
}

function graphicsOf(domain: Element): readonly Element[] {
  return childrenOf(childAt(domain, "devices"), "graphics");
}

/** Mouse and keyboard that every PC has are not ours to take. */
function screenDevices(devices: Element): readonly Element[] {
  const pointers = childrenOf(devices, "input").filter((input) => attribute(input, "bus") === "virtio");
  // libvirt adds sound and channels only where somebody asked for them.
  return [...childrenOf(devices, "graphics"), ...childrenOf(devices, "video"), ...pointers];
}

function archIn(domain: Element | null): Arch {
  return attribute(childAt(domain, "os", "type"), "arch") === "aarch64" ? "aarch64" : "x86_64";
}

function made(document: Document, element: XmlElement): Element {
  const root = parseXml(render(element), "a device");
  return document.importNode(root, true);
}
