/** What an action is done to: the marked rows if there are any, else the row under the cursor. */
import type { MachineView } from "../../core/machine/view.ts";
import { type ListScreen, rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import type { ScreenId, TabId } from "../store/state.ts";
import type { Act, Action, Ground, Group, Target } from "./action.ts";

/** Rows of a screen, as its own type. */
export function chosen<T>(screen: ListScreen<T>, ground: Ground): readonly T[] {
  const view = ground.state.views[screen.id];
  const rows = rowsOf(screen, ground);
  if (view.marks.size > 0) return screen.items(ground).filter((item) => view.marks.has(screen.key(item)));
  const row = rows.find((item) => screen.key(item) === view.cursor);
  return row === undefined ? [] : [row];
}

/** The VM that is looked at: on its own screen, or wherever a row speaks of one. */
export function chosenMachines(ground: Ground): readonly MachineView[] {
  return chosen(SCREEN.vms as ListScreen<MachineView>, ground);
}

export type RowAction<T> = {
  readonly id: string;
  readonly title: string;
  readonly keys?: readonly string[];
  readonly short?: string;
  readonly foot?: number;
  readonly tab?: TabId;
  readonly ask?: "yes" | "name";
  readonly warning?: string;
  readonly losses?: NonNullable<Action["losses"]>;
  /** The command's own words, to which the names are added. */
  readonly words: readonly string[];
  /** The name as this command takes it, where that is not the name alone. */
  operand?(name: string, item: T): string;
  /** Rows that others made, and the flag without which the command leaves them alone. */
  readonly foreign?: { readonly flag: string; is(item: T): boolean };
  /** Words after the names. */
  readonly after?: readonly string[];
  /** Only for one row at a time. */
  readonly one?: boolean;
  /** Why it cannot be done to this row; null when it can. */
  cannot?(item: T): string | null;
  readonly act: Act;
};

/** An action on the rows of one screen. It needs its command: what this hutch has not, it says. */
export function rowAction<T>(
  screen: ListScreen<T>,
  group: Group,
  nameOf: (item: T) => readonly string[],
  { keys = [], words, operand, foreign, after = [], cannot, one, ...about }: RowAction<T>,
): Action {
  const able = (ground: Ground) => chosen(screen, ground).filter((item) => !cannot?.(item));
  return {
    ...about,
    group,
    keys,
    on: [screen.id],
    targets: (ground) =>
      able(ground).map(
        (item): Target => ({
          key: screen.key(item),
          name: nameOf(item).at(-1) ?? "",
          words: operand === undefined ? nameOf(item) : nameOf(item).map((name) => operand(name, item)),
          host: screen.host?.(item) ?? ground.state.current,
          ...(foreign?.is(item) === true ? { foreign: true } : {}),
        }),
      ),
    reason: (ground) => {
      const why = reasonOn(screen, words, about.act, ground);
      const [first, second] = chosen(screen, ground);
      if (why !== null || first === undefined) return why;
      if (one === true && second !== undefined) return "Only for one at a time.";
      return able(ground).length > 0 ? null : (cannot?.(first) ?? null);
    },
    command: (targets) => {
      const flags = foreign !== undefined && targets.some((target) => target.foreign) ? [foreign.flag] : [];
      return [...words, ...flags, ...targets.flatMap((target) => target.words), ...after];
    },
  };
}

/** Why nothing on this screen can be done by this command now; null when something can. */
export function reasonOn<T>(screen: ListScreen<T>, words: readonly string[], act: Act, ground: Ground): string | null {
  const { state, commands } = ground;
  if (state.screen !== screen.id) return `Only on the screen ${screen.title}.`;
  const verb = words.filter((word) => !word.startsWith("-")).slice(0, 2);
  if (!commands.has(verb.join(" ")) && !commands.has(verb[0] ?? "")) return `This hutch has no "${verb.join(" ")}".`;
  if (chosen(screen, ground).length === 0) return "Nothing is chosen.";
  if (changes(act) && state.readonly) return "This session only looks.";
  if (changes(act) && state.link.how === "lost") return "The connection is lost.";
  return null;
}

function changes(act: Act): boolean {
  return act.k === "operation" || act.k === "command";
}

/** Whether its keys count with this tab over the whole body; null: with none. */
export function isInside({ tab }: Action, inside: TabId | null): boolean {
  return tab === undefined || tab === inside;
}

export function isOn(action: Action, screen: ScreenId): boolean {
  return action.on.length === 0 || action.on.includes(screen);
}
