/** XML of libvirt's, read through a parser that refuses what is not well-formed. */
import { DOMParser, type Document, type Element, type Node, XMLSerializer } from "@xmldom/xmldom";
import { HutchError } from "../core/errors.ts";

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

/** One element by itself, with the namespaces that it needs. */
export function serializeElement(element: Element): string {
  return new XMLSerializer().serializeToString(element);
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
