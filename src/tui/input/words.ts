/** Lines of words, as they are typed. */

export function lastWord(text: string): string {
  return /\S*$/.exec(text)?.[0] ?? "";
}

/** The line with its last word completed as far as `choices` leave no doubt; `end` follows where there is but one. */
export function completed(text: string, choices: readonly string[], end = " "): string {
  const [first, ...others] = choices;
  if (first === undefined) return text;
  let shared = first;
  for (const other of others) while (!other.startsWith(shared)) shared = shared.slice(0, -1);
  const head = text.slice(0, text.length - lastWord(text).length);
  return head + shared + (others.length === 0 ? end : "");
}
