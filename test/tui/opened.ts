/** A terminal on the fleet, a few seconds after it was opened, and what the tests of keys look at. */
import { lookOf } from "../../src/tui/theme/look.ts";
import { TestTerminal } from "./terminal.ts";

export const wide = { columns: 120, rows: 35 };
export const small = { columns: 80, rows: 24 };

export async function opened(options: ConstructorParameters<typeof TestTerminal>[0]): Promise<TestTerminal> {
  const terminal = new TestTerminal({ look: lookOf("none", "dark", false), ...options });
  await terminal.pass(3);
  await terminal.flush();
  return terminal;
}

/** The name in the row that the cursor is on. */
export function cursor(terminal: TestTerminal): string | undefined {
  const row = terminal.lines().find((line) => line.includes("│▸")) ?? "";
  return /▸ .(?<name>\S+)/.exec(row)?.groups?.["name"];
}
