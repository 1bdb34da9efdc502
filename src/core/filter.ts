/** What can be asked of a VM by a filter (`state=running tag=prod !engine=docker mem>4G web`): the same on every face. Pure. */
import { type FilterKey, type FilterKeys, type FilterTerm, parseTerms } from "./filter-syntax.ts";
import { type MachineView, stateWord } from "./machine/view.ts";

export type MachineFilter = {
  readonly matches: (machine: MachineView) => boolean;
  /** Whether it asks for what is in the trash, which is not shown otherwise. */
  readonly wantsTrash: boolean;
};

const MIB = 1024 ** 2;
const YES_NO = ["yes", "no"];
const STATES = [
  "running",
  "stopped",
  "paused",
  "saved",
  "stopping",
  "suspended",
  "crashed",
  "failed",
  "unknown",
  "making",
  "trashed",
];

const MEMORY: FilterKey<MachineView> = {
  amount: ({ record }) => (record === null ? null : record.spec.memoryMiB * MIB),
  unit: "bytes",
};

export const MACHINE_KEYS = {
  name: { of: ({ name }) => [name] },
  state: { of: stateWords, among: STATES },
  tag: { of: ({ record }) => record?.tags ?? [] },
  engine: { of: ({ record }) => some(record?.engine?.name) },
  image: { of: ({ record }) => some(record?.spec.image) },
  network: { of: ({ record }) => networkWords(record?.spec.network) },
  address: { of: ({ address }) => some(address ?? undefined) },
  owner: { of: ({ record }) => [record === null ? "others" : "hutch"], among: ["hutch", "others"] },
  protected: { of: ({ record }) => [yesNo(record?.protected === true)], among: YES_NO },
  ephemeral: { of: ({ record }) => [yesNo(record?.spec.ephemeral === true)], among: YES_NO },
  problem: { of: ({ problems }) => [yesNo(problems.length > 0)], among: YES_NO },
  cpus: { amount: ({ record }) => record?.spec.cpus ?? null, unit: "number" },
  mem: MEMORY,
  memory: MEMORY,
  disk: { amount: ({ record }) => record?.spec.diskBytes ?? null, unit: "bytes" },
} as const satisfies FilterKeys<MachineView>;

/** What only a screen that watches knows, and so may be a part of a saved view; it fills in the amounts. */
export const WATCHED_KEYS = {
  cpu: { amount: () => null, unit: "number" },
  used: { amount: () => null, unit: "bytes" },
} as const satisfies FilterKeys<MachineView>;

/** All of `words` must hold (`parseTerm` says how each is written). E_USAGE for what is none, with what may have been meant. */
export function parseFilter(words: readonly string[]): MachineFilter {
  return filterOf(parseTerms<MachineView>(words, MACHINE_KEYS));
}

function filterOf(terms: readonly FilterTerm<MachineView>[]): MachineFilter {
  return {
    matches: (machine) => terms.every(({ holds }) => holds(machine)),
    wantsTrash: terms.some(({ key, values, not }) => key === "state" && !not && values.includes("trashed")),
  };
}

/** Stopped by a fault is stopped, too. */
function stateWords(machine: MachineView): readonly string[] {
  const word = stateWord(machine);
  return word === "stopped" && /^(crashed|failed)$/.test(machine.status.reason) ? [word, "failed"] : [word];
}

function networkWords(network: NonNullable<MachineView["record"]>["spec"]["network"] | undefined): readonly string[] {
  if (network === undefined) return [];
  if (network.kind === "network") return [network.network];
  return network.kind === "bridge" ? [network.bridge] : [network.kind];
}

function some(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}
