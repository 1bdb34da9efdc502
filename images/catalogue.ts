import debian12 from "./catalog/debian-12.json" with { type: "json" };
import debian13 from "./catalog/debian-13.json" with { type: "json" };
import { type CatalogueEntry, parseEntry } from "./catalogue-entry.ts";
import { editDistance } from "./edit-distance.ts";

/** A new distribution is a data file and a line here. */
const FILES: readonly (readonly [file: string, data: unknown])[] = [
  ["debian-12.json", debian12],
  ["debian-13.json", debian13],
];

let entries: readonly CatalogueEntry[] | undefined;

/** Every image that can be asked for by name. Read and checked once; fails with `catalogue` when a data file is wrong. */
export function catalogue(): readonly CatalogueEntry[] {
  entries ??= FILES.map(([file, data]) => parseEntry(file, data));
  return entries;
}

export type Suggestions = { readonly suggestions: readonly string[] };

/** Letters and digits only, so that `Debian:13`, `debian-13` and `debian13` are the same word. */
const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9.]/g, "");

const wordsOf = (entry: CatalogueEntry): readonly string[] => [entry.name, entry.codename, ...entry.aliases];

const byVersion = new Intl.Collator("en", { numeric: true });

/**
 * The image that a user means by a word: its name in any spelling, its codename, or the distribution alone for the newest of
 * it. When there is none: the names that are spelt nearly so, nearest first, or all names when none is near.
 */
export function findImage(word: string): CatalogueEntry | Suggestions {
  const wanted = plain(word);
  const all = catalogue();
  const exact = all.find((entry) => wordsOf(entry).some((known) => plain(known) === wanted));
  if (exact !== undefined) return exact;
  const newest = all
    .filter((entry) => plain(entry.distribution) === wanted)
    .toSorted((a, b) => byVersion.compare(b.version, a.version))[0];
  if (newest !== undefined) return newest;
  return { suggestions: suggestions(wanted, all) };
}

function suggestions(wanted: string, all: readonly CatalogueEntry[]): readonly string[] {
  const near = all
    .map((entry) => ({
      name: entry.name,
      distance: Math.min(...[...wordsOf(entry), entry.distribution].map((known) => editDistance(plain(known), wanted))),
    }))
    .filter(({ distance }) => distance <= Math.max(1, Math.floor(wanted.length / 3)))
    .toSorted((a, b) => a.distance - b.distance || byVersion.compare(b.name, a.name));
  return near.length > 0 ? near.map(({ name }) => name) : all.map(({ name }) => name);
}
