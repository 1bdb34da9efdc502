/** What an error says to type next, in which a VM that others named ("My VM") needs the quotes that it was typed with. */
import { shellWord } from "../core/shell-word.ts";

const COMMAND = /^(?:sudo )?(?:hutch|virsh|virt-clone) /;

/** The same lines; in those that are commands, each of these words that a shell would take apart is quoted, once. */
export function typeable(next: readonly string[], words: readonly string[]): readonly string[] {
  const odd = [...new Set(words)].filter((word) => word !== "" && shellWord(word) !== word);
  if (odd.length === 0) return next;
  return next.map((line) => (COMMAND.test(line) ? odd.reduce(quoted, line) : line));
}

function quoted(line: string, word: string): string {
  const typed = shellWord(word);
  return line
    .split(typed)
    .map((part) => part.replaceAll(word, () => typed))
    .join(typed);
}
