/** What to write to a terminal so that one line becomes another: only cells that differ. */
import { BLANK, PLAIN, type Style, type StyledCell, turned } from "./styled.ts";

/** As many cells that are right already are written again rather than jumped over: a jump is as long. */
const BRIDGED = 4;
/** From so many blank cells on, erasing the rest of the line is shorter. */
const ERASED = 4;

/** Where the terminal writes next, and how it will look; -1: not known. Rows and columns count from 0. */
export type Pen = { row: number; column: number; style: Style };

/** `before` null: whatever stands there. Both lines are equally long. The pen is left where the writing ends. */
export function lineDifference(
  before: readonly StyledCell[] | null,
  after: readonly StyledCell[],
  row: number,
  pen: Pen,
): string {
  let written = "";
  const end = blankFrom(after);
  const erase = after.length - end >= ERASED && !alreadyBlank(before, end);
  const last = erase ? end : after.length;
  for (let column = 0; column < last; ) {
    if (same(before?.[column], after[column])) {
      column += 1;
      continue;
    }
    const to = runEnd(before, after, column, last);
    written += moved(pen, row, column);
    for (; column < to; column += 1) written += put(pen, after[column] ?? BLANK);
    pen.column = to;
  }
  if (!erase) return written;
  written += moved(pen, row, end) + turned(pen.style, PLAIN);
  pen.style = PLAIN;
  return `${written}\x1b[K`;
}

function put(pen: Pen, cell: StyledCell): string {
  const { text, style } = cell;
  if (cell === BLANK && !pen.style.showsOnSpace) return text;
  const turn = turned(pen.style, style);
  pen.style = style;
  return turn + text;
}

function moved(pen: Pen, row: number, column: number): string {
  const forward = pen.row === row ? column - pen.column : -1;
  pen.row = row;
  pen.column = column;
  if (forward === 0) return "";
  return forward > 0 ? `\x1b[${forward}C` : `\x1b[${row + 1};${column + 1}H`;
}

function same(a: StyledCell | undefined, b: StyledCell | undefined): boolean {
  return a !== undefined && a.text === b?.text && a.style === b.style;
}

/** Where cells that differ end for good: a few equal ones between two such runs are part of it. */
function runEnd(before: readonly StyledCell[] | null, after: readonly StyledCell[], from: number, last: number) {
  let to = from;
  for (let column = from; column < last && column - to <= BRIDGED; column += 1)
    if (!same(before?.[column], after[column])) to = column + 1;
  return to;
}

function blankFrom(cells: readonly StyledCell[]): number {
  return cells.findLastIndex((cell) => cell !== BLANK) + 1;
}

function alreadyBlank(before: readonly StyledCell[] | null, from: number): boolean {
  return before?.slice(from).every((cell) => cell === BLANK) ?? false;
}
