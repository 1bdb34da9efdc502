/** Under the list, where the screen is tall: all VMs together, which of them work hardest, and what happened last. */
import type { MachineView } from "../../core/machine/view.ts";
import type { Scope } from "../screens/list-screen.ts";
import { hasSeveral, hostOf, memoryOfAll } from "../store/hosts.ts";
import type { State } from "../store/state.ts";
import { clock, gib, percent } from "../text/amounts.ts";
import { fitted, shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { box } from "../widgets/box.ts";
import { area, meter } from "../widgets/graph.ts";

const GAP = 3;

export function belowBox(scope: Scope, width: number, height: number): readonly string[] {
  const { look, state } = scope;
  const inside = height - 2;
  const room = width - 2 - 2 * GAP;
  const [left, middle] = [Math.floor(room * 0.4), Math.floor(room * 0.28)];
  const columns = [
    [left, together(scope, left, inside)],
    [middle, busiest(scope, middle, inside)],
    [room - left - middle, lastEvents(scope, room - left - middle, inside)],
  ] as const;
  const lines = Array.from({ length: inside }, (_, row) =>
    columns.map(([cells, text]) => text[row] ?? line(look, cells, [])).join(" ".repeat(GAP)),
  );
  return box(look, width, height, { top: { left: [[hostsWord(state), "title"]] } }, lines);
}

function hostsWord(state: State): string {
  const { host, hosts } = state;
  return hasSeveral(state) ? `${hosts.length} hosts` : shown(host?.hostname ?? hosts[0]?.uri ?? "");
}

function together({ look, state, history }: Scope, width: number, height: number): readonly string[] {
  const { memory } = history.totals();
  const cpu = history.cpuOfAll();
  const host = memoryOfAll(state);
  const rows = Math.max(1, height - 4);
  return [
    line(look, width, [
      [" CPU of all VMs", "muted"],
      [` ${Math.round(cpu.at(-1) ?? 0)}%`, "plain"],
    ]),
    ...area(look.glyphs, cpu, 100, width - 1, rows).map((text) => line(look, width, [[` ${text}`, "graph"]])),
    line(look, width, []),
    line(look, width, [
      [" Memory given", "muted"],
      [` ${gib(memory)} of ${gib(host)} GiB, ${percent(memory, host)}%`, memory > host ? "warn" : "plain"],
    ]),
    line(look, width, [[` ${meter(look.glyphs, memory, host, width - 1)}`, "graph"]]),
  ];
}

function busiest({ look, state, history }: Scope, width: number, height: number): readonly string[] {
  const cpuOf = ({ uuid }: MachineView) => history.rates(uuid)?.cpu ?? 0;
  const top = [...state.machines.values()]
    .filter((vm) => cpuOf(vm) >= 1)
    .sort((a, b) => cpuOf(b) - cpuOf(a))
    .slice(0, height - 1);
  const bar = Math.max(4, Math.floor(width / 3));
  const nameOf = ({ name, uuid }: MachineView) => (hasSeveral(state) ? `${name} at ${hostOf(uuid) ?? ""}` : name);
  return [
    line(look, width, [["Busiest", "muted"]]),
    ...top.map((vm) =>
      line(look, width, [
        [`${fitted(shown(nameOf(vm)), width - bar - 6, look.glyphs.cut)} `, "plain"],
        [meter(look.glyphs, cpuOf(vm), 100, bar), "graph"],
        [` ${`${Math.round(cpuOf(vm))}`.padStart(3)}%`, cpuOf(vm) >= 90 ? "danger" : "plain"],
      ]),
    ),
  ];
}

function lastEvents({ look, state }: Scope, width: number, height: number): readonly string[] {
  const last = state.happenings.slice(-(height - 1)).toReversed();
  return [
    line(look, width, [[last.length === 0 ? "Nothing has happened yet." : "Last events", "muted"]]),
    ...last.map(({ at, host, name, text, level }) =>
      line(look, width, [
        [`${clock(at)} `, "muted"],
        [hasSeveral(state) ? `${shown(host)} ` : "", "muted"],
        [`${shown(name)} `, "plain"],
        [shown(text), level === "warn" ? "danger" : "muted"],
      ]),
    ),
  ];
}
