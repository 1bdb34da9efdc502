/** A line of text and SGR sequences as a terminal shows it: cell by cell, each with how it looks. */
import { ASCII, widthOf } from "./cells.ts";

/** How a cell looks: what is on, by what ends it. The same object for the same look. */
export type Style = { readonly codes: readonly string[]; readonly showsOnSpace: boolean };

/** `text` is empty in the second cell of a wide character. */
export type StyledCell = { readonly text: string; readonly style: Style };

/** What ends each part of a style: weight, slant, underline, inverse, foreground, background. */
const OFF = ["22", "23", "24", "27", "39", "49"] as const;
const [WEIGHT, SLANT, UNDERLINE, INVERSE, FOREGROUND, BACKGROUND] = [0, 1, 2, 3, 4, 5] as const;

const interned = new Map<string, Style>();

function styleOf(codes: readonly string[]): Style {
  const key = codes.join("|");
  const known = interned.get(key);
  if (known !== undefined) return known;
  const showsOnSpace = [UNDERLINE, INVERSE, BACKGROUND].some((part) => codes[part] !== "");
  const style = { codes, showsOnSpace };
  interned.set(key, style);
  return style;
}

export const PLAIN: Style = styleOf(OFF.map(() => ""));
export const BLANK: StyledCell = { text: " ", style: PLAIN };

const SGR = /\x1b\[([\d;]*)m/g;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Exactly `width` cells: what is missing is blank, what is too much is cut off. */
export function styledCells(line: string, width: number): readonly StyledCell[] {
  const cells: StyledCell[] = [];
  let style = PLAIN;
  let from = 0;
  for (const match of line.matchAll(SGR)) {
    add(cells, line.slice(from, match.index), style);
    style = changed(style, match[1] ?? "");
    from = match.index + match[0].length;
  }
  add(cells, line.slice(from), style);
  // Half of a wide character cannot be shown.
  if (cells.length > width && cells[width]?.text === "") cells[width - 1] = BLANK;
  cells.length = Math.min(cells.length, width);
  while (cells.length < width) cells.push(BLANK);
  return cells;
}

function add(cells: StyledCell[], text: string, style: Style): void {
  if (text === "") return;
  const characters = ASCII.test(text) ? text : Array.from(segmenter.segment(text), ({ segment }) => segment);
  for (const character of characters) {
    // Colour and weight cannot be seen on a space: there it is no difference.
    if (character === " " && !style.showsOnSpace) cells.push(BLANK);
    else {
      const wide = widthOf(character);
      if (wide > 0) cells.push({ text: character, style });
      if (wide > 1) cells.push({ text: "", style });
    }
  }
}

function changed(style: Style, parameters: string): Style {
  const codes = [...style.codes];
  const numbers = parameters.split(";");
  for (let index = 0; index < numbers.length; index += 1) {
    const number = Number(numbers[index]);
    if (number === 0) codes.fill("");
    else if (number === 1 || number === 2) codes[WEIGHT] = `${number}`;
    else if (number === 3) codes[SLANT] = "3";
    else if (number === 4) codes[UNDERLINE] = "4";
    else if (number === 7) codes[INVERSE] = "7";
    else if (number === 38 || number === 48) {
      const length = numbers[index + 1] === "2" ? 5 : 3;
      codes[number === 38 ? FOREGROUND : BACKGROUND] = numbers.slice(index, index + length).join(";");
      index += length - 1;
    } else if ((number >= 30 && number <= 37) || (number >= 90 && number <= 97)) codes[FOREGROUND] = `${number}`;
    else if ((number >= 40 && number <= 47) || (number >= 100 && number <= 107)) codes[BACKGROUND] = `${number}`;
    else {
      const part = OFF.indexOf(`${number}` as (typeof OFF)[number]);
      if (part >= 0) codes[part] = "";
    }
  }
  return styleOf(codes);
}

/** The shortest SGR sequence from one look to another; empty between equals. */
export function turned(from: Style, to: Style): string {
  if (from === to) return "";
  if (to === PLAIN) return "\x1b[m";
  const codes: string[] = [];
  for (let part = 0; part < OFF.length; part += 1) {
    const [before = "", after = ""] = [from.codes[part], to.codes[part]];
    if (before === after) continue;
    if (after === "") codes.push(OFF[part] ?? "");
    // Bold does not end dim, nor dim bold.
    else if (part === WEIGHT && before !== "") codes.push("22", after);
    else codes.push(after);
  }
  return `\x1b[${codes.join(";")}m`;
}
