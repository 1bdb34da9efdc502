/** Names of keys as somebody writes them in the config: `ctrl-s`, `F`, `alt-x`, `pgdn`. */
import { nearNames } from "../../core/near.ts";

const NAMED = [
  "enter",
  "esc",
  "tab",
  "space",
  "backspace",
  "delete",
  "insert",
  "home",
  "end",
  "pgup",
  "pgdn",
  "up",
  "down",
  "left",
  "right",
];
const MOVES = ["up", "down", "left", "right", "home", "end", "pgup", "pgdn", "insert", "delete"];
/** What a terminal sends for these is another key's. */
const SAME: Readonly<Record<string, string>> = {
  "ctrl-i": "tab",
  "ctrl-m": "enter",
  "ctrl-h": "backspace",
  "ctrl-[": "esc",
};
const CONTROLS = [..."abcdefgjklnopqrstuvwxyz]\\"].map((letter) => `ctrl-${letter}`);

const ALL: readonly string[] = [
  ...NAMED,
  ...CONTROLS,
  "ctrl-space",
  "shift-tab",
  ...["ctrl-", "alt-", "shift-"].flatMap((prefix) => MOVES.map((key) => prefix + key)),
];

/** The name that hutch has for it, or what is wrong with it, as a sentence. */
export function keyNamed(text: string): { readonly name: string } | { readonly fault: string } {
  if (text === " ") return { name: "space" };
  if (isCharacter(text)) return { name: text };
  const alt = /^alt[-+](?<rest>.+)$/i.exec(text)?.groups?.["rest"];
  if (alt !== undefined && isCharacter(alt)) return { name: `alt-${alt}` };
  const name = text.toLowerCase().replace(/^(ctrl|alt|shift)\+/, "$1-");
  if (ALL.includes(name)) return { name };
  const same = SAME[name];
  if (same !== undefined) return { fault: `A terminal sends ${same} for "${name}".` };
  if (/^f\d+$/.test(name)) return { fault: `"${text}" is a function key, which terminals send too differently.` };
  const [near] = nearNames(name, ALL);
  return {
    fault: `There is no key "${text}". ${near === undefined ? "Keys are written s, S, ctrl-s, alt-s, enter, pgdn." : `Did you mean "${near}"?`}`,
  };
}

function isCharacter(text: string): boolean {
  return [...text].length === 1 && /^[^\s\p{Cc}]$/u.test(text);
}
