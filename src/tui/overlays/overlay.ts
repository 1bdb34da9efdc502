/** What lies over a screen: it takes the keys, and is drawn last. */
import type { Ground } from "../actions/action.ts";
import type { Keys } from "../actions/registry.ts";
import type { Intent } from "../input/intent.ts";
import type { Input } from "../input/keys.ts";
import type { Line } from "../input/line.ts";
import type { Scope } from "../screens/list-screen.ts";
import type { Overlay } from "../store/state.ts";
import { shown, widthOf } from "../text/cells.ts";
import { cellsOf } from "../text/slice.ts";
import type { Look, Span } from "../theme/look.ts";
import { line as lineIn, selected } from "../theme/look.ts";

export type OverlayGround = Ground & { readonly keys: Keys };

export type Drawn = {
  readonly title: readonly Span[];
  readonly hint: readonly Span[];
  /** Cells inside the frame. */
  readonly width: number;
  /** Each exactly as wide as that. */
  readonly lines: readonly string[];
};

export type OverlayKind<K extends Overlay["k"]> = {
  keys(overlay: Extract<Overlay, { k: K }>, input: Input, ground: OverlayGround): readonly Intent[];
  /** In a frame in the middle; null for what is a prompt in the last lines. */
  draw(
    overlay: Extract<Overlay, { k: K }>,
    scope: Scope & OverlayGround,
    most: { columns: number; rows: number },
  ): Drawn | null;
};

export const CLOSE: Intent = { k: "message", message: { m: "close" } };

export function redo(overlay: Overlay): readonly Intent[] {
  return [{ k: "message", message: { m: "redo", overlay } }];
}

/** A line being edited, its cursor in sight, or over all of it where what is typed takes its place: exactly `width` cells. */
export function editedLine(
  look: Look,
  width: number,
  prompt: readonly Span[],
  { text, at }: Line,
  picked = false,
): string {
  const promptWidth = prompt.reduce((sum, [words]) => sum + widthOf(words), 0);
  const room = Math.max(1, width - promptWidth);
  if (picked && text !== "") {
    const over = cellsOf(shown(text), 0, room);
    const rest = " ".repeat(Math.max(0, room - widthOf(over)));
    return `${lineIn(look, Math.min(promptWidth, width), prompt)}${cursorOver(look, over)}${rest}`;
  }
  const before = shown(text.slice(0, at));
  const under = shown([...text.slice(at)][0] ?? " ");
  const after = shown(text.slice(at + ([...text.slice(at)][0]?.length ?? 0)));
  const skip = Math.max(0, widthOf(before) + widthOf(under) - room);
  const head = cellsOf(before, skip, widthOf(before));
  const tail = cellsOf(after, 0, Math.max(0, room - widthOf(head) - widthOf(under)));
  const fill = " ".repeat(Math.max(0, room - widthOf(head) - widthOf(under) - widthOf(tail)));
  return `${lineIn(look, Math.min(promptWidth, width), prompt)}${head}${cursorOver(look, under)}${tail}${fill}`;
}

function cursorOver(look: Look, text: string): string {
  return look.depth === "none" && text === " "
    ? look.glyphs.caret
    : selected({ ...look, selection: ["7", "27"] }, text);
}
