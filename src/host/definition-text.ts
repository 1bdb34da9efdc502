/** A domain's definition as people edit it: without hutch's record, which is put back as it is. */
import { type MachineRecord, RECORD_NAMESPACE } from "../core/machine/record.ts";
import { recordElement } from "./records.ts";
import { childAt, childrenOf, parseDocument, serializeXml } from "./xml.ts";
import { render } from "./xml-emit.ts";

/** What others keep in its metadata stays. */
export function withoutRecord(xml: string): string {
  const document = parseDocument(xml, "a domain");
  const metadata = childAt(document.documentElement, "metadata");
  if (metadata === null) return xml;
  for (const ours of childrenOf(metadata, "vm")) if (ours.namespaceURI === RECORD_NAMESPACE) metadata.removeChild(ours);
  if (metadata.textContent?.trim() === "" && metadata.getElementsByTagName("*").length === 0)
    document.documentElement?.removeChild(metadata);
  return serializeXml(document).replace(/^[ \t]*\n/gm, "");
}

/** E_HYPERVISOR when the text is no XML. */
export function withRecord(xml: string, record: MachineRecord): string {
  const document = parseDocument(withoutRecord(xml), "a domain");
  const root = document.documentElement;
  let metadata = childAt(root, "metadata");
  if (metadata === null) {
    metadata = document.createElement("metadata");
    root?.insertBefore(metadata, childAt(root, "memory"));
  }
  const ours = parseDocument(render(recordElement(record)), "a record").documentElement;
  if (ours !== null) metadata.appendChild(document.importNode(ours, true));
  return serializeXml(document);
}
