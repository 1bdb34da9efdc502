import type { MachineView } from "../../core/machine/view.ts";
import { formatSize } from "../../core/units.ts";
import type { Scope } from "../screens/list-screen.ts";
import { type Detail, known } from "../store/state.ts";
import { percent, short } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { meter } from "../widgets/graph.ts";
import { waiting } from "./panes.ts";

export function disksPane(vm: MachineView, { info }: Detail, scope: Scope, width: number): readonly string[] {
  const { look, history } = scope;
  const disks = known(info)?.disks;
  if (disks === undefined) return waiting(scope, width, info, "");
  const rates = history.rates(vm.uuid);
  const lines = disks.flatMap(({ target, source, format, virtualBytes, usedBytes }) => {
    const size =
      virtualBytes === null
        ? "outside every pool"
        : `${formatSize(virtualBytes)}, ${formatSize(usedBytes ?? 0)} on disk`;
    return [
      line(look, width, [
        [` ${shown(target)}`, "title"],
        [`  ${format}  ${size}`, "plain"],
      ]),
      line(look, width, [[`   ${shown(source) || "empty"}`, "muted"]]),
      ...(virtualBytes === null || usedBytes === null || virtualBytes === 0
        ? []
        : [
            line(look, width, [
              [`   ${meter(look.glyphs, usedBytes, virtualBytes, Math.min(30, width - 10))}`, "graph"],
              [` ${percent(usedBytes, virtualBytes)}%`, "plain"],
            ]),
          ]),
    ];
  });
  const flow =
    rates === null
      ? []
      : [
          line(look, width, []),
          line(look, width, [[` read ${short(rates.read)}/s  written ${short(rates.written)}/s`, "plain"]]),
        ];
  return lines.length === 0 ? waiting(scope, width, info, "It has no disks.") : [...lines, ...flow];
}
