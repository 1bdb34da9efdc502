/** A way to look at the VMs that somebody gave a name: which, in what order, and what of each. Pure. */
import { MACHINE_KEYS, WATCHED_KEYS } from "./filter.ts";
import { parseTerms } from "./filter-syntax.ts";
import { nearNames } from "./near.ts";
import { LISTED_COLUMNS, WATCHED_COLUMNS } from "./view-columns.ts";
import { splitWords } from "./words.ts";

const COLUMNS: readonly string[] = [...LISTED_COLUMNS, ...WATCHED_COLUMNS];

export type SavedView = {
  /** Words of a filter, as `hutch list` takes them; empty: every VM. */
  readonly filter: string;
  /** null: as they come. */
  readonly sort: { readonly column: string; readonly descending: boolean } | null;
  /** null: the usual ones. */
  readonly columns: readonly string[] | null;
};

/** `-memory`: the largest first. */
export function sortingOf(text: string): NonNullable<SavedView["sort"]> {
  return text.startsWith("-") ? { column: text.slice(1), descending: true } : { column: text, descending: false };
}

/** What is wrong with the name of a view, as the end of a sentence; null when nothing is. */
export function checkViewName(name: string): string | null {
  return /^[a-z0-9][a-z0-9_-]{0,31}$/i.test(name) ? null : "a view's name has letters, digits and hyphens only";
}

export function checkColumn(name: string): string | null {
  if (COLUMNS.includes(name)) return null;
  const [near] = nearNames(name, COLUMNS);
  return `there is no column "${name}"${near === undefined ? `; there are ${COLUMNS.join(", ")}` : `. Did you mean "${near}"?`}`;
}

/** E_USAGE for words that no filter can have. */
export function assertFilter(text: string): void {
  parseTerms(splitWords(text), { ...MACHINE_KEYS, ...WATCHED_KEYS });
}
