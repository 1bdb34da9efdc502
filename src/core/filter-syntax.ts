/**
 * How people say which rows they mean: `state=running tag=prod,test mem>4G !engine=docker name~^web-\d web`. One grammar
 * for the command line and for every list on the screen; what can be asked for is each list's own. Pure.
 */
import { asHutchError, HutchError } from "./errors.ts";
import { nearNames } from "./near.ts";
import { patternOf } from "./pattern.ts";
import { parseSize } from "./units.ts";

/** What can be asked of a row under one key: words, of which `none` stands for nothing, or an amount. */
export type FilterKey<T> =
  | {
      of(row: T): readonly string[];
      /** The only values there are, where they are few. */
      readonly among?: readonly string[];
    }
  | {
      /** null: it is not known, and fits nothing. */
      amount(row: T): number | null;
      readonly unit: "bytes" | "number";
    };

/** By name; the first is what a word alone is a part of. */
export type FilterKeys<T> = Readonly<Record<string, FilterKey<T>>>;

export type FilterTerm<T> = {
  readonly key: string;
  /** What was asked for, as it was written. */
  readonly values: readonly string[];
  readonly not: boolean;
  readonly holds: (row: T) => boolean;
};

const NONE = "none";
const TERM = /^(?<bang>!?)(?:(?<key>[^=!:<>~]*)(?<how>!?[=:~]|[<>]=?))?(?<value>.*)$/su;
const EXAMPLES = "Write it like state=running, tag=prod,test, engine!=docker, mem>4G, name=web* or name~^web";

/**
 * One word of a filter: `key=value` with commas for "or" and `*` for anything, `key:part`, `key~expression`,
 * `key>amount`, each turned around by a `!`; or a part of what the first key names. E_USAGE for what is none, with what
 * may have been meant.
 */
export function parseTerm<T>(word: string, keys: FilterKeys<T>): FilterTerm<T> {
  const { bang = "", key, how = "", value = "" } = TERM.exec(word)?.groups ?? { value: word };
  const not = (bang === "!") !== how.startsWith("!");
  const sign = how.replace("!", "");
  const [first = ""] = Object.keys(keys);
  if (key === undefined && value === "") throw badFilter(word, "it is empty.");
  const name = key === undefined || (key === "" && sign === "~") ? first : key;
  const known = Object.hasOwn(keys, name) ? keys[name] : undefined;
  if (known === undefined) throw unknownKey(word, name, Object.keys(keys));
  const values = sign === "~" ? [value] : value.split(",").map((each) => each.trim());
  if (values.includes("")) throw badFilter(word, `"${name}" needs a value; ${exampleOf(name, known)}, for one.`);
  const test =
    "amount" in known ? amountTest(word, name, known, sign, values) : wordTest(word, name, known, sign, values);
  return { key: name, values, not, holds: (row) => test(row) !== not };
}

/** All of `words` must hold. E_USAGE. */
export function parseTerms<T>(words: readonly string[], keys: FilterKeys<T>): readonly FilterTerm<T>[] {
  return words.map((word) => parseTerm(word, keys));
}

/**
 * While it is typed: a word that cannot be yet is taken for the beginning of one, and where that cannot be either, it lets
 * everything through. `fault` says what is wrong with the first such word; null when nothing is.
 */
export function typedTerms<T>(
  words: readonly string[],
  keys: FilterKeys<T>,
): { readonly terms: readonly FilterTerm<T>[]; readonly fault: string | null } {
  const terms: FilterTerm<T>[] = [];
  let fault: string | null = null;
  for (const word of words) {
    try {
      terms.push(parseTerm(word, keys));
    } catch (error) {
      fault ??= asHutchError(error).message;
      try {
        terms.push(parseTerm(`${word}*`, keys));
      } catch {
        // It says nothing yet.
      }
    }
  }
  return { terms, fault };
}

function wordTest<T>(
  word: string,
  name: string,
  { of, among }: Extract<FilterKey<T>, { of: unknown }>,
  sign: string,
  values: readonly string[],
): (row: T) => boolean {
  const some = (fits: (text: string) => boolean) => (row: T) => {
    const found = of(row);
    return (found.length === 0 ? [NONE] : found).some(fits);
  };
  switch (sign) {
    case "":
    case ":":
      return some((text) => values.some((value) => fits(`*${value}*`, text)));
    case "~": {
      const pattern = patternOf(values[0] ?? "");
      if (typeof pattern === "string") throw badFilter(word, pattern);
      return some((text) => pattern.test(text));
    }
    case "=": {
      const strange = values.find((value) => among?.includes(value) === false && !value.includes("*"));
      if (strange !== undefined) throw badFilter(word, `"${strange}" is none of ${among?.join(", ")}.`);
      return some((text) => values.some((value) => fits(value, text)));
    }
    default:
      throw badFilter(
        word,
        `"${name}" is no amount; ${exampleOf(name, { of, ...(among ? { among } : {}) })}, for one.`,
      );
  }
}

function amountTest<T>(
  word: string,
  name: string,
  key: Extract<FilterKey<T>, { amount: unknown }>,
  sign: string,
  values: readonly string[],
): (row: T) => boolean {
  if (sign === ":" || sign === "~" || sign === "")
    throw badFilter(word, `"${name}" is an amount; ${exampleOf(name, key)}, for one.`);
  const limits = values.map((value) => amountOf(word, name, value, key.unit));
  const [limit = 0] = limits;
  if (limits.length > 1 && sign !== "=") throw badFilter(word, `${sign} takes one amount.`);
  const test: Readonly<Record<string, (amount: number) => boolean>> = {
    "=": (amount) => limits.includes(amount),
    ">": (amount) => amount > limit,
    ">=": (amount) => amount >= limit,
    "<": (amount) => amount < limit,
    "<=": (amount) => amount <= limit,
  };
  return (row) => {
    const amount = key.amount(row);
    return amount !== null && test[sign]?.(amount) === true;
  };
}

function amountOf(word: string, name: string, value: string, unit: "bytes" | "number"): number {
  if (unit === "bytes") {
    try {
      return parseSize(value, name);
    } catch {
      throw badFilter(word, `"${value}" is no size; ${name}>4G, for one.`);
    }
  }
  if (!/^\d+(\.\d+)?$/.test(value)) throw badFilter(word, `"${value}" is no number; ${name}>2, for one.`);
  return Number(value);
}

function exampleOf<T>(name: string, key: FilterKey<T>): string {
  if ("amount" in key) return key.unit === "bytes" ? `${name}>4G` : `${name}>2`;
  return `${name}=${key.among?.[0] ?? NONE}`;
}

/** `*` is anything; capitals make no difference. Without a regular expression: a pattern is a stranger's text. */
function fits(pattern: string, value: string): boolean {
  const [first = "", ...rest] = pattern.toLowerCase().split("*");
  const text = value.toLowerCase();
  if (rest.length === 0) return text === first;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? "";
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

function unknownKey(word: string, key: string, keys: readonly string[]): HutchError {
  const [near] = nearNames(key, keys);
  return badFilter(
    word,
    near === undefined
      ? `there is no "${key}"; there are ${keys.join(", ")}.`
      : `there is no "${key}". Did you mean "${near}"?`,
  );
}

function badFilter(word: string, why: string): HutchError {
  return new HutchError({
    code: "E_USAGE",
    message: `The filter "${word}": ${why}`,
    next: [EXAMPLES, "hutch list --help"],
  });
}
