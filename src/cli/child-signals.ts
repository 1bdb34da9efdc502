/** While a child has the terminal, Ctrl-C is the child's, and other signals are passed on to it: hutch outlives them for its exit code. */
import type { EnterOptions } from "../core/enter.ts";
import type { Cli } from "./cli.ts";

/** `name`: the VM that the child gets into. Any signal ends the waiting for it. */
export async function leavingSignals<T>(
  cli: Cli,
  name: string,
  work: (ends: { readonly signal: AbortSignal; readonly entering: EnterOptions }) => Promise<T>,
): Promise<T> {
  const [passed, waiting] = [new AbortController(), new AbortController()];
  const onWait = () => cli.say(`${name} does not answer by ssh yet: waiting for it.`);
  const releases = [
    cli.terminal.onSignal("SIGINT", () => {
      cli.stoppedBy = "SIGINT";
      waiting.abort();
    }),
    ...(["SIGTERM", "SIGHUP"] as const).map((signal) =>
      cli.terminal.onSignal(signal, () => {
        cli.stoppedBy = signal;
        passed.abort(signal);
      }),
    ),
  ];
  try {
    return await work({ signal: passed.signal, entering: { signal: waiting.signal, onWait } });
  } finally {
    for (const release of releases) release();
  }
}
