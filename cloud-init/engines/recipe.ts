import { nearestWord } from "../spelling.ts";
import docker from "./docker.json" with { type: "json" };

/** How one family of distributions gets an engine. */
export type EngineFamily = {
  readonly name: string;
  /** `ID` (or a word of `ID_LIKE`) in /etc/os-release. */
  readonly systems: readonly string[];
  /** The package manager. */
  readonly installer: string;
  /** Address of the engine's own repository; null when it has none for this family. */
  readonly repository: string | null;
  /** Full fingerprint of the key that signs that repository. */
  readonly key: string | null;
  /** The distribution's own packages, for guests that cannot reach that repository; empty when there are none. */
  readonly fallback: readonly string[];
  /** More of the distribution's packages, taken where they exist, `name>=version` only from that version on. */
  readonly extras: readonly string[];
  /** What shows that this works: tests of this project and nothing else. */
  readonly proven: readonly string[];
};

export type EngineRecipe = {
  readonly name: string;
  readonly title: string;
  /** Where its own repositories are; a mirror takes the place of this address. */
  readonly base: string;
  readonly mirrors: Readonly<Record<string, string>>;
  /** What is installed from its own repository. */
  readonly packages: readonly string[];
  readonly families: readonly EngineFamily[];
};

/** A new engine is a data file, its shell files and a line here. */
const RECIPES: readonly EngineRecipe[] = [docker].map((recipe) => ({
  ...recipe,
  families: recipe.families.map((family) => ({
    ...family,
    repository: family.repository === null ? null : `${recipe.base}/${family.repository}`,
  })),
}));

/** Every engine that can be installed. */
export function engineRecipes(): readonly EngineRecipe[] {
  return RECIPES;
}

/** The engine of that name; when there is none, names that may have been meant, or all of them. */
export function findEngine(word: string): EngineRecipe | { readonly suggestions: readonly string[] } {
  const wanted = word.trim().toLowerCase();
  const found = RECIPES.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  const names = RECIPES.map(({ name }) => name);
  const near = nearestWord(wanted, names);
  return { suggestions: near === undefined ? names : [near] };
}
