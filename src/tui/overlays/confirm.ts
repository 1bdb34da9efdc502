/** Asked before something is stopped or lost: what, which, and the command that does the same. */
import { actionById, withKeys } from "../actions/registry.ts";
import { edited } from "../input/line.ts";
import { hasSeveral } from "../store/hosts.ts";
import type { Confirm } from "../store/state.ts";
import { known } from "../store/state.ts";
import { shown, wrapped } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { CLOSE, editedLine, type OverlayKind, redo } from "./overlay.ts";

export const confirm: OverlayKind<"confirm"> = {
  keys(overlay, input, ground) {
    const action = actionById(overlay.action);
    if (action === undefined || (input.k === "key" && (input.name === "esc" || input.name === "ctrl-c")))
      return [CLOSE];
    const run = () => {
      const targets = action.targets(ground).filter(({ key }) => overlay.targets.includes(key));
      return [CLOSE, { k: "run", action, targets }] as const;
    };
    if (overlay.word === null) {
      if (input.k !== "key") return [];
      return input.name === "y" || input.name === "Y"
        ? run()
        : ["n", "N", "q", "enter"].includes(input.name)
          ? [CLOSE]
          : [];
    }
    if (input.k === "key" && input.name === "enter") return isTyped(overlay) ? run() : [];
    const typed = edited(overlay.typed, input);
    return typed === null ? [] : redo({ ...overlay, typed });
  },

  draw(overlay, scope, most) {
    const { look } = scope;
    const width = Math.min(64, most.columns);
    const action = actionById(overlay.action);
    const text = (words: string, tone: Span[1] = "plain") =>
      wrapped(words, width - 2).map((part) => line(look, width, [[` ${part}`, tone]]));
    const targets = action?.targets(scope).filter(({ key }) => overlay.targets.includes(key)) ?? [];
    const room = Math.max(1, most.rows - 9);
    const names = targets.slice(0, room).map(({ name, host, foreign }) =>
      line(look, width, [
        [`  ${look.glyphs.dot} `, "muted"],
        [shown(name), "title"],
        [foreign === true ? "  made by others" : "", "warn"],
        [hasSeveral(scope.state) ? `  at ${shown(host ?? scope.state.current)}` : "", "muted"],
      ]),
    );
    const more = targets.length > room ? text(`  and ${targets.length - room} more`, "muted") : [];
    const losses = lossLines(overlay)
      .slice(0, room)
      .flatMap((loss) => line(look, width, [[`    ${shown(loss)}`, "plain"]]));
    return {
      title: [[shown(overlay.title), overlay.word === null ? "title" : "danger"]],
      hint:
        overlay.word === null
          ? [["y yes   N no", "muted"]]
          : [
              ["esc cancel", "muted"],
              [isTyped(overlay) ? "   enter do it" : "", "danger"],
            ],
      width,
      lines: [
        ...(action?.warning === undefined
          ? []
          : [...text(withKeys(action.warning, scope.keys, look.glyphs.ascii), "warn"), line(look, width, [])]),
        ...names,
        ...more,
        ...losses,
        line(look, width, []),
        ...(overlay.command === "" ? [] : text(`$ ${shown(overlay.command)}`, "muted")),
        overlay.word === null
          ? line(look, width, [[" Go on? y/N", "title"]])
          : editedLine(
              look,
              width,
              [
                [" type ", "plain"],
                [shown(overlay.word), "key"],
                [" to go on: ", "plain"],
              ],
              overlay.typed,
            ),
      ],
    };
  },
};

function isTyped({ word, typed }: Confirm): boolean {
  return typed.text.trim() === word;
}

function lossLines({ lines }: Confirm): readonly string[] {
  if (lines.how === "loading") return ["Looking what goes…"];
  if (lines.how === "failed") return [lines.message];
  return known(lines) ?? [];
}
