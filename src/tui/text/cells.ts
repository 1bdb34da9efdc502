/** Text in cells: how wide it is on a terminal, cut and padded to a width. As Ink measures it, or its diff would be off. */
import stringWidth from "string-width";

export const ASCII = /^[\x20-\x7e]*$/;
/** Controls, marks that turn the direction of writing, and private use: any could make a row show what it is not. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ue000-\uf8ff]/g;
/** Clusters whose width terminals do not agree on: joined emoji, emoji by selector, flags, tag sequences. */
const DISPUTED =
  /\u200b|\u200c|\u200d|\ufe0e|\ufe0f|\u20e3|[\u{1f1e6}-\u{1f1ff}]|[\u{1f3fb}-\u{1f3ff}]|[\u{e0020}-\u{e007f}]/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function widthOf(text: string): number {
  return ASCII.test(text) ? text.length : stringWidth(text);
}

/** Text of others (names, guests, files), safe to show: one cell or two for each cluster, and nothing that steers. */
export function shown(text: string): string {
  if (ASCII.test(text)) return text;
  let safe = "";
  for (const { segment } of segmenter.segment(text.replace(UNSAFE, "·")))
    safe += DISPUTED.test(segment) ? "□" : segment;
  return safe;
}

/** At most `width` cells; where something was cut off the last of them is `mark`. */
export function clipped(text: string, width: number, mark: string): string {
  if (widthOf(text) <= width) return text;
  if (width <= 0) return "";
  if (ASCII.test(text)) return text.slice(0, width - 1) + mark;
  let kept = "";
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const cells = widthOf(segment);
    if (used + cells > width - 1) break;
    kept += segment;
    used += cells;
  }
  return kept + mark;
}

/** Exactly `width` cells: cut off, or filled up with spaces. */
export function fitted(text: string, width: number, mark: string, align: "left" | "right" = "left"): string {
  const kept = clipped(text, width, mark);
  const gap = " ".repeat(Math.max(0, width - widthOf(kept)));
  return align === "left" ? kept + gap : gap + kept;
}

/** The text in lines of at most `width` cells, broken between words where that can be. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  const push = () => {
    lines.push(line);
    line = "";
  };
  for (const word of text.split(" ")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (widthOf(joined) <= width) {
      line = joined;
      continue;
    }
    if (line !== "") push();
    line = word;
    while (widthOf(line) > width && width > 0) {
      const head = headOf(line, width);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  push();
  return lines;
}

function headOf(text: string, width: number): string {
  let head = "";
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    const cells = widthOf(segment);
    if (used + cells > width && head !== "") break;
    head += segment;
    used += cells;
  }
  return head;
}
