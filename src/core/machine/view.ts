/** The join of record and status that every face shows; a broken VM is shown with its problem, never left out. */
import type { MachineRecord } from "./record.ts";
import type { MachineStatus } from "./status.ts";

export type MachineView = {
  readonly uuid: string;
  /** The domain's name; for a VM in the trash, the name it lived under. */
  readonly name: string;
  /** null: made by others (foreign), or its record cannot be read. */
  readonly record: MachineRecord | null;
  readonly status: MachineStatus;
  /** Known without asking the guest: reserved or static address, or where its ssh forward listens. */
  readonly address: string | null;
  readonly problems: readonly string[];
};

export type Ownership = "mine" | "foreign";

export function ownershipOf(view: MachineView): Ownership {
  return view.record === null ? "foreign" : "mine";
}

/** The order of lists. */
export function byName(a: MachineView, b: MachineView): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.uuid < b.uuid ? -1 : 1;
}

/** Where a VM stands, in one word: its place in hutch's own life first, then what libvirt says. */
export function stateWord({ record, status }: MachineView): string {
  return record?.state === "trashed" || record?.state === "making" ? record.state : status.power;
}
