/** Which command is meant: found before commander is loaded, for only the chosen command's module is. */
import { HutchError } from "../core/errors.ts";
import { nearNames } from "../core/near.ts";
import type { Entry } from "./commands/entry.ts";
import { TABLE } from "./commands/table.ts";

export type Choice =
  | { readonly kind: "command"; readonly entry: Entry; readonly args: readonly string[] }
  | { readonly kind: "help"; readonly noun: string | null }
  | { readonly kind: "command-help"; readonly entry: Entry }
  | { readonly kind: "version" }
  | { readonly kind: "bare"; readonly args: readonly string[] };

const HELP = new Set(["-h", "--help"]);
const VERSION = new Set(["-V", "--version"]);

/** `argv` without global flags. E_USAGE for words that are no command, with what may have been meant. */
export function choose(argv: readonly string[]): Choice {
  const at = commandAt(argv);
  const first = at === null ? undefined : argv[at];
  if (at === null || first === undefined) {
    if (argv.some((text) => HELP.has(text))) return { kind: "help", noun: null };
    if (argv.some((text) => VERSION.has(text))) return { kind: "version" };
    return { kind: "bare", args: argv };
  }
  const args = argv.toSpliced(at, 1);
  if (first === "help") return helpFor(args.filter((text) => !text.startsWith("-")));
  const entry = findCommand([first]);
  if (entry !== undefined) return { kind: "command", entry, args };

  const noun = nounOf(first);
  if (noun === null)
    throw unknown(
      first,
      [...TABLE.flatMap(({ words, aliases }) => [words[0] ?? "", ...aliases]), "help"],
      "hutch --help",
    );
  const next = commandAt(args);
  const second = next === null ? undefined : args[next];
  if (next === null || second === undefined) {
    if (args.some((text) => HELP.has(text))) return { kind: "help", noun };
    throw new HutchError({
      code: "E_USAGE",
      message: `${noun} needs a command.`,
      next: verbsOf(noun).map((verb) => `hutch ${noun} ${verb}`),
    });
  }
  const grouped = findCommand([noun, second]);
  if (grouped === undefined)
    throw unknown(
      `${noun} ${second}`,
      verbsOf(noun).map((verb) => `${noun} ${verb}`),
      `hutch ${noun} --help`,
    );
  return { kind: "command", entry: grouped, args: args.toSpliced(next, 1) };
}

/** Where the first word is that is no flag. */
function commandAt(words: readonly string[]): number | null {
  const index = words.findIndex((text) => text === "--" || !text.startsWith("-"));
  return index === -1 || words[index] === "--" ? null : index;
}

function helpFor(words: readonly string[]): Choice {
  const [first, second] = words;
  if (first === undefined) return { kind: "help", noun: null };
  const noun = nounOf(first);
  if (noun !== null && second === undefined) return { kind: "help", noun };
  const chosen = choose(second === undefined ? [first] : [first, second]);
  return chosen.kind === "command" ? { kind: "command-help", entry: chosen.entry } : chosen;
}

/** By its word, or by noun and verb; aliases too. */
export function findCommand(words: readonly string[]): Entry | undefined {
  const [first = "", second] = words;
  return TABLE.find((entry) =>
    second === undefined
      ? entry.words.length === 1 && (entry.words[0] === first || entry.aliases.includes(first))
      : entry.words[0] === first && (entry.words[1] === second || entry.aliases.includes(second)),
  );
}

const NOUN_ALIASES: Readonly<Record<string, string>> = {
  images: "image",
  engines: "engine",
  networks: "network",
  pools: "pool",
  snapshots: "snapshot",
  disks: "disk",
  hosts: "host",
};

export function nounOf(word: string): string | null {
  const noun = NOUN_ALIASES[word] ?? word;
  return TABLE.some(({ words }) => words.length === 2 && words[0] === noun) ? noun : null;
}

function verbsOf(noun: string): readonly string[] {
  return TABLE.flatMap(({ words: [first, verb] }) => (first === noun && verb !== undefined ? [verb] : []));
}

function unknown(word: string, known: readonly string[], help: string): HutchError {
  return new HutchError({
    code: "E_USAGE",
    message: `There is no command "${word}".`,
    next: [...nearNames(word, known).map((near) => `Did you mean "hutch ${near}"?`), help],
  });
}
