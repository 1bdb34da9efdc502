/** What the list of VMs shows of each; what is not usual only when a view asks for it. */
import type { MachineSpec } from "../../core/machine/spec.ts";
import type { MachineView } from "../../core/machine/view.ts";
import { formatSize } from "../../core/units.ts";
import type { ListedColumn, WatchedColumn } from "../../core/view-columns.ts";
import type { Rates } from "../store/history.ts";
import { hostOf, uuidOf } from "../store/hosts.ts";
import { engineWord, isTrashed, stateOf } from "../store/machine-facts.ts";
import { gib, short } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { spark, thinned } from "../widgets/graph.ts";
import { hostColumn } from "./host-column.ts";
import { type Column as AnyColumn, byText, type Data } from "./list-screen.ts";

/** Samples. */
const MINUTE = 60;

type Vm = MachineView;
type Column<T> = AnyColumn<T> & { readonly id: ListedColumn | WatchedColumn };

function number(measure: (rates: Rates) => number) {
  return (a: Vm, b: Vm, { history }: Data) => {
    const of = ({ uuid }: Vm) => {
      const rates = history.rates(uuid);
      return rates === null ? -1 : measure(rates);
    };
    return of(b) - of(a);
  };
}

/** What flows through it, in bytes a second. */
function flow(id: "io" | "net", title: string, bytes: (rates: Rates) => number): Column<Vm> {
  return {
    id,
    title,
    width: 5,
    align: "right",
    from: 74,
    live: true,
    largestFirst: true,
    cell: ({ uuid }, { history }) => {
      const rates = history.rates(uuid);
      return rates === null ? ["", "muted"] : [short(bytes(rates)), "plain"];
    },
    compare: number(bytes),
  };
}

const USUAL: readonly Column<Vm>[] = [
  {
    id: "name",
    title: "NAME",
    width: 13,
    grow: 3,
    cell: (vm) => [shown(vm.name), isTrashed(vm) ? "muted" : vm.problems.length > 0 ? "warn" : "plain"],
    compare: byText(({ name }) => name),
  },
  hostColumn(({ uuid }) => hostOf(uuid) ?? ""),
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
    largestFirst: true,
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
    width: 7,
    from: 62,
    grow: 1,
    live: true,
    largestFirst: true,
    cell: ({ uuid }, { history, look }, width) => [
      spark(look.glyphs, thinned(history.series(uuid, "cpu", MINUTE), MINUTE, width), 100, width),
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
    largestFirst: true,
    cell: (vm, { history }) => {
      const rates = history.rates(vm.uuid);
      const most = rates?.memory || (vm.record?.spec.memoryMiB ?? 0) * 1024 ** 2;
      const used = rates === null || rates.memoryUsed === 0 ? "-" : gib(rates.memoryUsed);
      return most === 0 ? ["", "muted"] : [`${used}/${gib(most)}`, rates === null ? "muted" : "plain"];
    },
    compare: number(({ memoryUsed }) => memoryUsed),
  },
  flow("io", "DISK", ({ read, written }) => read + written),
  flow("net", "NET", ({ received, sent }) => received + sent),
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

/** A number of what was asked for, which only views show. */
function size(
  id: ListedColumn,
  title: string,
  width: number,
  of: (spec: MachineSpec) => readonly [number, string],
): Column<Vm> {
  const amount = ({ record }: Vm) => (record === null ? -1 : of(record.spec)[0]);
  return {
    id,
    title,
    width,
    align: "right",
    extra: true,
    largestFirst: true,
    cell: ({ record }) => [record === null ? "" : of(record.spec)[1], "plain"],
    compare: (a, b) => amount(b) - amount(a),
  };
}

/** A column of words that only views show. */
function text(id: ListedColumn, width: number, of: (vm: Vm) => string): Column<Vm> {
  return {
    id,
    title: id.toUpperCase(),
    width,
    grow: 1,
    extra: true,
    cell: (vm) => [shown(of(vm)), "plain"],
    compare: byText(of),
  };
}

const EXTRA: readonly Column<Vm>[] = [
  size("cpus", "CPUS", 4, ({ cpus }) => [cpus, `${cpus}`]),
  size("disk", "SIZE", 8, ({ diskBytes }) => [diskBytes, formatSize(diskBytes)]),
  text("tags", 10, ({ record }) => (record?.tags ?? []).join(",")),
  text("description", 14, ({ record }) => record?.description ?? ""),
  text("user", 8, ({ record }) => record?.spec.user ?? ""),
  text("created", 16, ({ record }) => record?.createdAt.slice(0, 16).replace("T", " ") ?? ""),
  text("owner", 6, ({ record }) => (record === null ? "others" : "hutch")),
  text("uuid", 36, ({ uuid }) => uuidOf(uuid)),
];

export const VM_COLUMNS: readonly Column<Vm>[] = [...USUAL, ...EXTRA];
