/** Columns for people. */
import { plain } from "./plain.ts";
import { clipped, padded, widthOf } from "./width.ts";

const GAP = "  ";
/** What is left of a cell when there is no room. */
const NARROWEST = 8;

/**
 * Aligned by what a terminal shows, two blanks between columns, nothing after the last; what is empty shows as `-`. Where
 * `columns` do not hold it the widest cells are cut; those of the first column, which people type, are whole.
 */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  columns = Number.POSITIVE_INFINITY,
): string {
  return aligned([head, ...rows], columns);
}

/** `key  value` lines. */
export function pairs(rows: readonly (readonly [string, string])[]): string {
  return aligned(rows);
}

function aligned(rows: readonly (readonly string[])[], columns = Number.POSITIVE_INFINITY): string {
  const safe = rows.map((row) => row.map((cell) => plain(cell === "" ? "-" : cell)));
  const widths: number[] = [];
  for (const row of safe) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  narrow(widths, columns);
  return safe
    .map(
      (row) =>
        `${row
          .map((cell, column) => padded(clipped(cell, widths[column] ?? 0), widths[column] ?? 0))
          .join(GAP)
          .trimEnd()}\n`,
    )
    .join("");
}

/** In place: the widest gives way first, and as much as it can. */
function narrow(widths: number[], columns: number): void {
  const order = [...widths.keys()].slice(1).sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
  let over = widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length) - columns;
  for (const column of order) {
    const width = widths[column] ?? 0;
    const less = Math.min(over, width - NARROWEST);
    if (less <= 0) return;
    widths[column] = width - less;
    over -= less;
  }
}
