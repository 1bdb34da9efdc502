import type { MachineView } from "../../core/machine/view.ts";
import type { Scope } from "../screens/list-screen.ts";
import { type Detail, known } from "../store/state.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { waiting } from "./panes.ts";

/** What the guest wrote on its serial console, newest last. */
export function consolePane(_vm: MachineView, { console }: Detail, scope: Scope, width: number): readonly string[] {
  const lines = known(console) ?? [];
  if (lines.length === 0 || console.how === "failed") return waiting(scope, width, console, "Nothing was said yet.");
  return lines.map((text) => line(scope.look, width, [[` ${shown(text)}`, "plain"]]));
}
