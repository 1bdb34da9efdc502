/** Help of the whole program and of a noun: from the table alone, so that it starts at once. */
import { TABLE } from "./commands/table.ts";
import { GLOBAL_FLAGS } from "./globals.ts";

const EXAMPLES = [
  "hutch launch debian-13 --name web --engine docker",
  "hutch exec web -- docker ps",
  "hutch shell web",
  "hutch list -o json",
];

export function programHelp(): string {
  const groups = [...new Set(TABLE.map(({ group }) => group))];
  const flags = Object.values(GLOBAL_FLAGS).map(({ syntax, text }) => [syntax, text] as const);
  return [
    "hutch: full virtual machines from cloud images, with a container engine inside each.",
    "",
    "Usage: hutch <command> [flags]",
    ...groups.flatMap((group) => ["", `${group}:`, ...rows(TABLE.filter((entry) => entry.group === group).map(rowOf))]),
    "",
    "Global flags:",
    ...rows([...flags, ["-h, --help", "show help; also: hutch help <command>"], ["-V, --version", "show the version"]]),
    "",
    "Examples:",
    ...EXAMPLES.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** What `hutch image` can do, for one. */
export function nounHelp(noun: string): string {
  const entries = TABLE.filter(({ words }) => words.length === 2 && words[0] === noun);
  return [
    `Usage: hutch ${noun} <command> [flags]`,
    "",
    "Commands:",
    ...rows(entries.map(rowOf)),
    "",
    `More: hutch ${noun} <command> --help`,
    "",
  ].join("\n");
}

function rowOf({ words, aliases, summary }: (typeof TABLE)[number]): readonly [string, string] {
  return [[words.join(" "), ...aliases].join(", "), summary];
}

function rows(list: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...list.map(([left]) => left.length));
  return list.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
