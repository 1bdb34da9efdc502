/** One command's words, parsed by commander. */
import { Argument, CommanderError, Option, Command as Parser } from "commander";
import { HutchError } from "../core/errors.ts";
import type { Command, Words } from "./command.ts";
import type { Entry } from "./commands/entry.ts";
import type { Flag } from "./flags.ts";
import { type Given, GLOBAL_FLAGS } from "./globals.ts";

/** What parsing and its help need to know of an entry. */
type About = Pick<Entry, "words" | "aliases" | "summary">;

export type Parsed = Words | { readonly help: string };

/** E_USAGE for flags and operands that the command does not take. `before` was given already; `columns` is the width of help. */
export function parseWords(
  entry: About,
  command: Command,
  args: readonly string[],
  before: Given,
  columns: number,
): Parsed {
  const dashes = command.rest !== undefined ? args.indexOf("--") : -1;
  const rest = dashes === -1 ? null : args.slice(dashes + 1);
  const { parser, options } = parserFor(entry, command, columns);
  const given = new Map<Option, string[]>();
  for (const [flag, option] of options) {
    given.set(option, []);
    parser.on(`option:${option.name()}`, (value: string | null) => {
      given.get(option)?.push(flag.takes === "nothing" ? "on" : (value ?? ""));
    });
  }
  let help = "";
  parser.configureOutput({
    writeOut: (text) => (help += text),
    writeErr: () => undefined,
    outputError: () => undefined,
  });
  try {
    parser.parse(dashes === -1 ? args : args.slice(0, dashes), { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return { help };
    throw usageFault(error, entry, command.rest !== undefined && rest === null ? command.examples.slice(0, 1) : []);
  }
  return {
    operands: parser.args,
    rest,
    read: <T>(flag: Flag<T>) => {
      const option = options.get(flag);
      return flag.read([...(before.get(flag) ?? []), ...((option && given.get(option)) ?? [])]);
    },
  };
}

export function helpText(entry: About, command: Command, columns: number): string {
  let help = "";
  const { parser } = parserFor(entry, command, columns);
  parser.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
  return help;
}

function parserFor(entry: About, command: Command, columns: number) {
  const parser = new Parser(`hutch ${entry.words.join(" ")}`)
    .description(
      [`${entry.summary}.`, ...(entry.aliases.length === 0 ? [] : [`Also: ${entry.aliases.join(", ")}.`])].join(" "),
    )
    .exitOverride()
    .addHelpOption(new Option("-h, --help", "show this help").helpGroup("Global flags:"))
    .configureHelp({ helpWidth: columns, commandUsage: () => usageOf(entry, command) })
    .allowExcessArguments(command.rest !== undefined)
    .configureOutput({ getOutHelpWidth: () => columns })
    .action(() => undefined);
  // What is missing is asked for, or told, by `operands.ts`.
  for (const { syntax, text } of command.operands)
    parser.addArgument(new Argument(syntax.replace(/^<(.*)>$/, "[$1]"), text));
  const options = new Map<Flag<unknown>, Option>();
  for (const [heading, flags] of [
    ["Flags:", command.flags],
    ["Global flags:", GLOBAL_FLAGS],
  ] as const) {
    for (const flag of Object.values<Flag<unknown>>(flags)) {
      const option = new Option(flag.syntax, flag.text).helpGroup(heading);
      options.set(flag, option);
      parser.addOption(option);
    }
  }
  const parts = [
    ...(command.notes === undefined ? [] : [parser.createHelp().boxWrap(command.notes, columns)]),
    `Examples:\n${command.examples.map((line) => `  ${line}`).join("\n")}`,
  ];
  parser.addHelpText("after", `\n${parts.join("\n\n")}`);
  return { parser, options };
}

function usageOf({ words }: About, { operands, rest }: Command): string {
  const own = operands.map(({ syntax }) => syntax);
  return ["hutch", ...words, "[flags]", ...own, ...(rest === undefined ? [] : [`-- ${rest.syntax}`])].join(" ");
}

/** Commander's `error: unknown option '--foo'\n(Did you mean --food?)` in the house's form; `forms` show what may have been meant. */
function usageFault(error: CommanderError, entry: About, forms: readonly string[]): HutchError {
  const [what = "", ...hints] = error.message.replace(/^error: /, "").split("\n");
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, "")}.`;
  return new HutchError({
    code: "E_USAGE",
    message: sentence,
    next: [...hints.map((hint) => hint.replace(/^\((.*)\)$/, "$1")), ...forms, `hutch ${entry.words.join(" ")} --help`],
  });
}
