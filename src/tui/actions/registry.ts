/** The one registry: keys, footer, help, palette and command line all read it. */
import type { ScreenId, TabId } from "../store/state.ts";
import type { Action } from "./action.ts";
import { CONTAINER_ACTIONS } from "./container-actions.ts";
import { LIST_ACTIONS } from "./list-actions.ts";
import { isInside, isOn } from "./targets.ts";
import { PROGRAM_ACTIONS, VIEW_ACTIONS } from "./view-actions.ts";
import { TAB_ACTIONS, VM_ACTIONS } from "./vm-actions.ts";

/** Those of a tab first, then those of a screen: they win a key over those of everywhere. */
export const ACTIONS: readonly Action[] = [
  ...CONTAINER_ACTIONS,
  ...TAB_ACTIONS,
  ...VM_ACTIONS,
  ...LIST_ACTIONS,
  ...VIEW_ACTIONS,
  ...PROGRAM_ACTIONS,
];

/** Key names by action id, as the user's config says; what it does not name keeps its keys. */
export type Keys = Readonly<Record<string, readonly string[]>>;

export function keysOf(action: Action, keys: Keys): readonly string[] {
  return keys[action.id] ?? action.keys;
}

export function actionFor(key: string, screen: ScreenId, keys: Keys, inside: TabId | null = null): Action | undefined {
  return ACTIONS.find(
    (action) => isOn(action, screen) && isInside(action, inside) && keysOf(action, keys).includes(key),
  );
}

export function actionById(id: string): Action | undefined {
  return ACTIONS.find((action) => action.id === id);
}

/** Those that have a place in the footer of this screen, in order: a tab's own first, and no key twice. */
export function footerActions(screen: ScreenId, inside: TabId | null = null): readonly Action[] {
  const here = ACTIONS.filter(
    (action) => action.foot !== undefined && isOn(action, screen) && isInside(action, inside),
  );
  const own = here.filter(({ tab }) => tab !== undefined);
  const taken = new Set(own.flatMap(({ keys }) => keys));
  const rest = here.filter(({ tab, keys }) => tab === undefined && !keys.some((key) => taken.has(key)));
  const byFoot = (a: Action, b: Action) => (a.foot ?? 0) - (b.foot ?? 0);
  return [...own.sort(byFoot), ...rest.sort(byFoot)];
}

/** Words for people with `{vm.launch}` where the key of that action goes: its own, or the user's. */
export function withKeys(text: string, keys: Keys, ascii: boolean): string {
  return text.replace(/\{([a-z.-]+)\}/g, (_, id: string) => {
    const action = actionById(id);
    const key = action === undefined ? undefined : keysOf(action, keys)[0];
    return key === undefined ? `:${id}` : keyWord(key, ascii);
  });
}

const WORDS: Readonly<Record<string, string>> = {
  enter: "⏎",
  space: "space",
  esc: "esc",
  up: "↑",
  down: "↓",
  left: "←",
  right: "→",
};
const PLAIN: Readonly<Record<string, string>> = {
  enter: "Enter",
  up: "up",
  down: "down",
  left: "left",
  right: "right",
};

/** A key as people read it. */
export function keyWord(key: string, ascii: boolean): string {
  return (ascii ? PLAIN[key] : WORDS[key]) ?? key;
}
