/**
 * What was typed, key by key, out of the chunks that a terminal sends: typed-ahead runs (`jjj`, `j` + Enter) come as one
 * chunk over a slow line, and an escape sequence may come in two.
 */

export type Press = {
  readonly k: "key";
  /** `j`, `J`, `space`, `enter`, `esc`, `ctrl-d`, `alt-x`, `shift-tab`, `pgdn`. */
  readonly name: string;
  /** What it writes into a line of text; empty for keys that write nothing. */
  readonly text: string;
};
export type Paste = { readonly k: "paste"; readonly text: string };
export type Mouse = {
  readonly k: "mouse";
  readonly what: "press" | "up" | "down";
  /** From 0, the upper left cell. */
  readonly column: number;
  readonly row: number;
};
export type Input = Press | Paste | Mouse;

const ESC = "\x1b";
const PASTE_BEGINS = "\x1b[200~";
const PASTE_ENDS = "\x1b[201~";

/** CSI and SS3 by what follows the introducer; parameters for modifiers are looked at apart. */
const FINALS: Readonly<Record<string, string>> = {
  A: "up",
  B: "down",
  C: "right",
  D: "left",
  F: "end",
  H: "home",
  Z: "shift-tab",
  "1~": "home",
  "2~": "insert",
  "3~": "delete",
  "4~": "end",
  "5~": "pgup",
  "6~": "pgdn",
  "7~": "home",
  "8~": "end",
};

const CONTROLS: Readonly<Record<string, string>> = {
  "\r": "enter",
  "\n": "ctrl-j",
  "\t": "tab",
  "\x7f": "backspace",
  "\b": "backspace",
  "\0": "ctrl-space",
  " ": "space",
};

/** A CSI sequence, whole: introducer, parameters, intermediates, final byte. */
const CSI = /^\x1b\[([0-?]*)[ -/]*([@-~])/;
const SS3 = /^\x1bO([@-~])/;
/** What may still become one of those. */
const OPEN = /^\x1b(?:$|\[[0-?]*[ -/]*$|O$)/;
const MOUSE = /^\x1b\[<(\d+);(\d+);(\d+)([Mm])/;

export class KeySplitter {
  #rest = "";

  /** Whether the beginning of a sequence waits for its end: after some 20 ms it should be flushed. */
  get pending(): boolean {
    return this.#rest !== "";
  }

  push(chunk: string): readonly Input[] {
    this.#rest += chunk;
    const found: Input[] = [];
    for (;;) {
      const [input, taken] = next(this.#rest);
      if (taken === 0) return found;
      this.#rest = this.#rest.slice(taken);
      if (input !== null) found.push(input);
    }
  }

  /** Nothing more came: what waits is what it looks like, a bare Esc mostly. */
  flush(): readonly Input[] {
    const rest = this.#rest;
    this.#rest = "";
    if (rest === "" || rest.startsWith(PASTE_BEGINS)) return [];
    return [press("esc", ""), ...[...rest.slice(1)].map((character) => typed(character))];
  }
}

/** The first input in `text` and how much of it that takes: nothing while it is not whole. */
function next(text: string): readonly [Input | null, number] {
  if (text === "") return [null, 0];
  if (!text.startsWith(ESC)) {
    const character = String.fromCodePoint(text.codePointAt(0) ?? 0);
    return [typed(character), character.length];
  }
  if (text.startsWith(PASTE_BEGINS)) {
    const end = text.indexOf(PASTE_ENDS);
    if (end < 0) return [null, 0];
    return [{ k: "paste", text: text.slice(PASTE_BEGINS.length, end) }, end + PASTE_ENDS.length];
  }
  const mouse = MOUSE.exec(text);
  if (mouse !== null) return [mouseOf(mouse), mouse[0].length];
  const csi = CSI.exec(text);
  if (csi !== null) return [named(csi[1] ?? "", csi[2] ?? ""), csi[0].length];
  const ss3 = SS3.exec(text);
  if (ss3 !== null) return [named("", ss3[1] ?? ""), ss3[0].length];
  if (OPEN.test(text)) return [null, 0];
  if (text.startsWith(ESC + ESC)) return [press("esc", ""), 1];
  const character = String.fromCodePoint(text.codePointAt(1) ?? 0);
  return [press(`alt-${typed(character).name}`, ""), 1 + character.length];
}

/** Terminals answer questions and report focus in the same form: what has no name here is nobody's key. */
function named(parameters: string, final: string): Input | null {
  const [first = "", modifier = "1"] = parameters.split(";");
  const name = FINALS[final === "~" ? `${first}~` : final];
  if (name === undefined || /[<=>?]/.test(parameters)) return null;
  const bits = Number(modifier) - 1;
  const prefix = `${bits & 4 ? "ctrl-" : ""}${bits & 2 ? "alt-" : ""}${bits & 1 && name !== "shift-tab" ? "shift-" : ""}`;
  return press(prefix + name, "");
}

function typed(character: string): Press {
  const control = CONTROLS[character];
  if (control !== undefined) return press(control, character === " " ? " " : "");
  const code = character.charCodeAt(0);
  if (code < 0x20)
    return press(
      `ctrl-${String.fromCharCode(code + 0x60)
        .replace("}", "]")
        .replace("|", "\\")}`,
      "",
    );
  return press(character, character);
}

function press(name: string, text: string): Press {
  return { k: "key", name, text };
}

/** SGR 1006. Releases, drags and other buttons are not for us. */
function mouseOf([, button, column, row, end]: RegExpExecArray): Mouse | null {
  const at = { column: Number(column) - 1, row: Number(row) - 1 };
  if (end === "m") return null;
  if (button === "0") return { k: "mouse", what: "press", ...at };
  if (button === "64") return { k: "mouse", what: "up", ...at };
  if (button === "65") return { k: "mouse", what: "down", ...at };
  return null;
}
