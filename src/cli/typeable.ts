/** What an error says to type next: whole, and with the quotes that a VM which others named ("My VM") was typed with. */

/** Stands for the command that failed, with one more flag. */
export const SAME_WITH_YES = "The same command with --yes";
const COMMAND = /^(?:sudo )?(?:hutch|virsh|virt-clone) /;
const BARE = /^[\w@%+=:,./-]+$/;

/** The same lines; in those that are commands, each of these words that a shell would take apart is quoted. */
export function typeable(next: readonly string[], words: readonly string[]): readonly string[] {
  const odd = [...new Set(words)].filter((word) => word !== "" && !BARE.test(word));
  return next.map((line) => {
    if (line === SAME_WITH_YES && words.length > 0) return withYes(words);
    return COMMAND.test(line) ? odd.reduce((text, word) => text.replaceAll(word, shellWord(word)), line) : line;
  });
}

/** Behind `--` it would be no flag. */
function withYes(words: readonly string[]): string {
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const whole = ["hutch", ...words.slice(0, end), "--yes", ...words.slice(end)];
  return whole.map(typedWord).join(" ");
}

/** As it is typed in a shell, with quotes where it needs them. */
export function typedWord(word: string): string {
  return BARE.test(word) ? word : shellWord(word);
}

function shellWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
