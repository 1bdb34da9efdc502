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
      why: `It is about ${losses.map(({ name }) => name).join(", ")}.`,
      next: ["The same command with --yes"],
    });
  }
  cli.terminal.stderr.write(`${list.join("\n")}\n`);
  if (!(await confirm(cli, question))) throw new HutchError({ code: "E_CANCELLED", message: "Nothing was changed." });
}

/** E_CANCELLED on Ctrl-C. The prompt's library is loaded only here. */
export async function confirm(cli: Cli, question: string): Promise<boolean> {
  const { default: inquirer } = await import("inquirer");
  const { stdin, stderr } = cli.terminal;
  const ask = inquirer.createPromptModule({ input: stdin.open(), output: stderr });
  try {
    const { agreed } = await ask<{ agreed: boolean }>([
      { type: "confirm", name: "agreed", message: question, default: false },
    ]);
    return agreed;
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") throw cancelled("The question");
    throw error;
  }
}
