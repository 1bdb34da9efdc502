/** One word of a command line. */

const BARE = /^[\w@%+=:,./-]+$/;

/** As a POSIX shell takes it for this one word; bare where the shell would not touch it. */
export function shellWord(word: string): string {
  return BARE.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
