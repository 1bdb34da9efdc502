/** What is changed about the terminal while the screen is ours, and how it is changed back. */

const SCREEN = ["\x1b[?1049h", "\x1b[?1049l"] as const;
const CURSOR = ["\x1b[?25l", "\x1b[?25h"] as const;
/** A line that is too long must not scroll the screen. */
const WRAP = ["\x1b[?7l", "\x1b[?7h"] as const;
/** What is pasted comes as such, and not as keys that do things. */
const PASTE = ["\x1b[?2004h", "\x1b[?2004l"] as const;
const MOUSE = ["\x1b[?1000h\x1b[?1006h", "\x1b[?1006l\x1b[?1000l"] as const;

export type Modes = { readonly on: string; readonly off: string };

export function modes(mouse: boolean): Modes {
  const all = [SCREEN, CURSOR, WRAP, PASTE, ...(mouse ? [MOUSE] : [])];
  return {
    on: all.map(([on]) => on).join(""),
    off: all
      .map(([, off]) => off)
      .reverse()
      .join(""),
  };
}
