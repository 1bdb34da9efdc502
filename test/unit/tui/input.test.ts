import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Input, KeySplitter } from "../../../src/tui/input/keys.ts";
import { EMPTY_LINE, edited, lineOf } from "../../../src/tui/input/line.ts";

function names(...chunks: readonly string[]): readonly string[] {
  const splitter = new KeySplitter();
  return [...chunks.flatMap((chunk) => [...splitter.push(chunk)]), ...splitter.flush()].map((input) =>
    input.k === "key" ? input.name : input.k,
  );
}

describe("keys out of chunks", () => {
  it("splits what was typed ahead", () => {
    expect(names("jjj")).toEqual(["j", "j", "j"]);
    expect(names("j\r")).toEqual(["j", "enter"]);
    expect(names("/web\r\x1b[B")).toEqual(["/", "w", "e", "b", "enter", "down"]);
  });

  it("knows sequences in each form that terminals send", () => {
    expect(names("\x1b[A\x1bOA\x1b[1;5C\x1b[5~\x1b[6~\x1b[3~\x1b[Z\x1b[H\x1b[4~")).toEqual([
      "up",
      "up",
      "ctrl-right",
      "pgup",
      "pgdn",
      "delete",
      "shift-tab",
      "home",
      "end",
    ]);
    expect(names("\x01\x04\x1d\x1a\x7f\t \x1bx")).toEqual([
      "ctrl-a",
      "ctrl-d",
      "ctrl-]",
      "ctrl-z",
      "backspace",
      "tab",
      "space",
      "alt-x",
    ]);
  });

  it("waits for the end of a sequence that came in two, and takes a bare Esc for what it is", () => {
    expect(names("\x1b", "[B")).toEqual(["down"]);
    expect(names("\x1b[1;", "5D")).toEqual(["ctrl-left"]);
    const splitter = new KeySplitter();
    expect(splitter.push("\x1b")).toEqual([]);
    expect(splitter.pending).toBe(true);
    expect(splitter.flush()).toEqual([{ k: "key", name: "esc", text: "" }]);
    expect(names("\x1b\x1b[A")).toEqual(["esc", "up"]);
  });

  it("takes answers of the terminal for nobody's key", () => {
    expect(names("\x1b[?62;4c\x1b[I\x1b[O\x1b[24;80Rj")).toEqual(["j"]);
  });

  it("keeps what is pasted together, and characters whole", () => {
    const splitter = new KeySplitter();
    expect(splitter.push("\x1b[200~rm -rf\nq")).toEqual([]);
    expect(splitter.push("\x1b[201~q")).toEqual([
      { k: "paste", text: "rm -rf\nq" },
      { k: "key", name: "q", text: "q" },
    ]);
    expect(names("虚😀")).toEqual(["虚", "😀"]);
  });

  it("reads clicks and the wheel, and no releases", () => {
    const splitter = new KeySplitter();
    expect(splitter.push("\x1b[<0;10;5M\x1b[<0;10;5m\x1b[<65;1;1M\x1b[<64;1;1M")).toEqual([
      { k: "mouse", what: "press", column: 9, row: 4 },
      { k: "mouse", what: "down", column: 0, row: 0 },
      { k: "mouse", what: "up", column: 0, row: 0 },
    ] satisfies Input[]);
  });

  it("comes to the same keys however the bytes are cut", () => {
    const piece = fc.constantFrom("j", "G", "\r", "\x1b[A", "\x1b[1;5C", "\x1b[5~", " ", "é", "\x1b[<0;3;4M");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(40)), (pieces, cuts) => {
        const text = pieces.join("");
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const chunks = [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
        expect(names(...chunks)).toEqual(names(text));
      }),
    );
  });
});

describe("a line being edited", () => {
  const typed = (...keys: readonly string[]) => {
    const splitter = new KeySplitter();
    return keys
      .flatMap((key) => [...splitter.push(key)])
      .reduce((line, input) => edited(line, input) ?? line, EMPTY_LINE);
  };

  it("takes text, moves, and deletes", () => {
    expect(typed("web", "\x1b[D", "x")).toEqual({ text: "wexb", at: 3 });
    expect(typed("web 01", "\x17")).toEqual({ text: "web ", at: 4 });
    expect(typed("web", "\x01", "\x1b[3~")).toEqual({ text: "eb", at: 0 });
    expect(typed("a😀", "\x7f")).toEqual({ text: "a", at: 1 });
    expect(typed("web", "\x15")).toEqual(EMPTY_LINE);
  });

  it("takes a paste as one line, and leaves other keys alone", () => {
    expect(edited(lineOf("a"), { k: "paste", text: "b\nc\n" })).toEqual(lineOf("ab c"));
    expect(edited(lineOf("a"), { k: "key", name: "enter", text: "" })).toBeNull();
  });
});
