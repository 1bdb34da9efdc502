/** A screen as data: which rows, which columns, what is told about the chosen one. */

import { type FilterKeys, typedTerms } from "../../core/filter-syntax.ts";
import { splitWords } from "../../core/words.ts";
import type { History } from "../store/history.ts";
import { hasSeveral } from "../store/hosts.ts";
import type { ScreenId, State, View } from "../store/state.ts";
import { fitted } from "../text/cells.ts";
import type { Look, Span, Tone } from "../theme/look.ts";
import { cell, paint, selected } from "../theme/look.ts";

/** What rows are made of and ordered by. */
export type Data = { readonly state: State; readonly history: History };
/** And how they are shown. */
export type Scope = Data & { readonly look: Look };

export type Cell = readonly [text: string, tone: Tone];

export type Column<T> = {
  readonly id: string;
  readonly title: string;
  readonly width: number;
  /** Its share of the room that is left. */
  readonly grow?: number;
  readonly align?: "left" | "right";
  /** Shown only in a list that has at least so many cells inside. */
  readonly from?: number;
  /** Shown only where somebody asks for it. */
  readonly extra?: boolean;
  /** Shown only where there are several hosts. */
  readonly several?: boolean;
  /** Its order begins with the largest. */
  readonly largestFirst?: boolean;
  /** Orders by something that changes with each sample. */
  readonly live?: boolean;
  cell(item: T, scope: Scope, width: number): Cell;
  compare?(a: T, b: T, data: Data): number;
};

export type ListScreen<T> = {
  readonly id: ScreenId;
  readonly title: string;
  /** Where there is little room. */
  readonly short: string;
  readonly columns: readonly Column<T>[];
  /** The same array for the same state. */
  items(data: Data): readonly T[];
  key(item: T): string;
  name(item: T): string;
  /** Whose it is; null where there is only one host. Without it a row is no host's own. */
  host?(item: T): string | null;
  /** What `/` can ask of a row; a word alone is a part of the first. */
  fields(data: Data): FilterKeys<T>;
  /** Words for the upper edge of the list. */
  summary(data: Data): readonly Span[];
  /** Why there is nothing, and what to do about it. */
  empty(data: Data): readonly string[];
  /** Lines of exactly `width` cells about the chosen row; as many as it takes. */
  detail(item: T, scope: Scope, width: number, height: number): readonly string[];
  /** How many of these stay in place while the rest is scrolled. */
  readonly pinned?: number;
  /** Whether its end is looked at until somebody scrolls back. */
  followsEnd?(state: State): boolean;
  /** Two lines that say the same in short. */
  strip(item: T, scope: Scope, width: number): readonly string[];
};

export type AnyScreen = ListScreen<unknown>;

type Kept = {
  readonly items: readonly unknown[];
  readonly how: string;
  readonly sample: number;
  readonly rows: readonly unknown[];
};
const NO_FILTER = { terms: [] } as const;
const kept = new WeakMap<History, Map<ScreenId, Kept>>();

/** The rows that are seen: filtered and in order. Worked out anew only when something of it has changed. */
export function rowsOf<T>(screen: ListScreen<T>, data: Data): readonly T[] {
  const { state, history } = data;
  const { filter, sort, reverse } = state.views[screen.id];
  const column = screen.columns.find(({ id }) => id === sort);
  const items = screen.items(data);
  const how = `${reverse}\n${sort ?? ""}\n${filter}`;
  const sample = column?.live === true || /[<>]/.test(filter) ? state.sample : 0;
  const mine = kept.get(history) ?? new Map<ScreenId, Kept>();
  kept.set(history, mine);
  const before = mine.get(screen.id);
  if (before !== undefined && before.items === items && before.how === how && before.sample === sample)
    return before.rows as readonly T[];
  const { terms } = filter === "" ? NO_FILTER : typedTerms(splitWords(filter), screen.fields(data));
  const rows = terms.length === 0 ? [...items] : items.filter((item) => terms.every(({ holds }) => holds(item)));
  const compare = column?.compare?.bind(column);
  if (compare !== undefined) rows.sort((a, b) => compare(a, b, data));
  if (reverse) rows.reverse();
  mine.set(screen.id, { items, how, sample, rows });
  return rows;
}

/** The usual columns that this state has a use for, or those that a view asks for, as many as have room. */
export function columnsOf(screen: AnyScreen, state: State, width: number): readonly Column<unknown>[] {
  const { columns } = state.views[screen.id];
  const useful = screen.columns.filter(({ several }) => several !== true || hasSeveral(state));
  if (columns === null) return useful.filter(({ extra }) => extra !== true);
  const asked = columns.flatMap((name) => useful.find(({ id }) => id === name) ?? []);
  let left = width;
  return asked
    .filter((column) => {
      left -= column.width + 1;
      return left >= -1;
    })
    .map((column) => ({ ...column, from: 0 }));
}

export type Widths = readonly (readonly [column: Column<unknown>, width: number])[];

/** Narrower than this a column says nothing. */
const LEAST_CELLS = 4;

/** The columns that have room in `width` cells, each with its width; one cell lies between two. */
export function widthsOf(columns: readonly Column<unknown>[], width: number): Widths {
  // What only several hosts need takes its room from what is shown in a wide list.
  const taken = columns.reduce((sum, { several, width: cells }) => (several === true ? sum + cells + 1 : sum), 0);
  const seen = thoseWithRoom(
    columns.filter(({ from = 0 }) => width - taken >= from),
    width,
  );
  const cells = seen.map((column) => column.width);
  // What is still too much goes from the widest that can be cut.
  for (let over = leastOf(seen) - width; over > 0; over -= 1) {
    const widest = seen.reduce((at, { grow }, index) => {
      const more = (cells[index] ?? 0) > (cells[at] ?? LEAST_CELLS);
      return grow !== undefined && more ? index : at;
    }, -1);
    if (widest === -1) break;
    cells[widest] = (cells[widest] ?? 0) - 1;
  }
  let left = Math.max(0, width - leastOf(seen));
  let sharesLeft = seen.reduce((sum, { grow = 0 }) => sum + grow, 0);
  return seen.map((column, index) => {
    const { grow = 0 } = column;
    const more = sharesLeft === 0 ? 0 : Math.floor((left * grow) / sharesLeft);
    left -= more;
    sharesLeft -= grow;
    return [column, (cells[index] ?? 0) + more] as const;
  });
}

function leastOf(columns: readonly Column<unknown>[]): number {
  return columns.reduce((sum, { width }) => sum + width + 1, -1);
}

/** Without those that want the widest lists, until the rest has room or all of it is wanted in any list. */
function thoseWithRoom(columns: readonly Column<unknown>[], width: number): readonly Column<unknown>[] {
  const most = Math.max(0, ...columns.map(({ from = 0 }) => from));
  if (most === 0 || leastOf(columns) <= width) return columns;
  const last = columns.findLastIndex(({ from = 0 }) => from === most);
  return thoseWithRoom(
    columns.filter((_, index) => index !== last),
    width,
  );
}

export function headerLine(look: Look, widths: Widths, width: number, { sort, reverse }: View): string {
  const words = widths.map(([{ id, title, align, largestFirst = false }, cells]) => {
    const sorted = id === sort;
    const text = sorted ? title + (reverse !== largestFirst ? look.glyphs.down : look.glyphs.up) : title;
    return cell(look, cells, text, sorted ? "accent" : "muted", align);
  });
  return padTo(`${" ".repeat(GUTTER)}${words.join(" ")}`, width, widths);
}

/** The sign of the cursor, the sign of a mark, and a space. */
export const GUTTER = 3;

/** Cells for columns in a list of so many inside: one stays free before the frame. */
export function roomIn(inside: number): number {
  return inside - GUTTER - 1;
}

export type RowMark = { readonly cursor: boolean; readonly marked: boolean };

export function rowLine(item: unknown, scope: Scope, widths: Widths, width: number, mark: RowMark): string {
  const { look } = scope;
  const { glyphs } = look;
  const cells = widths.map(([column, cells]) => {
    const [text, tone] = column.cell(item, scope, cells);
    return paint(look, tone, fitted(text, cells, glyphs.cut, column.align));
  });
  const gutter = `${mark.cursor ? glyphs.cursor : " "}${mark.marked ? paint(look, "accent", glyphs.marked) : " "} `;
  const text = padTo(gutter + cells.join(" "), width, widths);
  return mark.cursor ? selected(look, text) : text;
}

/** Cells are as wide as they are told, so the width of the whole is known without looking at it. */
function padTo(text: string, width: number, widths: Widths): string {
  const used = GUTTER + widths.reduce((sum, [, cells]) => sum + cells + 1, -1);
  return text + " ".repeat(Math.max(0, width - used));
}

export function byText<T>(text: (item: T) => string): (a: T, b: T) => number {
  return (a, b) => {
    const [left, right] = [text(a), text(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
}
