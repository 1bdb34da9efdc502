/** Questions, asked on stderr and only where somebody can answer. */
import { cancelled, HutchError } from "../core/errors.ts";
import type { Cli } from "./cli.ts";
import { plain } from "./render/plain.ts";

export type Loss = { readonly name: string; readonly what: readonly string[] };

/**
 * Returns once the user agrees that all this goes, or has said so with --yes. E_USAGE where nobody can be asked,
 * E_CANCELLED for a no.
 */
export async function agreeToLose(cli: Cli, question: string, losses: readonly Loss[]): Promise<void> {
  if (cli.globals.yes) return;
  const list = losses.flatMap(({ name, what }) => [`  ${plain(name)}`, ...what.map((each) => `    ${plain(each)}`)]);
  if (!cli.interactive) {
    throw new HutchError({
      code: "E_USAGE",
      message: `${question} Nobody can be asked here: say it with --yes.`,
      why: `It is about ${[...new Set(losses.map(({ name }) => name))].join(", ")}.`,
      next: [cli.line("--yes")],
    });
  }
  cli.terminal.stderr.write(`${list.join("\n")}\n`);
  if (!(await confirm(cli, question))) throw new HutchError({ code: "E_CANCELLED", message: "Nothing was changed." });
}

export type Choice = { readonly value: string; readonly name: string; readonly description?: string };

/** E_CANCELLED on Ctrl-C, here and below. */
export function confirm(cli: Cli, question: string, usually = false): Promise<boolean> {
  return ask<boolean>(cli, { type: "confirm", message: question, default: usually });
}

/** One line; `wrong` says what is wrong with an answer, null when nothing is. */
export function askText(
  cli: Cli,
  question: string,
  {
    usually,
    wrong = () => null,
    optional = false,
  }: {
    readonly usually?: string;
    readonly wrong?: (answer: string) => string | null;
    readonly optional?: boolean;
  } = {},
): Promise<string> {
  const validate = (answer: string) =>
    wrong(answer) ?? (answer === "" && !optional ? "Something is needed here." : true);
  return ask<string>(cli, {
    type: "input",
    message: question,
    validate,
    ...(usually === undefined ? {} : { default: usually }),
  });
}

/** One of a few. */
export function askChoice(cli: Cli, question: string, choices: readonly Choice[]): Promise<string> {
  return ask<string>(cli, { type: "select", message: question, choices: choices.map(shown), loop: false });
}

/** One of many, found by typing a part of it. */
export function askSearch(cli: Cli, question: string, choices: readonly Choice[]): Promise<string> {
  const source = (term: string | undefined) =>
    choices.filter(({ name }) => name.toLowerCase().includes((term ?? "").toLowerCase())).map(shown);
  return ask<string>(cli, { type: "search", message: question, source });
}

/** At least one of them. */
export function askSeveral(cli: Cli, question: string, choices: readonly Choice[]): Promise<readonly string[]> {
  return ask<readonly string[]>(cli, {
    type: "checkbox",
    message: question,
    choices: choices.map(shown),
    required: true,
    loop: false,
  });
}

function shown({ value, name, description }: Choice) {
  return { value, name: plain(name), ...(description === undefined ? {} : { description: plain(description) }) };
}

/** The prompts' library is loaded only here. */
async function ask<T>(cli: Cli, question: Readonly<Record<string, unknown>>): Promise<T> {
  const { default: inquirer } = await import("inquirer");
  const { stdin, stderr } = cli.terminal;
  const prompt = inquirer.createPromptModule({ input: stdin.open(), output: stderr });
  try {
    const answers: { readonly answer?: unknown } = await prompt([{ ...question, name: "answer" } as never]);
    return answers.answer as T;
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") throw cancelled("The question");
    throw error;
  }
}
