/** One line of text being edited. */
import type { Input } from "./keys.ts";

export type Line = {
  readonly text: string;
  /** Where the next character goes, in UTF-16 units of `text`. */
  readonly at: number;
};

export const EMPTY_LINE: Line = { text: "", at: 0 };

export function lineOf(text: string): Line {
  return { text, at: text.length };
}

/** The line after this input; null when it is not for the line. */
export function edited({ text, at }: Line, input: Input): Line | null {
  if (input.k === "mouse") return null;
  if (input.k === "paste") return insert(text, at, input.text.replace(/[\r\n]+/g, " ").trim());
  switch (input.name) {
    case "left":
      return { text, at: before(text, at) };
    case "right":
      return { text, at: after(text, at) };
    case "home":
    case "ctrl-a":
      return { text, at: 0 };
    case "end":
    case "ctrl-e":
      return { text, at: text.length };
    case "backspace":
      return { text: text.slice(0, before(text, at)) + text.slice(at), at: before(text, at) };
    case "delete":
      return { text: text.slice(0, at) + text.slice(after(text, at)), at };
    case "ctrl-u":
      return { text: text.slice(at), at: 0 };
    case "ctrl-k":
      return { text: text.slice(0, at), at };
    case "ctrl-w": {
      const kept = text.slice(0, at).replace(/\S*\s*$/, "");
      return { text: kept + text.slice(at), at: kept.length };
    }
    default:
      return input.text === "" ? null : insert(text, at, input.text);
  }
}

function insert(text: string, at: number, more: string): Line {
  return { text: text.slice(0, at) + more + text.slice(at), at: at + more.length };
}

function before(text: string, at: number): number {
  const last = [...text.slice(0, at)].at(-1);
  return at - (last?.length ?? 0);
}

function after(text: string, at: number): number {
  const [first] = text.slice(at);
  return at + (first?.length ?? 0);
}
