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

/** Where there is little room these stay longest, the first of them at any width; after the first three, what a tab has of its own. */
const FIRST = ["hutch.help", "hutch.quit", "view.filter"];
const NEXT = ["hutch.menu", "vm.launch", "view.zoom", "hutch.command"];

/** How early an action gets its room, lowest first; of equals the one that stands further left. */
function rank({ id, tab }: Action): number {
  if (FIRST.includes(id)) return 0;
  if (tab !== undefined) return 1;
  const next = NEXT.indexOf(id);
  return next === -1 ? NEXT.length + 2 : next + 2;
}

export function footerPlaces(
  actions: readonly Action[],
  ground: Ground & { readonly keys: Keys },
): readonly FooterPlace[] {
  const width = ground.state.size.columns;
  const all = actions.map((action) => {
    const key = keyWord(keysOf(action, ground.keys)[0] ?? "", ground.state.ascii);
    const text = (action.short ?? action.title).replace(/^./, (letter) => letter.toLowerCase());
    return { action, key, text, off: action.reason(ground) !== null };
  });
  const size = ({ key, text }: { key: string; text: string }) => widthOf(key) + widthOf(text) + 3;
  // One cell before them, and the two after the last need none.
  let room = width + 1;
  const kept = new Set<string>();
  for (const each of all.toSorted((a, b) => rank(a.action) - rank(b.action))) {
    const first = FIRST.includes(each.action.id);
    if (!first && (each.off || each.key === "" || size(each) > room)) continue;
    room -= size(each);
    kept.add(each.action.id);
  }
  let from = 1;
  return all
    .filter(({ action }) => kept.has(action.id))
    .map((each) => {
      const place = { ...each, from, to: from + size(each) - 2 };
      from += size(each);
      return place;
    });
}
