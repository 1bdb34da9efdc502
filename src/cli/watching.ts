/** Commands that go on until somebody has seen enough. */
import type { Cli } from "./cli.ts";
import { clipped } from "./render/width.ts";

/** 128 + SIGINT, as every program that is ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Runs `work` with a signal that Ctrl-C, SIGTERM or the end of the reader aborts. Resolves to the exit code. */
export async function untilStopped(cli: Cli, work: (signal: AbortSignal) => Promise<void>): Promise<number> {
  const stop = new AbortController();
  let interrupted = false;
  const release = (["SIGINT", "SIGTERM"] as const).map((name) =>
    cli.terminal.onSignal(name, () => {
      interrupted = true;
      stop.abort();
    }),
  );
  try {
    await work(AbortSignal.any([stop.signal, cli.terminal.unread]));
  } catch (error) {
    if (!interrupted) throw error;
  } finally {
    for (const each of release) each();
  }
  return interrupted ? INTERRUPTED : 0;
}

/** Shows one picture after another: on a terminal in the same place and no larger than that, elsewhere only those that differ. */
export function pictures(cli: Cli): (text: string) => Promise<void> {
  const { stdout } = cli.terminal;
  let last: string | null = null;
  return async (whole) => {
    const text = stdout.isTTY === true ? fitted(whole, stdout.columns ?? 80, stdout.rows ?? 24) : whole;
    if (text === last) return;
    const up = (last ?? "").split("\n").length - 1;
    // Each line is cleared to its end before the next one, and what was longer below goes too: nothing flickers.
    const again = stdout.isTTY === true && up > 0;
    last = text;
    await cli.write(again ? `\u001b[${up}A${text.replaceAll("\n", "\u001b[K\n")}\u001b[J` : text);
  };
}

function fitted(text: string, columns: number, rows: number): string {
  const lines = text.trimEnd().split("\n");
  return lines
    .slice(0, Math.max(1, rows - 1))
    .map((line) => `${clipped(line, columns)}\n`)
    .join("");
}
