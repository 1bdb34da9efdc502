/** Regular expressions that somebody types: taken only where matching cannot run away. Pure. */

/** With more repetitions in a row a short text can keep the matcher busy for seconds. */
const MOST_REPEATS = 4;

/** What was typed, as an expression that ignores case; or why it is not taken, as the end of a sentence. */
export function patternOf(text: string): RegExp | string {
  const danger = dangerIn(text);
  if (danger !== null) return danger;
  try {
    return new RegExp(text, "i");
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^.*: /, "").toLowerCase() : "it cannot be read";
    return `it is no regular expression: ${why}.`;
  }
}

/** Backtracking explodes where what is repeated can itself match one text in several ways, or refers back. */
function dangerIn(text: string): string | null {
  const groups: { open: boolean }[] = [{ open: false }];
  let repeats = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? "";
    const inner = groups.at(-1);
    if (character === "\\") {
      at += 1;
      if (/[1-9k]/.test(text[at] ?? "")) return "it refers back to a group, which is not taken.";
    } else if (character === "[") {
      while (at < text.length && text[at] !== "]") at += text[at] === "\\" ? 2 : 1;
    } else if (character === "(") {
      groups.push({ open: false });
      if (text[at + 1] === "?") at += 1;
    } else if (character === ")") {
      const closed = groups.length > 1 ? groups.pop() : undefined;
      const outer = groups.at(-1);
      if (closed?.open === true && /[*+{]/.test(text[at + 1] ?? ""))
        return "it repeats a group that has a choice or a repetition in it, which is not taken.";
      if (closed?.open === true && outer !== undefined) outer.open = true;
    } else if (character === "|" || character === "?" || character === "*" || character === "+" || character === "{") {
      if (inner !== undefined) inner.open = true;
      if (character !== "|" && character !== "?") repeats += 1;
    }
  }
  return repeats > MOST_REPEATS ? `it has more than ${MOST_REPEATS} repetitions, which is not taken.` : null;
}
