/** Every action by its name, found by a few of its letters. */
import type { Action, Ground } from "../actions/action.ts";
import { commandLine } from "../actions/action.ts";
import { ACTIONS, keysOf, keyWord } from "../actions/registry.ts";
import { begin } from "../input/intent.ts";
import { edited } from "../input/line.ts";
import { scrolledTo } from "../layout/layout.ts";
import { rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import type { PaletteOf } from "../store/state.ts";
import { shown } from "../text/cells.ts";
import { line, type Span, selected } from "../theme/look.ts";
import { CLOSE, editedLine, type OverlayKind, redo } from "./overlay.ts";

type Offer = Ground & { readonly of: PaletteOf };

/** Best first; those that can be done before those that cannot. */
function found(text: string, { of, ...ground }: Offer): readonly Action[] {
  const offered = ACTIONS.filter((action) => of === "all" || isOffered(action, of, ground));
  const scored = offered.flatMap((action) => {
    const score = scoreOf(text.toLowerCase(), `${action.title} ${action.id}`.toLowerCase());
    return score === null ? [] : [{ action, score, off: action.reason(ground) !== null }];
  });
  return scored.sort((a, b) => Number(a.off) - Number(b.off) || a.score - b.score).map(({ action }) => action);
}

function isOffered(action: Action, of: PaletteOf, ground: Ground): boolean {
  if (!action.on.includes(ground.state.screen)) return false;
  // What a tab has of its own is about rows that only it shows.
  if (action.tab !== undefined && action.tab !== ground.state.tab) return false;
  return of === "rows" || (lineFor(action, ground) !== null && action.reason(ground) === null);
}

/** How far apart the letters stand that were typed; null when they are not all there in order. Less is better. */
export function scoreOf(letters: string, text: string): number | null {
  const whole = text.indexOf(letters);
  if (whole >= 0) return whole;
  let at = -1;
  let gaps = 100;
  for (const letter of letters.replaceAll(" ", "")) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return null;
    gaps += next - at - 1;
    at = next;
  }
  return gaps;
}

export const palette: OverlayKind<"palette"> = {
  keys(overlay, input, ground) {
    const actions = found(overlay.line.text, { ...ground, of: overlay.of });
    const copied = (action: Action | undefined) => {
      const text = action === undefined ? null : lineFor(action, ground);
      return text === null ? [] : [CLOSE, { k: "copy", text } as const];
    };
    if (input.k === "key") {
      switch (input.name) {
        case "esc":
        case "ctrl-c":
          return [CLOSE];
        case "down":
        case "ctrl-n":
        case "tab":
          return redo({ ...overlay, at: Math.min(actions.length - 1, overlay.at + 1) });
        case "up":
        case "ctrl-p":
        case "shift-tab":
          return redo({ ...overlay, at: Math.max(0, overlay.at - 1) });
        case "enter": {
          const action = actions[overlay.at];
          if (overlay.of === "copy") return copied(action);
          return action === undefined ? [] : [CLOSE, ...begin(action, ground)];
        }
        case "ctrl-y":
          return copied(actions[overlay.at]);
      }
    }
    const typed = edited(overlay.line, input);
    return typed === null ? [] : redo({ ...overlay, line: typed, at: 0 });
  },

  draw(overlay, scope, most) {
    const { look, keys } = scope;
    const width = Math.min(88, most.columns);
    const actions = found(overlay.line.text, { ...scope, of: overlay.of });
    const room = Math.max(1, Math.min(most.rows - 2, 18));
    const top = scrolledTo(overlay.at, 0, room, actions.length);
    const rows = actions.slice(top, top + room).map((action, index) => {
      const reason = action.reason(scope);
      const key = keysOf(action, keys)[0];
      const command = lineFor(action, scope);
      const here = top + index === overlay.at;
      const spans: Span[] = [
        [` ${here ? look.glyphs.cursor : " "} `, "accent"],
        [(key === undefined ? "" : keyWord(key, look.glyphs.ascii)).padEnd(8), "key"],
        [action.title.padEnd(30), reason === null ? "plain" : "muted"],
        [shown(reason ?? (command === null ? "" : `$ ${command}`)), "muted"],
      ];
      const text = line(look, width, spans);
      return here ? selected(look, text) : text;
    });
    const none = line(look, width, [["   Nothing has these letters.", "muted"]]);
    return {
      title: [[titleOf(overlay.of, scope), "title"]],
      hint: [
        [actions.length > room ? `${top + 1}-${top + room} of ${actions.length}   ` : "", "muted"],
        [overlay.of === "copy" ? "enter copy   esc close" : "enter do it   ctrl-y copy   esc close", "muted"],
      ],
      width,
      lines: [editedLine(look, width, [[" > ", "key"]], overlay.line), ...(rows.length === 0 ? [none] : rows)],
    };
  },
};

function titleOf(of: PaletteOf, ground: Ground): string {
  if (of === "all") return "Every action";
  const { id } = SCREEN[ground.state.screen];
  const { marks } = ground.state.views[id];
  const row = rowsOf(SCREEN[id], ground)[ground.state.views[id].at];
  const what =
    marks.size > 0 ? `${marks.size} marked` : row === undefined ? SCREEN[id].title : shown(SCREEN[id].name(row));
  return of === "rows" ? what : `Copy a command for ${what}`;
}

function lineFor(action: Action, ground: Ground): string | null {
  const targets = action.targets(ground);
  return targets.length === 0 ? null : commandLine(action, targets, ground.state);
}
