import { SCREEN } from "../screens/screens.ts";
import type { State, View } from "./state.ts";

/** How a saved view looks at the VMs; null: as hutch comes. Marks stay: it is another look at the same. */
export function savedLook({ saved }: Pick<State, "saved">, name: string | null): Partial<View> {
  const view = name === null ? undefined : saved[name];
  const { filter = "", sort = null, columns = null } = view ?? {};
  const column = SCREEN.vms.columns.find(({ id }) => id === sort?.column);
  return {
    filter,
    sort: sort?.column ?? null,
    reverse: sort !== null && sort.descending !== (column?.largestFirst === true),
    columns,
    named: view === undefined ? null : name,
  };
}
