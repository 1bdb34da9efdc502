/** Columns for people. */
import { columnWidths, fitted, type Room, wrapped } from "./fit.ts";
import { plain } from "./plain.ts";
import { padded, widthOf } from "./width.ts";

/** Where there is less room for a value, the terminal may fold it. */
const NARROWEST_VALUE = 16;

/** Aligned by what a terminal shows, two blanks between columns, nothing after the last; what is empty shows as `-`. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], room?: Room): string {
  const whole = shown([head, ...rows]);
  return aligned(room === undefined ? whole : fitted(whole, room));
}

/** `key  value` lines; a value that is wider than `columns` leave room for goes on below itself. */
export function pairs(rows: readonly (readonly [string, string])[], columns = Number.POSITIVE_INFINITY): string {
  const whole = shown(rows);
  const room = columns - Math.max(...whole.map(([key = ""]) => widthOf(key))) - 2;
  if (room < NARROWEST_VALUE || room === Number.POSITIVE_INFINITY) return aligned(whole);
  return aligned(
    whole.flatMap(([key = "", value = ""]) =>
      wrapped(value, room).map((line, index) => [index === 0 ? key : "", line]),
    ),
  );
}

function shown(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row) => row.map((cell) => plain(cell === "" ? "-" : cell)));
}

function aligned(safe: readonly (readonly string[])[]): string {
  const widths = columnWidths(safe);
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
