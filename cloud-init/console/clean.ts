/** No line of a console is longer than this and still worth reading. */
const LINE_CHARACTERS = 1000;
const TEXT_CHARACTERS = 256 * 1024;

/** Terminal commands (colours, cursor, titles, device control), whole or cut off, then every other control character. */
const ESCAPES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]?/g;
const CONTROLS = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * What a guest wrote, made safe to print: no escapes, no control characters but line ends and tabs, nothing that turns the
 * direction of text, and of limited length. Where a line was written over (`\r`), the last writing stays.
 */
export function cleanConsole(text: string): string {
  const plain = text.slice(0, TEXT_CHARACTERS).replace(ESCAPES, "");
  return plain.split("\n").map(cleanLine).join("\n");
}

function cleanLine(line: string): string {
  const writings = line.split("\r").filter((writing) => writing !== "");
  return (writings.at(-1) ?? "").replace(CONTROLS, "").slice(0, LINE_CHARACTERS);
}
