/** How far what is told of a row is scrolled: never past its end, and from the end where that is what is looked at. */
import { layoutOf } from "../layout/layout.ts";
import { rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { lookOf } from "../theme/look.ts";
import type { History } from "./history.ts";
import type { State } from "./state.ts";

/** Only lines are counted, and they are as many in every look. */
const LOOK = lookOf("none", "dark", true);
/** The frame of the detail. */
const EDGES = 2;

/** `by`: lines, down where it is positive. */
export function scrolledBy(state: State, by: number, history: History): State {
  const screen = SCREEN[state.screen];
  const row = rowsOf(screen, { state, history })[state.views[state.screen].at];
  const layout = layoutOf(state.size);
  const width = (state.zoomed ? layout.columns : layout.detail) - EDGES;
  if (row === undefined || width <= 0) return state;
  const height = layout.body - EDGES;
  const most = Math.max(0, screen.detail(row, { state, history, look: LOOK }, width, height).length - height);
  const goal = state.scroll + (screen.followsEnd?.(state) === true ? -by : by);
  return { ...state, scroll: Math.min(most, Math.max(0, goal)) };
}
