/** Network cards as libvirt defines them. */
import { el, type XmlElement } from "./xml-emit.ts";

/** Where a card beside the first is plugged in: no forward leads to it. */
export type CardPlace =
  | { readonly kind: "user" }
  | { readonly kind: "network"; readonly network: string }
  | { readonly kind: "bridge"; readonly bridge: string };

export function cardXml(place: CardPlace, mac: string): XmlElement {
  switch (place.kind) {
    case "user":
      return card("user", mac);
    case "network":
      return card("network", mac, el("source", { network: place.network }));
    case "bridge":
      return card("bridge", mac, el("source", { bridge: place.bridge }));
  }
}

export function card(type: string, mac: string, ...inside: readonly XmlElement[]): XmlElement {
  return el("interface", { type }, el("mac", { address: mac }), ...inside, el("model", { type: "virtio" }));
}
