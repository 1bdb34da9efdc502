/** A command in a guest that nobody sits at. */
import { asHutchError } from "../../core/errors.ts";
import type { Hutch } from "../../index.ts";

/** The exit code of what was cancelled. */
const CANCELLED = 130;

/** What it prints, and then what went wrong, by the line; resolves to its exit code. `signal` is its Ctrl-C. */
export async function runInGuest(
  hutch: Hutch,
  vm: string,
  argv: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  try {
    const { code, stdout, stderr } = await hutch.run(vm, argv, { signal });
    for (const text of `${stdout}${stderr}`.split("\n")) if (text.trim() !== "") onLine(text);
    return code;
  } catch (error) {
    if (signal.aborted) return CANCELLED;
    const { message, exitCode } = asHutchError(error);
    onLine(message);
    return exitCode;
  }
}
