/**
 * What an operation would take back, as data: so that it can be written down before the act, and carried out by another
 * process if this one is killed.
 */
import type { Leftover } from "../core/errors.ts";

export type UndoEntry = {
  /** Which action of the table takes it back. It must be idempotent: "remove it if it is there and ours". */
  readonly action: string;
  readonly args: Readonly<Record<string, string>>;
  /** What is taken back, in words: "the disk web-root.qcow2". */
  readonly what: string;
  /** What a user types to remove it by hand. */
  readonly command: string;
};

export type UndoActions = Readonly<
  Record<string, (args: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<void>>
>;

/** One undo may take this long before it is given up and named as left over. */
const UNDO_LIMIT_MS = 30_000;

export function leftoverOf(entry: UndoEntry): Leftover {
  return { what: entry.what, command: entry.command };
}

/** Takes one entry back within the time limit; throws what went wrong. */
export async function takeBack(actions: UndoActions, entry: UndoEntry): Promise<void> {
  const action = actions[entry.action];
  if (action === undefined) throw new Error(`this hutch does not know how to undo "${entry.action}"`);
  const limit = AbortSignal.timeout(UNDO_LIMIT_MS);
  await Promise.race([
    action(entry.args, limit),
    new Promise<never>((_, reject) => {
      limit.addEventListener(
        "abort",
        () => reject(new Error(`undoing ${entry.what} took longer than ${UNDO_LIMIT_MS / 1000} s`)),
        { once: true },
      );
    }),
  ]);
}
