/** What a container says, newest last and followed, until it is closed. */
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { CLOSE, type OverlayKind, redo } from "./overlay.ts";

export const containerLogs: OverlayKind<"container-logs"> = {
  keys(overlay, input, { state }) {
    const page = Math.max(1, state.size.rows - 9);
    const steps: Readonly<Record<string, number>> = {
      k: 1,
      up: 1,
      j: -1,
      down: -1,
      pgup: page,
      pgdn: -page,
      space: -page,
      "ctrl-u": page / 2,
      "ctrl-d": -page / 2,
      g: overlay.lines.length,
      G: -overlay.lines.length,
      f: -overlay.lines.length,
    };
    const step = input.k === "mouse" ? (input.what === "up" ? 3 : -3) : input.k === "key" ? steps[input.name] : 0;
    if (step === undefined) return [CLOSE];
    const most = Math.max(0, overlay.lines.length - page);
    return redo({ ...overlay, back: Math.min(most, Math.max(0, Math.round(overlay.back + step))) });
  },

  draw({ machine, container, command, lines, back, ended }, { look }, most) {
    const width = most.columns;
    const end = Math.max(0, lines.length - back);
    const room = Math.max(1, most.rows - 1);
    const seen = lines.slice(Math.max(0, end - room), end);
    const state = back > 0 ? `${back} newer below   ` : ended === null ? "following   " : `${ended}   `;
    return {
      title: [[`${container} in ${machine}`, "title"]],
      hint: [
        [state, back === 0 && ended === null ? "ok" : "muted"],
        ["k j scroll   f newest   esc close", "muted"],
      ],
      width,
      lines: [
        line(look, width, [[` $ ${command}`, "muted"]]),
        ...Array.from({ length: room }, (_, row) => line(look, width, [[` ${shown(seen[row] ?? "")}`, "plain"]])),
      ],
    };
  },
};
