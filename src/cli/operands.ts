/** Asks a person for the words that a command lacks. */
import { HutchError } from "../core/errors.ts";
import type { Cli } from "./cli.ts";
import { type Operand, takesSeveral, wordOf } from "./command.ts";
import { knownNames } from "./known-names.ts";
import { askChoice, askSearch, askSeveral, askText, type Choice } from "./prompts.ts";

/** A longer list is searched, not read. */
const MOST_SHOWN = 12;

/** In order, after those that stand `before` them. E_NOT_FOUND when there is nothing to choose from, E_CANCELLED on Ctrl-C. */
export async function askForOperands(
  cli: Cli,
  operands: readonly Operand[],
  before: readonly string[] = [],
): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const operand of operands) answers.push(...(await askFor(cli, operand, [...before, ...answers])));
  return answers;
}

async function askFor(cli: Cli, operand: Operand, before: readonly string[]): Promise<readonly string[]> {
  const question = `${wordOf(operand)} (${operand.text})`;
  const known = await knownNames(operand.of, {
    library: cli.terminal.library,
    env: cli.terminal.env,
    looking: (work) => cli.looking(work),
    before,
  });
  if (known === null) return takesSeveral(operand) ? askWords(cli, question) : [await askText(cli, question)];
  if (known.length === 0) {
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `There is nothing to choose from for '${wordOf(operand)}'.`,
      next: operand.of === "vm" ? ["hutch launch"] : [],
    });
  }
  const choices = known.map(
    ({ name, text }): Choice => ({ value: name, name: text === "" ? name : `${name}  ${text}` }),
  );
  if (takesSeveral(operand)) return askSeveral(cli, question, choices);
  return [await (choices.length > MOST_SHOWN ? askSearch : askChoice)(cli, question, choices)];
}

/** One a line: any of them may have blanks in it. */
async function askWords(cli: Cli, question: string): Promise<readonly string[]> {
  const words = [await askText(cli, question)];
  for (;;) {
    const more = await askText(cli, "And another one (Enter: no more)", { optional: true });
    if (more === "") return words;
    words.push(more);
  }
}
