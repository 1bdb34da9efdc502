/** hutch(1) in roff, from the table of commands: what `man hutch` shows. */
import type { Entry } from "../src/cli/commands/entry.ts";
import { TABLE } from "../src/cli/commands/table.ts";
import type { Flag } from "../src/cli/flags.ts";
import { GLOBAL_FLAGS } from "../src/cli/globals.ts";
import { EXIT_CODES } from "../src/core/errors.ts";

/** Names, in words, of what every exit code stands for. */
export type Meanings = Readonly<Record<string, string>>;

/** The page as it should be. */
export async function manPage(meanings: Meanings): Promise<string> {
  const groups = [...new Set(TABLE.map(({ group }) => group))];
  const commands: string[] = [];
  for (const group of groups) {
    commands.push(`.SS ${text(group)}`);
    for (const entry of TABLE.filter((each) => each.group === group)) commands.push(await command(entry));
  }
  return `${[
    '.\\" Written by scripts/gen-docs.ts.',
    '.TH HUTCH 1 "" "hutch" "User commands"',
    ".SH NAME",
    text("hutch - full virtual machines from cloud images, with a container engine inside each"),
    ".SH SYNOPSIS",
    `${bold("hutch")} ${italic("command")} [${italic("flags")}] [${italic("names")}]`,
    ".SH DESCRIPTION",
    text(
      "hutch makes virtual machines from cloud images on KVM through libvirt, and puts a container engine into each of them. What it knows of a VM lives in the VM's own definition. Data goes to the standard output, talk to the standard error; nobody is asked anything without a terminal.",
    ),
    ".SH GLOBAL FLAGS",
    ...Object.values<Flag<unknown>>(GLOBAL_FLAGS).map(flag),
    ".SH COMMANDS",
    ...commands,
    ".SH EXIT STATUS",
    term("0", "done"),
    ...Object.entries(EXIT_CODES).map(([code, exit]) => term(`${exit}`, plainWords(meanings[code] ?? code))),
    ".SH ENVIRONMENT",
    term("HUTCH_CONNECT", "the libvirt to use; wins over the config file"),
    term("LIBVIRT_DEFAULT_URI", "the same; the config file wins over it"),
    term("NO_COLOR", "no colours, when it is not empty"),
    ".SH FILES",
    term("~/.config/hutch/config.yaml", "settings; see hutch config explain"),
    ".SH SEE ALSO",
    `${bold("virsh")}(1), ${bold("ssh")}(1), ${bold("cloud-init")}(1)`,
  ].join("\n")}\n`;
}

async function command(entry: Entry): Promise<string> {
  const { operands, flags, notes, examples, rest } = await entry.load();
  const words = [
    bold(["hutch", ...entry.words].join(" ")),
    ...operands.map(({ syntax }) => italic(syntax)),
    ...(rest === undefined ? [] : [`-- ${italic(rest.syntax)}`]),
  ];
  return [
    ".TP",
    words.join(" "),
    text(`${entry.summary}.${entry.aliases.length === 0 ? "" : ` Also: ${entry.aliases.join(", ")}.`}`),
    ".RS",
    ...operands.map(({ syntax, text: about }) => term(syntax, about)),
    ...Object.values<Flag<unknown>>(flags).map(flag),
    ...(notes === undefined ? [] : [".PP", ...notes.split("\n").map(text)]),
    ".PP",
    ".nf",
    ...examples.map(text),
    ".fi",
    ".RE",
  ].join("\n");
}

function flag({ syntax, text: about }: Flag<unknown>): string {
  return term(syntax, about);
}

function term(name: string, about: string): string {
  return [".TP", bold(name), text(about)].join("\n");
}

function bold(words: string): string {
  return `\\fB${escaped(words)}\\fR`;
}

function italic(words: string): string {
  return `\\fI${escaped(words)}\\fR`;
}

/** A line of text: what begins with a dot or a quote would be a request. */
function text(words: string): string {
  const line = escaped(words);
  return /^[.']/.test(line) ? `\\&${line}` : line;
}

/** Hyphens and quotes as they are typed, not as they are set in print; what roff has no letter for as its name. */
function escaped(words: string): string {
  return words
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replaceAll("'", "\\(aq")
    .replaceAll("`", "\\(ga")
    .replaceAll("^", "\\(ha")
    .replaceAll("~", "\\(ti")
    .replace(
      /[^\x00-\x7f]/gu,
      (letter) => `\\[u${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}

/** Without the marks of Markdown. */
function plainWords(words: string): string {
  return words.replaceAll("`", "");
}
