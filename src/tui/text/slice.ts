/** Parts of a line by cells, for what lies over it. */
import { widthOf } from "./cells.ts";

const SGR = /\x1b\[[\d;]*m/g;
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function withoutTones(line: string): string {
  return line.replace(SGR, "");
}

/** Cells `from` up to `to` of text without tones; a wide character that is cut in two becomes a space. */
export function cellsOf(text: string, from: number, to: number): string {
  let at = 0;
  let kept = "";
  for (const { segment } of segmenter.segment(text)) {
    const cells = widthOf(segment);
    if (at >= from && at + cells <= to) kept += segment;
    else if (at < to && at + cells > from) kept += " ".repeat(Math.min(to, at + cells) - Math.max(from, at));
    at += cells;
    if (at >= to) break;
  }
  return kept;
}
