/** Asks a person for the words that a command lacks. */
import { HutchError } from "../core/errors.ts";
import type { Cli } from "./cli.ts";
import { type Operand, takesSeveral, wordOf } from "./command.ts";
import { knownNames } from "./known-names.ts";
import { askChoice, askSearch, askSeveral, askText, type Choice } from "./prompts.ts";

/** A longer list is searched, not read. */
const MOST_SHOWN = 12;

/** In order. E_NOT_FOUND when there is nothing to choose from, E_CANCELLED on Ctrl-C. */
export async function askForOperands(cli: Cli, operands: readonly Operand[]): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const operand of operands) answers.push(...(await askFor(cli, operand, answers)));
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
  if (known === null) return [await askText(cli, question)];
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
