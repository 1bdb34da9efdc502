/** While a child has the terminal, Ctrl-C is the child's: hutch outlives it to pass its exit code on. */
import type { Cli } from "./cli.ts";

export async function leavingSignals<T>(cli: Cli, work: () => Promise<T>): Promise<T> {
  const release = cli.terminal.onSignal("SIGINT", () => undefined);
  try {
    return await work();
  } finally {
    release();
  }
}
