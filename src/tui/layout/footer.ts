/** The last line: what can be done here, cut by importance when there is little room. */
import type { Action, Ground } from "../actions/action.ts";
import { type Keys, keysOf, keyWord } from "../actions/registry.ts";
import { widthOf } from "../text/cells.ts";

export type FooterPlace = {
  readonly action: Action;
  readonly key: string;
  readonly text: string;
  readonly off: boolean;
  readonly from: number;
  readonly to: number;
};

/** Finding, the help and the way out are always there. */
const ALWAYS = new Set(["view.filter", "hutch.help", "hutch.quit"]);

export function footerPlaces(
  actions: readonly Action[],
  ground: Ground & { readonly keys: Keys },
): readonly FooterPlace[] {
  const width = ground.state.size.columns;
  const all = actions.map((action) => {
    const key = keyWord(keysOf(action, ground.keys)[0] ?? "", ground.state.ascii);
    return { action, key, text: (action.short ?? action.title).toLowerCase(), off: action.reason(ground) !== null };
  });
  const size = ({ key, text }: { key: string; text: string }) => widthOf(key) + widthOf(text) + 3;
  let room = width - 1 - all.filter(({ action }) => ALWAYS.has(action.id)).reduce((sum, each) => sum + size(each), 0);
  const kept = all.filter((each) => {
    if (ALWAYS.has(each.action.id)) return true;
    if (each.off || each.key === "" || size(each) > room) return false;
    room -= size(each);
    return true;
  });
  let from = 1;
  return kept.map((each) => {
    const place = { ...each, from, to: from + size(each) - 2 };
    from += size(each);
    return place;
  });
}
