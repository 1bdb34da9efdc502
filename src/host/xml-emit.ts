/** XML for libvirt, written from a tree that escapes everything. Apart from the parser, so that what only writes loads none. */
import { HutchError } from "../core/errors.ts";

export type XmlElement = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number | undefined>>;
  readonly children: readonly XmlChild[];
};
/** Text and numbers are escaped; null stands for "nothing here", so that optional parts can be written in place. */
export type XmlChild = XmlElement | string | number | null;

/** An attribute that is undefined is left out. */
export function el(
  name: string,
  attributes: XmlElement["attributes"] = {},
  ...children: readonly XmlChild[]
): XmlElement {
  return { name, attributes, children };
}

/** Indented where an element holds elements only; text is never touched. Throws E_INVALID for characters that XML has no room for. */
export function render(element: XmlElement, indent = ""): string {
  const attributes = Object.entries(element.attributes).flatMap(([name, value]) =>
    value === undefined
      ? []
      : [
          ` ${name}="${escapeXml(String(value))
            .replaceAll('"', "&quot;")
            .replace(/[\n\t]/g, reference)}"`,
        ],
  );
  const children = element.children.filter((child) => child !== null);
  const open = `${indent}<${element.name}${attributes.join("")}`;
  if (children.length === 0) return `${open}/>`;
  const nested = children.filter((child) => typeof child === "object");
  if (nested.length < children.length) {
    const inside = children.map((child) => (typeof child === "object" ? render(child) : escapeXml(String(child))));
    return `${open}>${inside.join("")}</${element.name}>`;
  }
  return [`${open}>`, ...nested.map((child) => render(child, `${indent}  `)), `${indent}</${element.name}>`].join("\n");
}

/** Text as XML: also a carriage return, which a parser would otherwise turn into a newline. */
export function escapeXml(text: string): string {
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) || /\p{Surrogate}/u.test(text)) {
    throw new HutchError({
      code: "E_INVALID",
      message: `${JSON.stringify(text)} contains a character that cannot be stored.`,
    });
  }
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\r", "&#13;");
}

function reference(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}
