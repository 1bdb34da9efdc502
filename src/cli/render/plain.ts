/** Text of others (guests, foreign VMs, files) made safe for a terminal. */

/** Controls, and the marks that turn the direction of writing: either could make a line show what it is not. */
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The same text with every unsafe character shown as its escape: `\x1b`, `\u202e`. */
export function plain(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length <= 2 ? `\\x${code.padStart(2, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}
