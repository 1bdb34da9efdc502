/** While a child has the terminal, Ctrl-C is the child's, and other signals are passed on to it: hutch outlives them for its exit code. */
import type { Cli } from "./cli.ts";

export async function leavingSignals<T>(cli: Cli, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const passed = new AbortController();
  const releases = [
    cli.terminal.onSignal("SIGINT", () => undefined),
    ...(["SIGTERM", "SIGHUP"] as const).map((name) => cli.terminal.onSignal(name, () => passed.abort(name))),
  ];
  try {
    return await work(passed.signal);
  } finally {
    for (const release of releases) release();
  }
}
