/** Words that a command cannot do without: a person at a terminal is asked for them, and elsewhere they are named. */
import { HutchError } from "../core/errors.ts";
import type { Cli } from "./cli.ts";
import { type Operand, wordOf } from "./command.ts";

/** In order, after those that stand `before` them. E_USAGE where nobody can be asked, with `next`; else as `askForOperands`. */
export async function required(
  cli: Cli,
  operands: readonly Operand[],
  { next, before = [] }: { readonly next: readonly string[]; readonly before?: readonly string[] },
): Promise<readonly string[]> {
  const [first] = operands;
  if (first === undefined) return [];
  if (!cli.interactive || cli.globals.yes) {
    throw new HutchError({ code: "E_USAGE", message: `Missing required argument '${wordOf(first)}'.`, next });
  }
  const { askForOperands } = await import("./operands.ts");
  return askForOperands(cli, operands, before);
}

/** What is typed in answer to a question is a line for the guest's shell. */
export function shellLine(line: string): readonly string[] {
  return ["sh", "-c", line];
}
