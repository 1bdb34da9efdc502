/** The VMs: the screen that hutch opens with. */
import { MACHINE_KEYS } from "../../core/filter.ts";
import { isActive } from "../../core/machine/status.ts";
import type { MachineView } from "../../core/machine/view.ts";
import { paneLines } from "../panes/panes.ts";
import type { Rates } from "../store/history.ts";
import { engineWord, inOrder, isTrashed, stateOf } from "../store/machine-facts.ts";
import { gib, short } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { meter, spark } from "../widgets/graph.ts";
import { byText, type Column, type Data, type ListScreen } from "./list-screen.ts";

type Vm = MachineView;

const sorted = new WeakMap<ReadonlyMap<string, Vm>, readonly Vm[]>();

function items({ state: { machines } }: Data): readonly Vm[] {
  const known = sorted.get(machines) ?? inOrder(machines.values());
  sorted.set(machines, known);
  return known;
}

function number(measure: (rates: Rates) => number) {
  return (a: Vm, b: Vm, { history }: Data) => {
    const of = ({ uuid }: Vm) => {
      const rates = history.rates(uuid);
      return rates === null ? -1 : measure(rates);
    };
    return of(b) - of(a);
  };
}

const COLUMNS: readonly Column<Vm>[] = [
  {
    id: "name",
    title: "NAME",
    width: 12,
    grow: 3,
    cell: (vm) => [shown(vm.name), isTrashed(vm) ? "muted" : vm.problems.length > 0 ? "warn" : "plain"],
    compare: byText(({ name }) => name),
  },
  {
    id: "state",
    title: "STATE",
    width: 10,
    cell: (vm, { look }) => {
      const { word, tone, sign } = stateOf(vm);
      return [`${look.glyphs[sign]} ${word}`, tone];
    },
    compare: byText((vm) => stateOf(vm).word),
  },
  {
    id: "cpu",
    title: "CPU",
    width: 4,
    align: "right",
    live: true,
    cell: ({ uuid }, { history }) => {
      const rates = history.rates(uuid);
      if (rates === null) return ["", "muted"];
      return [`${Math.round(rates.cpu)}`, rates.cpu >= 90 ? "danger" : rates.cpu >= 70 ? "warn" : "plain"];
    },
    compare: number(({ cpu }) => cpu),
  },
  {
    id: "load",
    title: "CPU 60s",
    width: 8,
    from: 62,
    grow: 1,
    live: true,
    cell: ({ uuid }, { history, look }, width) => [
      spark(look.glyphs, history.series(uuid, "cpu", width), 100, width),
      "graph",
    ],
    compare: number(({ cpu }) => cpu),
  },
  {
    id: "memory",
    title: "MEM G",
    width: 8,
    align: "right",
    from: 56,
    live: true,
    cell: (vm, { history }) => {
      const rates = history.rates(vm.uuid);
      const most = rates?.memory || (vm.record?.spec.memoryMiB ?? 0) * 1024 ** 2;
      const used = rates === null || rates.memoryUsed === 0 ? "-" : gib(rates.memoryUsed);
      return most === 0 ? ["", "muted"] : [`${used}/${gib(most)}`, rates === null ? "muted" : "plain"];
    },
    compare: number(({ memoryUsed }) => memoryUsed),
  },
  {
    id: "disk",
    title: "DISK",
    width: 5,
    align: "right",
    from: 74,
    live: true,
    cell: ({ uuid }, { history }) => {
      const rates = history.rates(uuid);
      return rates === null ? ["", "muted"] : [short(rates.read + rates.written), "plain"];
    },
    compare: number(({ read, written }) => read + written),
  },
  {
    id: "net",
    title: "NET",
    width: 5,
    align: "right",
    from: 74,
    live: true,
    cell: ({ uuid }, { history }) => {
      const rates = history.rates(uuid);
      return rates === null ? ["", "muted"] : [short(rates.received + rates.sent), "plain"];
    },
    compare: number(({ received, sent }) => received + sent),
  },
  {
    id: "engine",
    title: "ENGINE",
    width: 7,
    from: 90,
    cell: (vm) => [engineWord(vm), vm.record?.engine === null ? "muted" : "accent"],
    compare: byText(engineWord),
  },
  {
    id: "image",
    title: "IMAGE",
    width: 10,
    from: 104,
    grow: 1,
    cell: (vm) => [shown(vm.record?.image?.name ?? vm.record?.spec.image ?? "(foreign)"), "muted"],
    compare: byText((vm) => vm.record?.spec.image ?? ""),
  },
  {
    id: "address",
    title: "ADDRESS",
    width: 15,
    grow: 1,
    cell: (vm) => [vm.address ?? "", "plain"],
    compare: byText((vm) => vm.address ?? ""),
  },
];

export const vms: ListScreen<Vm> = {
  id: "vms",
  title: "VMs",
  short: "VMs",
  columns: COLUMNS,
  items,
  key: ({ uuid }) => uuid,
  name: ({ name }) => name,
  // What only a screen that watches knows is there besides.
  fields: ({ history }) => ({
    ...MACHINE_KEYS,
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
  empty: () => ["There are no VMs here yet.", "", "n  launch one", "?  all keys"],
  detail: (vm, scope, width, height) => paneLines(vm, scope, width, height),
  strip: (vm, scope, width) => {
    const { look, history } = scope;
    const { word, tone } = stateOf(vm);
    const rates = history.rates(vm.uuid);
    const spec = vm.record?.spec;
    const facts = [
      spec === undefined ? "foreign" : shown(spec.image),
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
