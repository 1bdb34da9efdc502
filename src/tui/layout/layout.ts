/** Where things go on a screen of a given size. */

export const SMALLEST = { columns: 60, rows: 15 } as const;

export type Size = { readonly columns: number; readonly rows: number };

export type Layout = {
  /**
   * `wide`: list and detail side by side. `strip`: the list over a few lines about the chosen row. `list`: the list alone.
   * `small`: nothing fits.
   */
  readonly kind: "wide" | "strip" | "list" | "small";
  readonly columns: number;
  readonly rows: number;
  /** Whether the names of the screens have a line of their own. */
  readonly tabs: boolean;
  /** Lines between head and foot. */
  readonly body: number;
  /** Columns of the list, its frame included. */
  readonly list: number;
  /** Lines of the list, its frame included. */
  readonly listRows: number;
  /** Columns of the detail, its frame included; 0 where there is none. */
  readonly detail: number;
  /** Lines of what lies under the list on a tall screen, its frame included; 0 where there is nothing. */
  readonly below: number;
  /** Lines of the strip; 0 where there is none. */
  readonly strip: number;
  /** Lines for jobs and what was said last. */
  readonly talk: number;
};

const STRIP_ROWS = 4;

export function layoutOf({ columns, rows }: Size): Layout {
  const none = { columns, rows, tabs: false, body: 0, list: 0, listRows: 0, detail: 0, below: 0, strip: 0, talk: 0 };
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) return { kind: "small", ...none };
  const tabs = rows >= 20;
  const talk = rows >= 30 ? 2 : 1;
  const body = rows - (tabs ? 3 : 2) - talk;
  if (columns >= 110) {
    const detail = Math.min(Math.max(40, Math.floor(columns / 3)), 96);
    const below = columns >= 140 && rows >= 45 ? Math.floor(body * 0.3) : 0;
    const list = columns - detail;
    return { kind: "wide", columns, rows, tabs, body, list, listRows: body - below, detail, below, strip: 0, talk };
  }
  const strip = columns >= 80 && rows >= 24 ? STRIP_ROWS : 0;
  const kind = strip > 0 ? "strip" : "list";
  return { kind, columns, rows, tabs, body, list: columns, listRows: body - strip, detail: 0, below: 0, strip, talk };
}

/** The first row to show of `count`, so that `at` is inside a window of `height`: moved as little as can be. */
export function scrolledTo(at: number, top: number, height: number, count: number): number {
  const last = Math.max(0, count - height);
  if (at < top) return Math.min(at, last);
  if (at >= top + height) return Math.min(at - height + 1, last);
  return Math.min(top, last);
}
