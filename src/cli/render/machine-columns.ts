/** What `list` can show of a VM, column by column, and sort by. */
import { type MachineView, stateWord } from "../../core/machine/view.ts";
import { nearNames } from "../../core/near.ts";
import { formatSize } from "../../core/units.ts";
import { badValue } from "../../core/usage.ts";
import { isListed, LISTED_COLUMNS, type ListedColumn } from "../../core/view-columns.ts";

const MIB = 1024 ** 2;

type Column = {
  readonly head: string;
  readonly cell: (machine: MachineView) => string;
  /** Where the cell's text would sort wrongly. */
  readonly rank?: (machine: MachineView) => number;
};

const COLUMNS: Readonly<Record<ListedColumn, Column>> = {
  name: { head: "NAME", cell: ({ name }) => name },
  state: { head: "STATE", cell: stateOf },
  address: { head: "ADDRESS", cell: ({ address }) => address ?? "" },
  image: { head: "IMAGE", cell: imageOf },
  cpus: {
    head: "CPUS",
    cell: ({ record }) => (record === null ? "" : `${record.spec.cpus}`),
    rank: ({ record }) => record?.spec.cpus ?? -1,
  },
  memory: {
    head: "MEMORY",
    cell: ({ record }) => (record === null ? "" : formatSize(record.spec.memoryMiB * MIB)),
    rank: ({ record }) => record?.spec.memoryMiB ?? -1,
  },
  engine: { head: "ENGINE", cell: ({ record }) => record?.engine?.name ?? "" },
  disk: {
    head: "DISK",
    cell: ({ record }) => (record === null ? "" : formatSize(record.spec.diskBytes)),
    rank: ({ record }) => record?.spec.diskBytes ?? -1,
  },
  tags: { head: "TAGS", cell: ({ record }) => (record?.tags ?? []).join(",") },
  description: { head: "DESCRIPTION", cell: ({ record }) => record?.description ?? "" },
  user: { head: "USER", cell: ({ record }) => record?.spec.user ?? "" },
  created: { head: "CREATED", cell: ({ record }) => record?.createdAt.slice(0, 16).replace("T", " ") ?? "" },
  owner: { head: "OWNER", cell: ({ record }) => (record === null ? "others" : "hutch") },
  uuid: { head: "UUID", cell: ({ uuid }) => uuid },
};

/** A file or an address goes by the name that it has in the store: a path would fill the line. */
function imageOf({ record }: MachineView): string {
  const asked = record?.spec.image ?? "";
  return asked.includes("/") ? (record?.image?.name ?? asked) : asked;
}

export const COLUMN_NAMES: readonly string[] = LISTED_COLUMNS;
export const USUAL_COLUMNS: readonly string[] = ["name", "state", "address", "image", "cpus", "memory", "engine"];

/** One word for where a VM stands; a `!` says that something is wrong with it. */
export function stateOf(machine: MachineView): string {
  return machine.problems.length === 0 ? stateWord(machine) : `${stateWord(machine)} !`;
}

/** `name,state,tags`. E_USAGE for a column that there is none of. */
export function parseColumns(text: string, flag: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  for (const name of names) known(name, text, flag);
  return names;
}

export type Sorting = { readonly column: string; readonly descending: boolean };

/** `memory`, or `-memory` for the largest first. E_USAGE. */
export function parseSorting(text: string, flag: string): Sorting {
  const descending = text.startsWith("-");
  const column = descending ? text.slice(1) : text;
  known(column, text, flag);
  return { column, descending };
}

/** Equal ones stay in the order that they had. */
export function sorted(machines: readonly MachineView[], { column, descending }: Sorting): readonly MachineView[] {
  const { cell, rank } = columnOf(column);
  const value = rank ?? cell;
  const sign = descending ? -1 : 1;
  return machines.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    return left < right ? -sign : left > right ? sign : 0;
  });
}

export function machineTable(columns: readonly string[], machines: readonly MachineView[]) {
  const shown = columns.map(columnOf);
  return {
    head: shown.map(({ head }) => head),
    rows: machines.map((machine) => shown.map(({ cell }) => cell(machine))),
  };
}

function columnOf(name: string): Column {
  if (!isListed(name)) throw new Error(`There is no column ${name}.`);
  return COLUMNS[name];
}

function known(name: string, given: string, flag: string): void {
  if (Object.hasOwn(COLUMNS, name)) return;
  const [near] = nearNames(name, COLUMN_NAMES);
  const hint = near === undefined ? `There are ${COLUMN_NAMES.join(", ")}.` : `Did you mean "${near}"?`;
  throw badValue(
    flag,
    given,
    `there is no column "${name}". ${hint}`,
    `${flag} ${flag === "--sort" ? "-memory" : "name,state,tags"}`,
  );
}
