import type { MachineView } from "../../core/machine/view.ts";
import type { Scope } from "../screens/list-screen.ts";
import type { Measure } from "../store/history.ts";
import type { Detail } from "../store/state.ts";
import { gib, short } from "../text/amounts.ts";
import { line, type Span } from "../theme/look.ts";
import { area } from "../widgets/graph.ts";

/** History from the moment hutch opened, newest right: two values a cell. */
export function graphsPane(
  vm: MachineView,
  _detail: Detail,
  scope: Scope,
  width: number,
  height: number,
): readonly string[] {
  const { look, history } = scope;
  const rates = history.rates(vm.uuid);
  if (rates === null) return [line(look, width, []), line(look, width, [[" No figures: it does not run.", "muted"]])];
  const rows = Math.max(1, Math.floor(height / 4) - 1);
  const inner = width - 2;
  const graph = (title: Span, value: string, measures: readonly Measure[], most: number | null) => {
    const series = measures.map((measure) => history.series(vm.uuid, measure, inner * 2));
    const [first = [], ...others] = series;
    const values = first.map((amount, index) => others.reduce((sum, other) => sum + (other[index] ?? 0), amount));
    const top = most ?? Math.max(64 * 1024, ...values);
    return [
      line(look, width, [
        [" ", "plain"],
        title,
        [` ${value}`, "plain"],
        [most === null ? `   top ${short(top)}/s` : "", "muted"],
      ]),
      ...area(look.glyphs, values, top, inner, rows).map((text) => line(look, width, [[` ${text}`, "graph"]])),
    ];
  };
  const flow = (down: number, up: number) => `${look.glyphs.down} ${short(down)}/s  ${look.glyphs.up} ${short(up)}/s`;
  return [
    ...graph(["CPU", "title"], `${Math.round(rates.cpu)}%`, ["cpu"], 100),
    ...graph(
      ["MEM", "title"],
      `${gib(rates.memoryUsed)} of ${gib(rates.memory)} GiB`,
      ["memoryUsed"],
      rates.memory || 1,
    ),
    ...graph(["NET", "title"], flow(rates.received, rates.sent), ["received", "sent"], null),
    ...graph(["DISK", "title"], `r ${short(rates.read)}/s  w ${short(rates.written)}/s`, ["read", "written"], null),
  ];
}
