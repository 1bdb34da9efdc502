/** Flags as data: what commander parses, what help and docs print, and the type of what a command gets. */
import { nearNames } from "../core/near.ts";
import { badValue, typed } from "../core/usage.ts";
import type { Named } from "./command.ts";

export type Flag<T> = {
  /** As commander writes it: `-n, --name <name>`. */
  readonly syntax: string;
  readonly text: string;
  /** Turns what was given, in order, into the value; of an empty list, the default. Throws E_USAGE. */
  readonly read: (given: readonly string[]) => T;
  readonly takes: "nothing" | "one" | "many";
  /** The only values there are, where they are few: for completion. */
  readonly choices?: readonly string[];
  /** What its value names: for completion, too. */
  readonly of?: Named;
};

/** `flag` is the flag's long name, for errors. */
type Reader<T> = ((given: string, flag: string) => T) & { readonly choices?: readonly string[] };

export type Flags = Readonly<Record<string, Flag<unknown>>>;
export type Values<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

/** `--all`; `--no-color` is true when it is given, too. */
export function toggle(syntax: string, text: string): Flag<boolean> {
  return { syntax, text, takes: "nothing", read: (given) => given.length > 0 };
}

/** One value; the last one counts. `read` gets the flag's long name for its errors. */
export function option<T>(syntax: string, text: string, read: Reader<T>): Flag<T | undefined> {
  return {
    syntax,
    text,
    takes: "one",
    ...(read.choices === undefined ? {} : { choices: read.choices }),
    read: (given) => {
      const last = given.at(-1);
      return last === undefined ? undefined : read(last, longName(syntax));
    },
  };
}

/** May be given several times. */
export function repeated<T>(syntax: string, text: string, read: Reader<T>): Flag<readonly T[]> {
  return { syntax, text, takes: "many", read: (given) => given.map((each) => read(each, longName(syntax))) };
}

/** For `option` and `repeated`: the words as they are. */
export function word(given: string, flag: string): string {
  if (given !== "") return given;
  throw badValue(flag, given, "it needs a value.", typed(flag, "VALUE"));
}

/** For `option`: one of a few words. */
export function oneOf<const T extends string>(choices: readonly T[]): Reader<T> {
  const read = (given: string, flag: string): T => {
    const found = choices.find((choice) => choice === given);
    if (found !== undefined) return found;
    const [near = choices[0] ?? ""] = nearNames(given, choices);
    throw badValue(flag, given, `it is one of ${choices.join(", ")}.`, typed(flag, near));
  };
  return Object.assign(read, { choices });
}

/** For `option`: a whole number from 1. */
export function count(given: string, flag: string): number {
  const number = Number(given);
  if (/^\d+$/.test(given) && number >= 1 && Number.isSafeInteger(number)) return number;
  throw badValue(flag, given, "it is a whole number, at least 1.", typed(flag, "2"));
}

function longName(syntax: string): string {
  return /--[a-z-]+/.exec(syntax)?.[0] ?? syntax;
}
