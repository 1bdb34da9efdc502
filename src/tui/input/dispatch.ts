/** From an input to what comes of it: the topmost overlay has it first, then the keys of the screen. */
import type { Container } from "../../core/containers.ts";
import type { Action } from "../actions/action.ts";
import { actionById, actionFor, footerActions } from "../actions/registry.ts";
import { footerPlaces } from "../layout/footer.ts";
import { layoutOf } from "../layout/layout.ts";
import { containerAt, headerColumnAt, listPlace, screenAt, tabAt } from "../layout/places.ts";
import type { OverlayGround } from "../overlays/overlay.ts";
import { overlayKeys } from "../overlays/overlays.ts";
import { rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { containersSeen, tabInside } from "../store/inside.ts";
import { begin, type Intent, send } from "./intent.ts";
import type { Input, Mouse } from "./keys.ts";

/** What can be done while there is no room to show anything. */
const WITHOUT_SCREEN: ReadonlySet<string> = new Set(["hutch.quit", "hutch.suspend"]);

export function intentsOf(input: Input, ground: OverlayGround): readonly Intent[] {
  const { state, keys } = ground;
  const action = input.k === "key" ? actionFor(input.name, state.screen, keys, tabInside(state)) : undefined;
  const acted = () => (action === undefined ? [] : begin(action, ground));
  // What cannot be seen takes no keys.
  if (layoutOf(state.size).kind === "small") return WITHOUT_SCREEN.has(action?.id ?? "") ? acted() : [];
  const overlay = state.overlays.at(-1);
  if (overlay !== undefined) return isSuspend(input, action) ? acted() : overlayKeys(overlay, input, ground);
  return input.k === "mouse" ? clicked(input, ground) : acted();
}

/** From within a question too, unless its key is one that can be typed there. */
function isSuspend(input: Input, action: Action | undefined): boolean {
  return action?.id === "hutch.suspend" && input.k === "key" && input.name.startsWith("ctrl-");
}

/** A second click on the one that is chosen opens it: the tab first, then what the container says. */
function clickedContainer({ id }: Container, ground: OverlayGround): readonly Intent[] {
  const { state } = ground;
  if (containersSeen(state)?.container?.id !== id) return send({ m: "container", id });
  const logs = actionById("container.logs");
  return state.zoomed && logs !== undefined ? begin(logs, ground) : send({ m: "zoom", on: true });
}

function clicked(mouse: Mouse, ground: OverlayGround): readonly Intent[] {
  const { state } = ground;
  const layout = layoutOf(state.size);
  if (layout.kind === "small") return [];
  if (mouse.what !== "press") {
    const by = mouse.what === "up" ? -3 : 3;
    const overDetail = state.zoomed || (layout.detail > 0 && mouse.column >= layout.list);
    return overDetail ? send({ m: "scroll", by }) : send({ m: "move", step: { by } });
  }
  if (mouse.row === layout.rows - 1) {
    const place = footerPlaces(footerActions(state.screen, tabInside(state)), ground).find(
      ({ from, to }) => mouse.column >= from && mouse.column < to,
    );
    return place === undefined ? [] : begin(place.action, ground);
  }
  const screen = screenAt(state, layout, mouse);
  if (screen !== null) return send({ m: "go", screen });
  const tab = tabAt(state, layout, mouse);
  if (tab !== null) return send({ m: "tab", tab });
  const container = containerAt(state, layout, mouse);
  if (container !== null) return clickedContainer(container, ground);
  const column = headerColumnAt(state, layout, mouse);
  if (column !== null) return send({ m: "sort", column });
  const place = listPlace(layout);
  if (
    state.zoomed ||
    mouse.column >= layout.list ||
    mouse.row < place.firstRow ||
    mouse.row >= place.firstRow + place.rows
  )
    return [];
  const rows = rowsOf(SCREEN[state.screen], ground);
  const row = rows[state.views[state.screen].top + mouse.row - place.firstRow];
  if (row === undefined) return [];
  const key = SCREEN[state.screen].key(row);
  // A second click on the row that is chosen opens it.
  return key === state.views[state.screen].cursor ? send({ m: "zoom", on: true }) : send({ m: "choose", key });
}
