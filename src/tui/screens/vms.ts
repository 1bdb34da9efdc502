/** The VMs: the screen that hutch opens with. */
import { isActive } from "../../core/machine/status.ts";
import type { MachineView } from "../../core/machine/view.ts";
import { paneLines } from "../panes/panes.ts";
import type { Rates } from "../store/history.ts";
import { hostNamed, hostOf, shownMachines } from "../store/hosts.ts";
import { engineWord, inOrder, isTrashed, stateOf } from "../store/machine-facts.ts";
import type { State } from "../store/state.ts";
import { gib, short } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { meter, spark } from "../widgets/graph.ts";
import { byText, type Column, type Data, type ListScreen } from "./list-screen.ts";

type Vm = MachineView;

const sorted = new WeakMap<ReadonlyMap<string, Vm>, readonly Vm[]>();

function items({ state }: Data): readonly Vm[] {
  const machines = shownMachines(state);
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
    id: "host",
    title: "HOST",
    width: 8,
    grow: 1,
    several: true,
    cell: ({ uuid }, { state, look }) => {
      const host = hostOf(uuid) ?? "";
      const away = hostNamed(state, host)?.link.how === "lost";
      return away ? [`${look.glyphs.broken} ${shown(host)}`, "danger"] : [shown(host), "plain"];
    },
    compare: byText(({ uuid }) => hostOf(uuid) ?? ""),
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

function emptyWords({ link, only }: State): readonly string[] {
  if (link.how === "opening") return ["Opening…"];
  if (link.how === "lost") return [shown(link.message), "", "It is tried again and again."];
  return [`There are no VMs ${only === null ? "here" : `at ${shown(only)}`} yet.`, "", "n  launch one", "?  all keys"];
}

export const vms: ListScreen<Vm> = {
  id: "vms",
  title: "VMs",
  short: "VMs",
  columns: COLUMNS,
  items,
  key: ({ uuid }) => uuid,
  name: ({ name }) => name,
  fields: (vm, { history }) => {
    const rates = history.rates(vm.uuid);
    const { spec } = vm.record ?? {};
    return {
      name: vm.name,
      host: hostOf(vm.uuid) ?? "",
      state: stateOf(vm).word,
      address: vm.address ?? "",
      image: spec?.image ?? "",
      engine: engineWord(vm),
      tag: vm.record?.tags.join(" ") ?? "",
      owner: vm.record === null ? "foreign" : "mine",
      cpu: rates?.cpu ?? 0,
      cpus: spec?.cpus ?? 0,
      mem: (spec?.memoryMiB ?? 0) * 1024 ** 2,
      used: rates?.memoryUsed ?? 0,
    };
  },
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
