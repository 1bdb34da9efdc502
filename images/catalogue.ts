import { type CatalogueEntry, parseEntry } from "./catalogue-entry.ts";
import { CATALOGUE_FILES } from "./catalogue-files.ts";
import { editDistance } from "./edit-distance.ts";

let entries: readonly CatalogueEntry[] | undefined;

/** Every image that can be asked for by name. Read and checked once; fails with `catalogue` when a data file is wrong. */
export function catalogue(): readonly CatalogueEntry[] {
  entries ??= CATALOGUE_FILES.map(([file, data]) => parseEntry(file, data));
  return entries;
}

export type Suggestions = { readonly suggestions: readonly string[] };

/** An image as a user names it: a release, and with `@` one build of it (`debian-13@20260712-2537`). */
export type ImageWord = { readonly release: string; readonly build: string | null };

export function imageWord(word: string): ImageWord {
  const at = word.lastIndexOf("@");
  return at < 1 || at === word.length - 1
    ? { release: word, build: null }
    : { release: word.slice(0, at), build: word.slice(at + 1) };
}

/** Letters and digits only, so that `Debian:13`, `debian-13` and `debian13` are the same word. */
const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9.]/g, "");

const wordsOf = (entry: CatalogueEntry): readonly string[] =>
  [entry.name, entry.codename, ...entry.aliases].filter((word) => word !== "");

const byVersion = new Intl.Collator("en", { numeric: true });

/**
 * The image that a user means by a word: its name in any spelling, its codename, or the distribution alone for the newest of
 * it; a build named behind `@` does not change which. When there is none: the names that are spelt nearly so, nearest first,
 * or all names when none is near.
 */
export function findImage(word: string): CatalogueEntry | Suggestions {
  const wanted = plain(imageWord(word).release);
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
  const nearest = near[0]?.distance ?? 0;
  // Short names are near to much: what is a slip further away than the nearest was not meant.
  const meant = near.filter(({ distance }) => distance <= nearest + 1).slice(0, SUGGESTIONS_MAX);
  return meant.map(({ name }) => name);
}

const SUGGESTIONS_MAX = 3;
