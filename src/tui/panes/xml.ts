import type { MachineView } from "../../core/machine/view.ts";
import type { Scope } from "../screens/list-screen.ts";
import { type Detail, known } from "../store/state.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { waiting } from "./panes.ts";

/** The definition, as libvirt keeps it. */
export function xmlPane(_vm: MachineView, { xml }: Detail, scope: Scope, width: number): readonly string[] {
  const lines = known(xml);
  if (lines === null) return waiting(scope, width, xml, "");
  return lines.map((text) => line(scope.look, width, [[` ${shown(text)}`, "plain"]]));
}
