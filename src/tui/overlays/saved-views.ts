/** The saved views, to choose from. */
import type { SavedView } from "../../core/saved-view.ts";
import { send } from "../input/intent.ts";
import { scrolledTo } from "../layout/layout.ts";
import { shown } from "../text/cells.ts";
import { line, selected } from "../theme/look.ts";
import { CLOSE, type OverlayKind, redo } from "./overlay.ts";

/** The words of `hutch list` that show the same. */
export function viewWords({ filter, sort, columns }: SavedView): string {
  return [
    filter,
    ...(sort === null ? [] : [`--sort ${sort.descending ? "-" : ""}${sort.column}`]),
    ...(columns === null ? [] : [`--columns ${columns.join(",")}`]),
  ]
    .filter((text) => text !== "")
    .join(" ");
}

export const views: OverlayKind<"views"> = {
  keys({ at }, input, { state }) {
    const names = Object.keys(state.saved);
    if (input.k === "mouse") return [];
    const name = input.k === "key" && /^[1-9]$/.test(input.name) ? names[Number(input.name) - 1] : undefined;
    if (name !== undefined) return [CLOSE, ...send({ m: "look", name })];
    switch (input.k === "key" ? input.name : "") {
      case "j":
      case "down":
      case "tab":
        return redo({ k: "views", at: Math.min(names.length - 1, at + 1) });
      case "k":
      case "up":
      case "shift-tab":
        return redo({ k: "views", at: Math.max(0, at - 1) });
      case "enter":
        return [CLOSE, ...send({ m: "look", name: names[at] ?? null })];
      default:
        return [CLOSE];
    }
  },

  draw({ at }, { look, state }, most) {
    const width = Math.min(72, most.columns);
    const all = Object.entries(state.saved);
    const room = Math.max(1, most.rows);
    const top = scrolledTo(at, 0, room, all.length);
    return {
      title: [["Saved views", "title"]],
      hint: [["enter look   esc close", "muted"]],
      width,
      lines: all.slice(top, top + room).map(([name, view], index) => {
        const here = top + index === at;
        const digit = top + index < 9 ? `${top + index + 1}` : " ";
        const text = line(look, width, [
          [` ${here ? look.glyphs.cursor : " "} `, "accent"],
          [`${digit}  `, "key"],
          [`${shown(name).padEnd(16)} `, "plain"],
          [shown(viewWords(view)), "muted"],
        ]);
        return here ? selected(look, text) : text;
      }),
    };
  },
};
