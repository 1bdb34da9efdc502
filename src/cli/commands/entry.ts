/** One command of the table: its words, and where its code is. */
import type { Command } from "../command.ts";

export type Entry = {
  /** `["list"]`, `["image", "ls"]`. */
  readonly words: readonly string[];
  readonly aliases: readonly string[];
  /** The heading it stands under in help. */
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
};

export function entry(
  words: readonly string[],
  group: string,
  summary: string,
  load: () => Promise<Command>,
  aliases: readonly string[] = [],
): Entry {
  return { words, aliases, group, summary, load };
}
