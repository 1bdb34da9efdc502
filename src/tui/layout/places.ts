/** What lies under a cell of the screen. */
import type { Container } from "../../core/containers.ts";
import { containerOn } from "../panes/containers.ts";
import { tabPlaces } from "../panes/panes.ts";
import { columnsOf, GUTTER, roomIn, widthsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { shownMachines } from "../store/hosts.ts";
import { SCREENS, type ScreenId, type State, type TabId } from "../store/state.ts";
import type { Layout } from "./layout.ts";

type Cell = { readonly column: number; readonly row: number };

/** Where the list's rows are. */
export function listPlace(layout: Layout): { readonly firstRow: number; readonly rows: number } {
  const top = layout.tabs ? 2 : 1;
  return { firstRow: top + 2, rows: layout.listRows - 3 };
}

/** Where the name of each screen stands in its line. */
export function screenPlaces(
  state: State,
): readonly { readonly screen: ScreenId; readonly from: number; readonly text: string }[] {
  let from = 1;
  const { columns } = state.size;
  const wide = columns >= 100;
  const gap = wide ? 3 : columns >= 80 ? 2 : 1;
  return SCREENS.map((screen, index) => {
    const { title, short } = SCREEN[screen];
    const text = `${index + 1} ${wide ? title : short}${gap === 1 ? "" : note(state, screen, wide)}`;
    const place = { screen, from, text };
    from += text.length + gap;
    return place;
  });
}

function note(state: State, screen: ScreenId, wide: boolean): string {
  const running = state.jobs.filter(({ op }) => op.how === "running").length;
  const unseen = state.happenings.length - state.seen;
  if (screen === "vms" && wide) return ` ${shownMachines(state).size}`;
  if (screen === "jobs" && running > 0) return ` ${running}`;
  if (screen === "events" && unseen > 0) return ` ${unseen}!`;
  return "";
}

export function screenAt(state: State, layout: Layout, { column, row }: Cell): ScreenId | null {
  if (!layout.tabs || row !== 1) return null;
  return screenPlaces(state).find(({ from, text }) => column >= from && column < from + text.length)?.screen ?? null;
}

export function tabAt(state: State, layout: Layout, { column, row }: Cell): TabId | null {
  if (state.screen !== "vms" || row !== (layout.tabs ? 3 : 2)) return null;
  const left = state.zoomed ? 1 : layout.list + 1;
  const width = (state.zoomed ? layout.columns : layout.detail) - 2;
  if (width <= 0 || column < left) return null;
  const at = column - left;
  return tabPlaces(width).find(({ from, text }) => at >= from && at < from + text.length)?.tab ?? null;
}

export function containerAt(state: State, layout: Layout, { column, row }: Cell): Container | null {
  const left = state.zoomed ? 1 : layout.list + 1;
  const width = (state.zoomed ? layout.columns : layout.detail) - 2;
  const first = layout.tabs ? 4 : 3;
  const height = layout.body - 3;
  const inside = column >= left && column < left + width && row >= first && row < first + height;
  if (state.screen !== "vms" || state.tab !== "containers" || !inside) return null;
  return containerOn(state, row - first, width, height);
}

export function headerColumnAt(state: State, layout: Layout, { column, row }: Cell): string | null {
  if (state.zoomed || row !== listPlace(layout).firstRow - 1 || column >= layout.list) return null;
  let from = 1 + GUTTER;
  const room = roomIn(layout.list - 2);
  for (const [{ id, compare }, width] of widthsOf(columnsOf(SCREEN[state.screen], state, room), room)) {
    if (column >= from && column < from + width) return compare === undefined ? null : id;
    from += width + 1;
  }
  return null;
}
