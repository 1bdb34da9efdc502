/** Every key that counts here, out of the registry; what cannot be done now says why. */
import type { Action } from "../actions/action.ts";
import { ACTIONS, keysOf, keyWord } from "../actions/registry.ts";
import { isInside, isOn } from "../actions/targets.ts";
import { tabInside } from "../store/inside.ts";
import { shown } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { CLOSE, type OverlayKind, redo } from "./overlay.ts";

export const help: OverlayKind<"help"> = {
  keys(overlay, input) {
    if (input.k === "mouse")
      return redo({ ...overlay, top: Math.max(0, overlay.top + (input.what === "up" ? -3 : 3)) });
    if (input.k !== "key") return [];
    const steps: Readonly<Record<string, number>> = {
      j: 1,
      down: 1,
      k: -1,
      up: -1,
      pgdn: 10,
      pgup: -10,
      "ctrl-d": 10,
      "ctrl-u": -10,
      space: 10,
    };
    const step = steps[input.name];
    return step === undefined ? [CLOSE] : redo({ ...overlay, top: Math.max(0, overlay.top + step) });
  },

  draw(overlay, scope, most) {
    const { look, state, keys } = scope;
    const width = Math.min(76, most.columns);
    const here = ACTIONS.filter(
      (action) => isOn(action, state.screen) && isInside(action, tabInside(state)) && keysOf(action, keys).length > 0,
    );
    const groups = [...new Set(here.map(({ group }) => group))];
    const row = (action: Action): string => {
      const reason = action.reason(scope);
      const words = keysOf(action, keys)
        .map((key) => keyWord(key, look.glyphs.ascii))
        .join(" ");
      const spans: Span[] = [
        [`  ${words}`.padEnd(18), reason === null ? "key" : "muted"],
        [action.title, reason === null ? "plain" : "muted"],
        [reason === null ? "" : `  ${shown(reason)}`, "muted"],
      ];
      return line(look, width, spans);
    };
    const all = groups.flatMap((group) => [
      line(look, width, [[` ${group}`, "title"]]),
      ...here.filter((action) => action.group === group).map(row),
    ]);
    const room = Math.max(1, most.rows);
    const top = Math.min(overlay.top, Math.max(0, all.length - room));
    return {
      title: [["Keys", "title"]],
      hint: [
        [all.length > room ? `${top + 1}-${Math.min(all.length, top + room)} of ${all.length}   ` : "", "muted"],
        [all.length > room ? "j k scroll   any other key closes" : "any key closes", "muted"],
      ],
      width,
      lines: all.slice(top, top + room),
    };
  },
};
