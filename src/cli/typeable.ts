/** What an error says to type next, in which a VM that others named ("My VM") needs the quotes that it was typed with. */
const COMMAND = /^(?:sudo )?(?:hutch|virsh|virt-clone) /;
const BARE = /^[\w@%+=:,./-]+$/;

/** The same lines; in those that are commands, each of these words that a shell would take apart is quoted. */
export function typeable(next: readonly string[], words: readonly string[]): readonly string[] {
  const odd = [...new Set(words)].filter((word) => word !== "" && !BARE.test(word));
  if (odd.length === 0) return next;
  return next.map((line) =>
    COMMAND.test(line) ? odd.reduce((text, word) => text.replaceAll(word, shellWord(word)), line) : line,
  );
}

function shellWord(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
