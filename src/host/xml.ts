/** XML for libvirt: written from a tree that escapes everything, read through a parser that refuses what is not well-formed. */
import { DOMParser, type Document, type Element, type Node, XMLSerializer } from "@xmldom/xmldom";
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

/** Throws an error that says what was being read when the text is no well-formed XML. */
export function parseXml(text: string, what: string): Element {
  const root = parseDocument(text, what).documentElement;
  if (root === null) throw malformed(what, "it is empty");
  return root;
}

/** For changing a document in place; `serializeXml` writes it back. */
export function parseDocument(text: string, what: string): Document {
  const refuse = (_level: string, message: string): never => {
    throw malformed(what, message);
  };
  try {
    return new DOMParser({ onError: refuse }).parseFromString(text, "text/xml");
  } catch (error) {
    throw error instanceof HutchError ? error : malformed(what, error instanceof Error ? error.message : String(error));
  }
}

export function serializeXml(document: Document): string {
  return new XMLSerializer().serializeToString(document);
}

function malformed(what: string, why: string): HutchError {
  return new HutchError({
    code: "E_HYPERVISOR",
    message: `The XML of ${what} cannot be read.`,
    why: why.split("\n")[0] ?? "",
  });
}

/** Elements named `name` directly inside, whatever their prefix. */
export function childrenOf(parent: Element | null, name: string): readonly Element[] {
  if (parent === null) return [];
  return [...parent.childNodes].filter((node): node is Element => isElement(node) && node.localName === name);
}

/** The first element at the end of this path of names, or null. */
export function childAt(parent: Element | null, ...path: readonly string[]): Element | null {
  return path.reduce<Element | null>((element, name) => childrenOf(element, name)[0] ?? null, parent);
}

/** Its text without the white space around it; null when there is no such element or no text. */
export function textAt(parent: Element | null, ...path: readonly string[]): string | null {
  return childAt(parent, ...path)?.textContent?.trim() || null;
}

export function attribute(element: Element | null, name: string): string | null {
  return element?.getAttribute(name) || null;
}

function isElement(node: Node): boolean {
  return node.nodeType === 1;
}
