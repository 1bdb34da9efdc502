/** The words of a line, as a shell would split it: quotes keep spaces. Pure. */
export function splitWords(text: string): readonly string[] {
  const words = text.match(/(?:[^\s'"]+|'[^']*'?|"[^"]*"?)+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'?|"([^"]*)"?/g, (_, single?: string, double?: string) => single ?? double ?? ""),
  );
}
