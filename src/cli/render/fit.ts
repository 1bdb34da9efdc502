/** What is shown at a terminal, no wider than that. */
import { clipped, clippedAhead, graphemesOf, widthOf } from "./width.ts";

/** How much room there is for a table. A pipe has all of it: what is read by programs stays whole. */
export type Room = {
  readonly columns: number;
  /** Heads of the columns that can be done without, the first to go first. */
  readonly spare?: readonly string[];
  /** Heads of the columns with paths in them. */
  readonly paths?: readonly string[];
};

const GAP = 2;
/** A column is not clipped to less; one with shorter cells stays as it is. */
const NARROWEST = 16;

/**
 * The same rows, in `columns` cells with their gaps: spare columns go, then paths give way, then the widest is clipped, and
 * the next. The first one stays whole, for it is what people type.
 */
export function fitted(rows: readonly (readonly string[])[], { columns, spare = [], paths = [] }: Room): string[][] {
  const kept = rows.map((row) => [...row]);
  for (const head of spare) {
    if (total(least(kept)) <= columns) break;
    const index = kept[0]?.indexOf(head) ?? -1;
    if (index > 0) for (const row of kept) row.splice(index, 1);
  }
  const floors = least(kept);
  const isPath = (kept[0] ?? []).map((head) => paths.includes(head));
  const widths = columnWidths(kept);
  /** The widest of these that still can; whether there was one. */
  const narrow = (which: (index: number) => boolean): boolean => {
    const room = widths.map((width, index) => (index > 0 && which(index) && width > (floors[index] ?? 0) ? width : 0));
    const widest = room.indexOf(Math.max(...room));
    if ((room[widest] ?? 0) === 0) return false;
    widths[widest] = (widths[widest] ?? 0) - 1;
    return true;
  };
  while (total(widths) > columns && (narrow((index) => isPath[index] === true) || narrow(() => true)));
  return kept.map((row) =>
    row.map((cell, index) => (isPath[index] === true ? clippedAhead : clipped)(cell, widths[index] ?? 0)),
  );
}

/** In lines of at most `columns` cells, between words where it can be. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= columns) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    const pieces = broken(word, columns);
    lines.push(...pieces.slice(0, -1));
    line = pieces.at(-1) ?? "";
  }
  return [...lines, line];
}

/** Of a path, after one of its folders: its name stays whole where it can. */
function broken(word: string, columns: number): readonly string[] {
  if (widthOf(word) <= columns) return [word];
  const pieces = [""];
  for (const { segment } of graphemesOf(word)) {
    const piece = pieces.at(-1) ?? "";
    if (widthOf(piece + segment) <= columns) {
      pieces[pieces.length - 1] = piece + segment;
      continue;
    }
    const folder = piece.lastIndexOf("/") + 1 || piece.length;
    pieces[pieces.length - 1] = piece.slice(0, folder);
    pieces.push(piece.slice(folder) + segment);
  }
  return pieces;
}

/** How wide each column is that nothing is clipped in. */
export function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  return widths;
}

function least(rows: readonly (readonly string[])[]): readonly number[] {
  return columnWidths(rows).map((width, index) => (index === 0 ? width : Math.min(width, NARROWEST)));
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP * Math.max(0, widths.length - 1);
}
