/** What became of each VM of a verb. */
import { HutchError } from "../../core/errors.ts";
import type { PowerResult } from "../../core/requests.ts";
import type { Cli } from "../cli.ts";
import { plain } from "./plain.ts";

export const POWER_JSON = "results: PowerResult[]";

/** Prints them, warnings to stderr. Then E_PARTIAL when only some were done, E_FAILED when none. */
export async function printResults(cli: Cli, results: readonly PowerResult[]): Promise<void> {
  await cli.print({
    data: { results },
    text: () => results.map(({ name, message }) => `${plain(name)}: ${plain(message)}\n`).join(""),
    names: results.filter(({ done }) => done).map(({ name }) => name),
  });
  for (const { name, warnings } of results) for (const warning of warnings) cli.warn(`${name}: ${warning}`);
  const undone = results.filter(({ done }) => !done);
  if (undone.length === 0) return;
  throw new HutchError({
    code: undone.length < results.length ? "E_PARTIAL" : "E_FAILED",
    message: `Nothing was done for ${undone.map(({ name, message }) => `${name} (${message})`).join(", ")}.`,
  });
}
