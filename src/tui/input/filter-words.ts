/** A filter while it is typed: what is wrong with it, and what its last word may become. */
import { typedTerms } from "../../core/filter-syntax.ts";
import { splitWords } from "../../core/words.ts";
import type { Data } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { completed, lastWord } from "./words.ts";

const WITH_VALUE = /^(?<head>!?(?<key>[^=!:<>~]+)!?[=:](?:.*,)?)(?<part>[^,]*)$/u;

/** null: nothing is wrong. */
export function filterFault(text: string, data: Data): string | null {
  return typedTerms(splitWords(text), SCREEN[data.state.screen].fields(data)).fault;
}

/** Keys first; behind one its values, as the rows have them. */
export function filterChoices(text: string, data: Data): readonly string[] {
  const screen = SCREEN[data.state.screen];
  const keys = screen.fields(data);
  const last = lastWord(text);
  const { head = "", key = "", part = "" } = WITH_VALUE.exec(last)?.groups ?? {};
  const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (known !== undefined && "of" in known) {
    const values = known.among ?? screen.items(data).flatMap((row) => known.of(row));
    return [...new Set(values)]
      .filter((value) => value.startsWith(part) && value !== part && !/\s/.test(value))
      .map((value) => head + value);
  }
  const bang = last.startsWith("!") ? "!" : "";
  return Object.entries(keys)
    .filter(([name]) => name.startsWith(last.slice(bang.length)))
    .map(([name, about]) => `${bang}${name}${"of" in about ? "=" : ">"}`);
}

/** The filter with its last word completed as far as there is no choice. */
export function completedFilter(text: string, data: Data): string {
  const choices = filterChoices(text, data);
  return completed(text, choices, /[=>]$/.test(choices[0] ?? "") ? "" : " ");
}
