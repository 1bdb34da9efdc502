/** The VMs: the screen that hutch opens with. */
import { MACHINE_KEYS } from "../../core/filter.ts";
import { isActive } from "../../core/machine/status.ts";
import type { MachineView } from "../../core/machine/view.ts";
import { paneLines } from "../panes/panes.ts";
import { hostNamed, hostOf, shownMachines } from "../store/hosts.ts";
import { engineWord, inOrder, stateOf } from "../store/machine-facts.ts";
import type { State } from "../store/state.ts";
import { gib } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { meter, spark } from "../widgets/graph.ts";
import type { Data, ListScreen } from "./list-screen.ts";
import { VM_COLUMNS } from "./vm-columns.ts";

type Vm = MachineView;

const sorted = new WeakMap<ReadonlyMap<string, Vm>, readonly Vm[]>();

function items({ state }: Data): readonly Vm[] {
  const machines = shownMachines(state);
  const known = sorted.get(machines) ?? inOrder(machines.values());
  sorted.set(machines, known);
  return known;
}

function emptyWords({ link, only }: State): readonly string[] {
  if (link.how === "opening") return ["Opening…"];
  if (link.how === "lost") return [shown(link.message), "", "It is tried again and again."];
  const where = only === null ? "here" : `at ${shown(only)}`;
  return [`There are no VMs ${where} yet.`, "", "{vm.launch}  launch one", "{hutch.help}  all keys"];
}

export const vms: ListScreen<Vm> = {
  id: "vms",
  title: "VMs",
  short: "VMs",
  columns: VM_COLUMNS,
  items,
  key: ({ uuid }) => uuid,
  name: ({ name }) => name,
  host: ({ uuid }) => hostOf(uuid),
  // What only a screen that watches knows is there besides.
  fields: ({ state, history }) => ({
    ...MACHINE_KEYS,
    host: { of: ({ uuid }) => [hostNamed(state, hostOf(uuid))?.name ?? ""] },
    cpu: { amount: ({ uuid }) => history.rates(uuid)?.cpu ?? null, unit: "number" },
    used: { amount: ({ uuid }) => history.rates(uuid)?.memoryUsed ?? null, unit: "bytes" },
  }),
  summary: (data) => {
    const counts = new Map<string, number>();
    for (const vm of items(data)) counts.set(stateOf(vm).word, (counts.get(stateOf(vm).word) ?? 0) + 1);
    const words: Span[] = [];
    for (const [word, count] of counts) {
      if (words.length > 0) words.push(["  ", "plain"]);
      words.push([
        `${count} ${word}`,
        word === "crashed" || word === "failed" ? "danger" : word === "running" ? "ok" : "muted",
      ]);
    }
    return words;
  },
  empty: ({ state }) => emptyWords(state),
  detail: (vm, scope, width, height) => paneLines(vm, scope, width, height),
  pinned: 1,
  followsEnd: ({ tab }) => tab === "console",
  strip: (vm, scope, width) => {
    const { look, history } = scope;
    const { word, tone } = stateOf(vm);
    const rates = history.rates(vm.uuid);
    const spec = vm.record?.spec;
    const facts = [
      ...(spec?.image === "" ? [] : [spec === undefined ? "foreign" : shown(spec.image)]),
      ...(spec === undefined ? [] : [`${spec.cpus} vcpu`]),
      ...(engineWord(vm) === "" ? [] : [engineWord(vm)]),
      ...(spec?.autostart === true ? ["autostart"] : []),
      ...(vm.record?.protected === true ? ["protected"] : []),
      ...(vm.address === null ? [] : [vm.address]),
    ];
    const first: Span[] = [
      [` ${word}`, tone],
      [`  ${facts.join("  ")}`, "plain"],
      ...vm.problems.map((problem): Span => [`  ${shown(problem)}`, "warn"]),
    ];
    if (rates === null)
      return [
        line(look, width, first),
        line(look, width, [[` ${isActive(vm.status) ? "no figures yet" : "not running"}`, "muted"]]),
      ];
    const half = Math.max(10, Math.floor(width / 2) - 16);
    return [
      line(look, width, first),
      line(look, width, [
        [" CPU ", "muted"],
        [spark(look.glyphs, history.series(vm.uuid, "cpu", half), 100, half), "graph"],
        [` ${`${Math.round(rates.cpu)}`.padStart(3)}%   `, "plain"],
        ["MEM ", "muted"],
        [meter(look.glyphs, rates.memoryUsed, rates.memory, half - 6), "graph"],
        [` ${gib(rates.memoryUsed)}/${gib(rates.memory)}G`, "plain"],
      ]),
    ];
  },
};
