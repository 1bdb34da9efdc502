/** What is typed in the last lines of the screen: a filter, a command. And small menus. */
import { completions, wordsOf } from "../input/command-words.ts";
import { completedFilter, filterFault } from "../input/filter-words.ts";
import { send } from "../input/intent.ts";
import { edited, type Line, lineOf } from "../input/line.ts";
import { completed } from "../input/words.ts";
import { columnsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import type { State } from "../store/state.ts";
import { shown, widthOf, wrapped } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { CLOSE, type OverlayKind, redo } from "./overlay.ts";

export const filter: OverlayKind<"filter"> = {
  keys(overlay, input, ground) {
    const put = (line: Line) => [...redo({ ...overlay, line }), ...send({ m: "filter", text: line.text })];
    if (input.k === "key") {
      switch (input.name) {
        case "esc":
        case "ctrl-c":
          return [CLOSE, ...send({ m: "filter", text: overlay.before })];
        case "enter":
          // What is wrong is said over the line as long as it is.
          return filterFault(overlay.line.text, ground) === null ? [CLOSE] : [];
        case "tab":
          return put(lineOf(completedFilter(overlay.line.text, ground)));
        case "up":
        case "down":
          return send({ m: "move", step: { by: input.name === "up" ? -1 : 1 } });
      }
    }
    const typed = edited(overlay.line, input);
    return typed === null ? [] : put(typed);
  },
  draw: () => null,
};

export const command: OverlayKind<"command"> = {
  keys(overlay, input, ground) {
    if (input.k === "key") {
      const { given } = ground.state;
      switch (input.name) {
        case "esc":
        case "ctrl-c":
          return [CLOSE];
        case "enter": {
          const text = overlay.line.text.trim();
          if (text === "") return [CLOSE];
          return [CLOSE, ...send({ m: "given", line: text }), ...wordsOf(text, ground)];
        }
        case "tab":
          return redo({
            ...overlay,
            line: lineOf(completed(overlay.line.text, completions(overlay.line.text, ground))),
          });
        case "up":
        case "down": {
          const past = Math.min(given.length, Math.max(0, overlay.past + (input.name === "up" ? 1 : -1)));
          return redo({ ...overlay, past, line: lineOf(past === 0 ? "" : (given[given.length - past] ?? "")) });
        }
        case "backspace":
          if (overlay.line.text === "") return [CLOSE];
      }
    }
    const typed = edited(overlay.line, input);
    return typed === null ? [] : redo({ ...overlay, line: typed });
  },
  draw: () => null,
};

/** A letter for each column: its first that is still free. */
export function sortLetters(titles: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const letter =
      [...title.toLowerCase(), ..."abcdefghijklmnopqrstuvwxyz"].find(
        (each) => /[a-z]/.test(each) && !taken.has(each),
      ) ?? "";
    taken.add(letter);
    return letter;
  });
}

function sortable(state: State) {
  const shown = columnsOf(SCREEN[state.screen], state, Number.POSITIVE_INFINITY);
  const columns = shown.filter(({ compare, title }) => compare !== undefined && title !== "");
  const letters = sortLetters(columns.map(({ title }) => title));
  return columns.map(({ id, title }, index) => ({ id, title, letter: letters[index] ?? "" }));
}

export const sort: OverlayKind<"sort"> = {
  keys(_overlay, input, { state }) {
    if (input.k !== "key") return [];
    const column = sortable(state).find(({ letter }) => letter === input.name);
    if (column !== undefined) return [CLOSE, ...send({ m: "sort", column: column.id })];
    return input.name === "-" ? [CLOSE, ...send({ m: "sort", column: null })] : [CLOSE];
  },
  draw(_overlay, { look, state }) {
    const width = 28;
    const row = (letter: string, title: string): string =>
      line(look, width, [
        [`  ${letter}  `, "key"],
        [title, "plain"],
      ]);
    return {
      title: [["Sort by", "title"]],
      hint: [["again turns it around", "muted"]],
      width,
      lines: [...sortable(state).map(({ letter, title }) => row(letter, title)), row("-", "as it comes")],
    };
  },
};

/** Cells at either side of it. */
const OUTPUT_EDGES = 6;

/** Words go on in the next line; a table, which has gaps, is cut. */
function outputLines(lines: readonly string[], width: number): readonly string[] {
  return lines.flatMap((text) => {
    const isWhole = widthOf(shown(text)) < width || /\S {2,}\S/.test(text);
    return isWhole ? [text] : wrapped(text, width - 2);
  });
}

export const output: OverlayKind<"output"> = {
  keys(overlay, input, { state }) {
    const page = Math.max(1, state.size.rows - 8);
    const most = Math.max(0, outputLines(overlay.lines, state.size.columns - OUTPUT_EDGES).length - page);
    const steps: Readonly<Record<string, number>> = {
      j: 1,
      down: 1,
      k: -1,
      up: -1,
      pgdn: page,
      pgup: -page,
      space: page,
      "ctrl-d": page / 2,
      "ctrl-u": -page / 2,
      g: -1e9,
      G: 1e9,
    };
    if (input.k === "mouse")
      return redo({ ...overlay, top: Math.min(most, Math.max(0, overlay.top + (input.what === "up" ? -3 : 3))) });
    if (input.k !== "key") return [];
    const step = steps[input.name];
    return step === undefined
      ? [CLOSE]
      : redo({ ...overlay, top: Math.min(most, Math.max(0, Math.round(overlay.top + step))) });
  },
  draw(overlay, { look }, most) {
    const width = most.columns;
    const rows = outputLines(overlay.lines, width).slice(overlay.top, overlay.top + most.rows);
    const title: Span = [shown(overlay.title), "title"];
    return {
      title: [title],
      hint: [["esc close", "muted"]],
      width,
      lines: rows.map((text) => line(look, width, [[` ${shown(text)}`, "plain"]])),
    };
  },
};
