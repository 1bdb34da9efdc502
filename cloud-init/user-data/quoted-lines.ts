import { parseDocument } from "yaml";

/** Our parser's complaint about a text in quotes that goes on further to the left than it may. */
const CUT_OFF = /^Missing closing (?<quote>["'])quote/;
const REST: Readonly<Record<string, RegExp>> = { '"': /(?:\\[\s\S]|[^\\"])*"/y, "'": /(?:''|[^'])*'/y };
/** These end a document, in quotes too. */
const DOCUMENT_MARK = /^(?:---|\.\.\.)(?:\s|$)/m;
/** Deeper than anything around it. */
const INDENT = " ".repeat(64);
const MOST_TEXTS = 100;

/**
 * cloud-init's reader lets a text in quotes go on at column 0, ours does not: gives such lines an indentation, which is no
 * part of the text. Line numbers stay. What no reader takes stays as it is.
 */
export function indentQuotedLines(text: string): string {
  let indented = text;
  for (let count = 0; count < MOST_TEXTS; count++) {
    const { errors } = parseDocument(indented, { version: "1.1", uniqueKeys: false, prettyErrors: false });
    const fault = errors.find(({ message }) => CUT_OFF.test(message));
    if (fault === undefined) return indented;
    const pattern = REST[CUT_OFF.exec(fault.message)?.groups?.["quote"] ?? ""];
    const [start] = fault.pos;
    if (pattern === undefined) return text;
    pattern.lastIndex = start;
    const rest = pattern.exec(indented)?.[0];
    if (rest === undefined || DOCUMENT_MARK.test(rest)) return text;
    const moved = rest.replace(/\n(?=.)/g, `\n${INDENT}`);
    indented = indented.slice(0, start) + moved + indented.slice(start + rest.length);
  }
  return text;
}
