/** What can stand where the cursor is, for the shells' completion scripts: a line each, `word<TAB>what it is`. */
import { type Command, type Operand, takesSeveral } from "../command.ts";
import type { Entry } from "../commands/entry.ts";
import { TABLE } from "../commands/table.ts";
import { findCommand, nounOf } from "../dispatch.ts";
import type { Flag } from "../flags.ts";
import { GLOBAL_FLAGS, splitGlobals } from "../globals.ts";
import { type Ground, type KnownName, knownNames } from "../known-names.ts";
import { plain } from "../render/plain.ts";
import type { Terminal } from "../terminal.ts";

/** Tells the script to complete names of files by itself. */
const FILES = ":files\n";

/** `words` as the shell has them, quotes and all; the last is the one to complete. Empty when nothing can be told: it never fails. */
export async function candidates(words: readonly string[], terminal: Terminal): Promise<string> {
  const typed = joined(words.map(unquoted));
  const current = typed.at(-1) ?? "";
  const before = typed.slice(0, -1);
  try {
    const found = await following(before, current, terminal);
    if (found === null) return FILES;
    return found
      .filter(({ name }) => name.startsWith(current) && plain(name) === name)
      .map(({ name, text }) => `${name}\t${plain(text)}\n`)
      .join("");
  } catch {
    return "";
  }
}

/** null for names of files. */
async function following(
  before: readonly string[],
  current: string,
  terminal: Terminal,
): Promise<readonly KnownName[] | null> {
  const pending = pendingFlag(Object.values(GLOBAL_FLAGS), before);
  if (pending !== null) return valuesOf(pending, terminal);
  const { given, words } = splitGlobals(before);
  const entry = entryOf(words);
  if (entry === null) {
    if (current.startsWith("-")) return attached(current, Object.values(GLOBAL_FLAGS), terminal);
    const [noun] = words;
    return noun === undefined ? firstWords() : verbsOf(noun);
  }
  const command = await entry.load();
  const rest = words.slice(entry.words.length);
  // What runs in a guest is the guest's.
  if (rest.includes("--")) return [];
  const flags = Object.values<Flag<unknown>>(command.flags);
  const waiting = pendingFlag(flags, rest);
  if (waiting !== null) return valuesOf(waiting, terminal);
  if (current.startsWith("-")) return attached(current, [...flags, ...Object.values(GLOBAL_FLAGS)], terminal);
  const operands = operandsIn(rest, flags);
  const uri = given.get(GLOBAL_FLAGS.connect)?.at(-1);
  return operandNames(command, operands, uri, terminal);
}

async function operandNames(
  command: Command,
  before: readonly string[],
  uri: string | undefined,
  terminal: Terminal,
): Promise<readonly KnownName[] | null> {
  const operand = operandAt(command, before.length);
  if (operand === undefined) return [];
  const names = await knownNames(operand.of, groundOf(terminal, before, uri));
  return names?.filter(({ name }) => !before.includes(name)) ?? null;
}

function groundOf(terminal: Terminal, before: readonly string[], uri?: string): Ground {
  return {
    library: terminal.library,
    env: terminal.env,
    before,
    looking: async (work) => {
      const { connect } = await terminal.library();
      const hutch = await connect({ env: terminal.env, readonly: true, ...(uri === undefined ? {} : { uri }) });
      try {
        return await work(hutch);
      } finally {
        await hutch.close();
      }
    },
  };
}

function operandAt({ operands }: Command, index: number): Operand | undefined {
  const last = operands.at(-1);
  return operands[index] ?? (last !== undefined && takesSeveral(last) ? last : undefined);
}

function entryOf(words: readonly string[]): Entry | null {
  const [first = "", second] = words;
  const noun = nounOf(first);
  if (noun === null) return findCommand([first]) ?? null;
  return second === undefined ? null : (findCommand([noun, second]) ?? null);
}

/** Each verb and noun once. */
function firstWords(): readonly KnownName[] {
  const seen = new Map<string, string>();
  for (const { words, summary } of TABLE) {
    const [first = ""] = words;
    if (words.length === 1) seen.set(first, summary);
    else
      seen.set(
        first,
        seen.get(first) ??
          `${verbsOf(first)
            .map(({ name }) => name)
            .join(", ")}`,
      );
  }
  return [...seen, ["help", "Show help"] as const].map(([name, text]) => ({ name, text }));
}

function verbsOf(word: string): readonly KnownName[] {
  const noun = nounOf(word);
  if (word === "help") return firstWords();
  return TABLE.filter(({ words }) => words.length === 2 && words[0] === noun).map(({ words, summary }) => ({
    name: words[1] ?? "",
    text: summary,
  }));
}

function flagsOf(flags: readonly Flag<unknown>[]): readonly KnownName[] {
  return [
    ...flags.flatMap(({ syntax, text }) => namesOf(syntax).map((name) => ({ name, text }))),
    { name: "--help", text: "show help" },
  ];
}

/** `--output=j`: the flag's values with the flag before them. */
async function attached(
  current: string,
  flags: readonly Flag<unknown>[],
  terminal: Terminal,
): Promise<readonly KnownName[]> {
  const at = current.indexOf("=");
  if (at === -1) return flagsOf(flags);
  const name = current.slice(0, at);
  const flag = flags.find(({ syntax }) => namesOf(syntax).includes(name));
  const values = flag === undefined ? [] : await valuesOf(flag, terminal);
  return (values ?? []).map((value) => ({ name: `${name}=${value.name}`, text: value.text }));
}

/** The flag that the word before waits on a value for. */
function pendingFlag(flags: readonly Flag<unknown>[], before: readonly string[]): Flag<unknown> | null {
  const last = before.at(-1) ?? "";
  return flags.find(({ syntax, takes }) => takes !== "nothing" && namesOf(syntax).includes(last)) ?? null;
}

async function valuesOf(
  { choices, syntax, of }: Flag<unknown>,
  terminal: Terminal,
): Promise<readonly KnownName[] | null> {
  if (choices !== undefined) return choices.map((name) => ({ name, text: "" }));
  if (of !== undefined) return knownNames(of, groundOf(terminal, []));
  return /<(file|folder)>/.test(syntax) ? null : [];
}

/** The words that are neither flags nor values of flags. */
function operandsIn(words: readonly string[], flags: readonly Flag<unknown>[]): readonly string[] {
  return words.filter((word, index) => !word.startsWith("-") && pendingFlag(flags, words.slice(0, index)) === null);
}

function namesOf(syntax: string): readonly string[] {
  return syntax.match(/--?[a-z][a-z-]*/g) ?? [];
}

/** bash hands `--output=json` over as three words, and `qemu:///system` too. */
function joined(words: readonly string[]): readonly string[] {
  const list: string[] = [];
  let goesOn = false;
  for (const [index, word] of words.entries()) {
    const colons = index > 0 && /^:+$/.test(word);
    if (word === "=" && (words[index - 1] ?? "").startsWith("--")) {
      if (index === words.length - 1) list.push("");
    } else if (colons || goesOn) list.push(`${list.pop() ?? ""}${word}`);
    else list.push(word);
    goesOn = colons;
  }
  return list;
}

function unquoted(word: string): string {
  if (word.startsWith("'")) return word.replaceAll("'", "");
  return word.replace(/^"|"$/g, "").replace(/\\(.)/gs, "$1");
}
