/** Columns for people. */
import { plain } from "./plain.ts";
import { padded, widthOf } from "./width.ts";

/** Aligned by what a terminal shows, two blanks between columns, nothing after the last; what is empty shows as `-`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return aligned([head, ...rows]);
}

/** `key  value` lines. */
export function pairs(rows: readonly (readonly [string, string])[]): string {
  return aligned(rows);
}

function aligned(rows: readonly (readonly string[])[]): string {
  const safe = rows.map((row) => row.map((cell) => plain(cell === "" ? "-" : cell)));
  const widths: number[] = [];
  for (const row of safe) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, widthOf(cell));
  }
  return safe
    .map(
      (row) =>
        `${row
          .map((cell, column) => padded(cell, widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
