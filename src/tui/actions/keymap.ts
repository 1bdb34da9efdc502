/** The keys that the user's config asks for, held against what there is: what cannot be is left as it was, and told. */
import { nearNames } from "../../core/near.ts";
import { keyNamed } from "../input/key-names.ts";
import type { Action } from "./action.ts";
import { ACTIONS, actionById, type Keys, keysOf } from "./registry.ts";

export type KeyFault = {
  readonly id: string;
  /** A sentence or two. */
  readonly message: string;
  /** What to type. */
  readonly next: readonly string[];
};
export type Keymap = { readonly keys: Keys; readonly faults: readonly KeyFault[] };

/** Keys by action id. A key counts for one action only; where two ask for it, neither of those that ask gets it. */
export function keymapOf(asked: Keys): Keymap {
  const faults: KeyFault[] = [];
  let keys: Keys = {};
  for (const [id, names] of Object.entries(asked)) {
    const read = readKeys(id, names);
    if ("fault" in read) faults.push(read.fault);
    else keys = { ...keys, [id]: read.keys };
  }
  for (;;) {
    const clashes = Object.keys(keys).flatMap((id) => clashOf(id, keys) ?? []);
    if (clashes.length === 0) return { keys, faults };
    faults.push(...clashes);
    // What falls back to its own keys may clash with another that was asked for.
    keys = Object.fromEntries(Object.entries(keys).filter(([id]) => !clashes.some((clash) => clash.id === id)));
  }
}

/** As they are shown, with what to type. */
export function faultLines(faults: readonly KeyFault[]): readonly string[] {
  return faults.flatMap(({ id, message, next }) => [
    `ui.keys.${id}: ${message}`,
    ...next.map((text) => `  $ ${text}`),
    "",
  ]);
}

function readKeys(
  id: string,
  names: readonly string[],
): { readonly keys: readonly string[] } | { readonly fault: KeyFault } {
  const action = actionById(id);
  const command = `hutch config set ui.keys.${id}`;
  if (action === undefined) {
    const near = nearNames(
      id,
      ACTIONS.map((each) => each.id),
    );
    return {
      fault: {
        id,
        message: `There is no action "${id}".${near.length === 0 ? "" : ` Did you mean ${near.join(" or ")}?`}`,
        next: [...near.slice(0, 1).map((each) => `hutch config set ui.keys.${each} KEY`), `${command} --unset`],
      },
    };
  }
  const keys: string[] = [];
  for (const text of names) {
    const key = keyNamed(text);
    if ("fault" in key) return { fault: { id, message: key.fault, next: [`${command} ctrl-s`, `${command} --unset`] } };
    if (action.ask === "name" && !isDeliberate(key.name))
      return {
        fault: {
          id,
          message: `"${action.title}" loses data: it takes a capital letter, alt-… or delete, not "${key.name}".`,
          next: [`${command} ${action.keys[0] ?? "alt-x"}`, `${command} --unset`],
        },
      };
    keys.push(key.name);
  }
  return { keys };
}

/** No slip of the finger, and nothing that is pressed on the way to something else. */
export function isDeliberate(key: string): boolean {
  return key === "delete" || /^(\p{Lu}|alt-.)$/u.test(key);
}

/** Another action that the keys of this one are taken by. A screen's own keys may stand over those of everywhere as hutch comes. */
function clashOf(id: string, keys: Keys): KeyFault | null {
  const action = actionById(id);
  if (action === undefined) return null;
  for (const key of keysOf(action, keys)) {
    const other = ACTIONS.find((each) => each !== action && overlap(each, action) && keysOf(each, keys).includes(key));
    if (other === undefined) continue;
    return {
      id,
      message: `"${key}" is the key of "${other.title}" (${other.id}) already.`,
      next: [`hutch config set ui.keys.${other.id} none`, `hutch config set ui.keys.${id} --unset`],
    };
  }
  return null;
}

/** A tab's keys stand over all others while it has the whole body. */
function overlap(a: Action, b: Action): boolean {
  if (a.tab !== b.tab) return false;
  return a.on.length === 0 || b.on.length === 0 || a.on.some((screen) => b.on.includes(screen));
}
