/** The whole screen as lines: exactly as many as it has rows, each exactly as wide. What is drawn is these, and nothing else. */
import { withKeys } from "../actions/registry.ts";
import type { OverlayGround } from "../overlays/overlay.ts";
import { drawOverlay } from "../overlays/overlays.ts";
import { columnsOf, headerLine, roomIn, rowLine, rowsOf, type Scope, widthsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { hasSeveral } from "../store/hosts.ts";
import { LIST_OF } from "../store/lists.ts";
import type { State } from "../store/state.ts";
import { shown, widthOf, wrapped } from "../text/cells.ts";
import { cellsOf, withoutTones } from "../text/slice.ts";
import { line, paint, type Span } from "../theme/look.ts";
import { box } from "../widgets/box.ts";
import { belowBox } from "./below.ts";
import { bottomLines } from "./bottom.ts";
import { headLines } from "./head.ts";
import { type Layout, layoutOf, SMALLEST } from "./layout.ts";

export type FrameScope = Scope & OverlayGround;

export function frame(scope: FrameScope): readonly string[] {
  const layout = layoutOf(scope.state.size);
  if (layout.kind === "small") return tooSmall(scope);
  const lines = [...headLines(scope, layout), ...body(scope, layout), ...bottomLines(scope, layout)];
  return overlaid(scope, lines);
}

function body(scope: FrameScope, layout: Layout): readonly string[] {
  const { state } = scope;
  if (state.zoomed) return detailBox(scope, layout.columns, layout.body);
  // With no row there is nothing to tell of one.
  if (chosenRow(scope) === undefined) return listBox(scope, { ...layout, list: layout.columns, listRows: layout.body });
  const list = [...listBox(scope, layout), ...(layout.below === 0 ? [] : belowBox(scope, layout.list, layout.below))];
  if (layout.kind === "wide") {
    const detail = detailBox(scope, layout.detail, layout.body);
    return list.map((text, index) => text + (detail[index] ?? ""));
  }
  return layout.strip === 0 ? list : [...list, ...stripLines(scope, layout)];
}

function listBox(scope: FrameScope, layout: Layout): readonly string[] {
  const { look, state } = scope;
  const screen = SCREEN[state.screen];
  const view = state.views[state.screen];
  const rows = rowsOf(screen, scope);
  const inside = layout.list - 2;
  const widths = widthsOf(columnsOf(screen, state, roomIn(inside)), roomIn(inside));
  const height = layout.listRows - 3;
  const seen = rows.slice(view.top, view.top + height).map((item, index) =>
    rowLine(item, scope, widths, inside, {
      cursor: view.top + index === view.at,
      marked: view.marks.has(screen.key(item)),
    }),
  );
  const total = screen.items(scope).length;
  const none =
    rows.length > 0
      ? []
      : ["", ...emptyWords(scope, total)].map((text) => line(look, inside, [[`   ${text}`, "muted"]]));
  const title: Span[] = [
    [screen.title, "title"],
    ...hostTitle(state),
    [rows.length === total ? ` ${total}` : ` ${rows.length} of ${total}`, "muted"],
    ...(view.named === null ? [] : [[`  ${view.named}`, "key"] as const]),
    ...(view.filter === "" ? [] : [[`  /${shown(view.filter)}`, "accent"] as const]),
    ...(view.marks.size === 0 ? [] : [[`  ${view.marks.size} marked`, "accent"] as const]),
  ];
  return box(look, layout.list, layout.listRows, { top: { left: title, right: screen.summary(scope) } }, [
    headerLine(look, widths, inside, view),
    ...seen,
    ...none,
  ]);
}

/** Whose these are, where there are several hosts and only one's are shown. */
function hostTitle({ screen, only }: State): readonly Span[] {
  const narrowed = only !== null && (screen === "vms" || LIST_OF[screen] !== undefined);
  return narrowed ? [[` ${shown(only)}`, "accent"]] : [];
}

/** Nothing at all, or nothing that the filter lets through. */
function emptyWords(scope: FrameScope, total: number): readonly string[] {
  const words =
    total > 0 ? ["Nothing matches the filter.", "", "{view.back}  clear it"] : SCREEN[scope.state.screen].empty(scope);
  return words.map((text) => withKeys(text, scope.keys, scope.look.glyphs.ascii));
}

function chosenRow(scope: FrameScope): unknown {
  const { state } = scope;
  return rowsOf(SCREEN[state.screen], scope)[state.views[state.screen].at];
}

function detailBox(scope: FrameScope, width: number, height: number): readonly string[] {
  const { look, state, keys } = scope;
  const screen = SCREEN[state.screen];
  const row = chosenRow(scope);
  if (row === undefined) return box(look, width, height, { top: {} }, []);
  const { pinned = 0 } = screen;
  const lines = screen.detail(row, scope, width - 2, height - 2);
  const [above, rest] = [lines.slice(0, pinned), lines.slice(pinned)];
  const room = Math.max(0, height - 2 - pinned);
  const most = Math.max(0, rest.length - room);
  const top = screen.followsEnd?.(state) === true ? Math.max(0, most - state.scroll) : Math.min(state.scroll, most);
  const more = withKeys("   {move.scroll-down} {move.scroll-up} scroll", keys, look.glyphs.ascii);
  const place: Span[] = most === 0 ? [] : [[`${top + 1}-${top + room} of ${rest.length}${more}`, "muted"]];
  const edges = { top: { left: [[shown(screen.name(row)), "title"] as const] }, bottom: { right: place } };
  return box(look, width, height, edges, [...above, ...rest.slice(top, top + room)]);
}

function stripLines(scope: FrameScope, layout: Layout): readonly string[] {
  const { look, state } = scope;
  const screen = SCREEN[state.screen];
  const row = chosenRow(scope);
  const { rule } = look.glyphs;
  const width = layout.columns;
  const lines = screen.strip(row, scope, width);
  const host = hasSeveral(state) ? (screen.host?.(row) ?? null) : null;
  const name = ` ${shown(screen.name(row))} ${host === null ? "" : `at ${shown(host)} `}`;
  const edge = line(look, width, [
    [rule, "frame"],
    [name, "title"],
    [rule.repeat(Math.max(0, width - 1 - widthOf(name))), "frame"],
  ]);
  return [edge, ...lines, line(look, width, [[rule.repeat(width), "frame"]])];
}

/** What lies over it in the middle; the screen under it is dimmed. */
function overlaid(scope: FrameScope, lines: readonly string[]): readonly string[] {
  const { look, state } = scope;
  const overlay = state.overlays.at(-1);
  const { columns, rows } = state.size;
  if (overlay === undefined) return lines;
  const drawn = drawOverlay(overlay, scope, { columns: columns - 6, rows: rows - 6 });
  if (drawn === null) return lines;
  const width = drawn.width + 2;
  const framed = box(
    look,
    width,
    drawn.lines.length + 2,
    { top: { left: drawn.title }, bottom: { right: drawn.hint } },
    drawn.lines,
  );
  const left = Math.floor((columns - width) / 2);
  const top = Math.max(1, Math.floor((rows - framed.length) / 2));
  return lines.map((text, index) => {
    const plain = withoutTones(text);
    const over = framed[index - top];
    if (over === undefined) return paint(look, "muted", plain);
    return (
      paint(look, "muted", cellsOf(plain, 0, left)) + over + paint(look, "muted", cellsOf(plain, left + width, columns))
    );
  });
}

function tooSmall({ look, keys, state: { size } }: FrameScope): readonly string[] {
  const words = [
    "hutch needs more room.",
    `It has ${size.columns}x${size.rows}, it needs ${SMALLEST.columns}x${SMALLEST.rows}.`,
    withKeys("{hutch.quit} quits", keys, look.glyphs.ascii),
  ];
  const lines = words.flatMap((text) => wrapped(text, size.columns));
  return Array.from({ length: size.rows }, (_, row) =>
    line(look, size.columns, [[lines[row] ?? "", row === 0 ? "title" : "plain"]]),
  );
}
