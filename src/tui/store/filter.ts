/**
 * `state=running tag=prod,test !engine=docker mem>4G web`: what a list is narrowed down by. The grammar of `hutch list`
 * (commas for "or", `*` for anything, a word alone for a part of a name), with numbers and every column besides.
 */

/** What can be asked of a row: words and numbers by name. */
export type Fields = Readonly<Record<string, string | number>>;

type Test = (fields: Fields) => boolean;

const TERM = /^(?<bang>!?)(?:(?<key>[a-z]+)(?<how>!?=|:|[<>]))?(?<value>.*)$/i;
const SIZES: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** What a field without a value is asked for by. */
const NONE = "none";

const parsed = new Map<string, Test>();

/** What is half typed narrows too: nothing here is an error. */
export function filterOf(text: string): Test {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const tests = text
    .split(/\s+/)
    .filter((term) => term !== "" && term !== "!")
    .map(termOf);
  const test: Test = (fields) => tests.every((each) => each(fields));
  if (parsed.size > 50) parsed.clear();
  parsed.set(text, test);
  return test;
}

function termOf(term: string): Test {
  const { bang, key, how = "", value = "" } = TERM.exec(term)?.groups ?? {};
  const not = (bang === "!") !== (how === "!=");
  const test = key === undefined ? anywhere(value) : named(key.toLowerCase(), how, value);
  return not ? (fields) => !test(fields) : test;
}

function anywhere(value: string): Test {
  const pattern = new RegExp(partOf(value), "i");
  return (fields) => Object.values(fields).some((field) => typeof field === "string" && pattern.test(field));
}

function named(key: string, how: string, value: string): Test {
  if (how === ">" || how === "<") {
    const limit = amountOf(value);
    return (fields) => {
      const field = fields[key];
      return typeof field === "number" && (how === ">" ? field > limit : field < limit);
    };
  }
  const part = how === ":";
  const patterns = value.split(",").map((each) => new RegExp(part ? partOf(each) : `^${partOf(each)}$`, "i"));
  return (fields) => {
    if (!(key in fields)) return false;
    const words = part ? [String(fields[key])] : String(fields[key] || NONE).split(" ");
    return patterns.some((pattern) => words.some((word) => pattern.test(word)));
  };
}

/** As an expression: `*` is anything, all else is itself. */
function partOf(text: string): string {
  return text.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*");
}

function amountOf(text: string): number {
  const [, number = "0", unit = ""] = /^([\d.]+)\s*([kmgt])?/i.exec(text) ?? [];
  return Number(number) * (SIZES[unit.toLowerCase()] ?? 1);
}
