/** A command as one line for a guest's login shell: sh, bash, zsh, fish and csh read it alike. */
import { shellWord } from "../../core/shell-word.ts";

/** Letters that no shell touches; `=` in front of a word is zsh's. */
const BARE = /^[\w@+:,./-][\w@+=:,./-]*$/;

/** A program, or one of the words that only a shell has. Not a shell's own `echo` or `printf`, which read backslashes in their own ways. */
const COMMAND = 'case $1 in *=*) exec env "$@";; cd|command|eval|exit|type|ulimit|umask) "$@";; *) exec "$@";; esac';

/**
 * The shell stays to tell how the command ended: it outlives the signals that go to its whole process group, and says
 * nothing of its own. A hang-up of its terminal it must not outlive: at its end the kernel passes that on.
 */
const teller = (tty: boolean) =>
  `trap : INT QUIT TERM${tty ? "" : " HUP"}; exec 3>&2 2>/dev/null; (${COMMAND}) 2>&3 3>&-; exit $?`;

/** argv as one line, which the shell splits into exactly these words again; only csh takes no line break in a word. */
export function guestLine(argv: readonly string[]): string {
  return argv.map(guestWord).join(" ");
}

/**
 * argv for what a user runs: a signal that ends it gives 128 + n, as in a shell; ssh alone says 255, the code of its own
 * failures, whatever the signal was. `environment` is for the command.
 */
export function tellingSignals(
  argv: readonly string[],
  {
    tty = false,
    environment = {},
  }: { readonly tty?: boolean; readonly environment?: Readonly<Record<string, string>> } = {},
): readonly string[] {
  const settings = Object.entries(environment).map(([name, value]) => `export ${name}=${shellWord(value)}; `);
  return ["exec", "/bin/sh", "-c", settings.join("") + teller(tty), "sh", ...argv];
}

/** Inside quotes, fish reads a backslash and csh an exclamation mark: these stand outside, where every shell takes them alike. */
function guestWord(word: string): string {
  return BARE.test(word) ? word : `'${word.replace(/[\\'!]/g, "'\\$&'")}'`;
}
