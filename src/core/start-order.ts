/** Which VMs start one after another with the host, and how long each waits for the one before. Pure. */

import { isActive } from "./machine/status.ts";
import type { MachineView } from "./machine/view.ts";

export type Turn = {
  readonly machine: MachineView;
  /** Milliseconds after the start of the one before. */
  readonly afterMs: number;
};

/** Those that have a place, lowest first, equal ones by name. One that runs already makes nobody wait. */
export function turnsOf(machines: readonly MachineView[]): readonly Turn[] {
  const place = ({ record }: MachineView) => record?.startOrder ?? 0;
  const inOrder = machines
    .filter(({ record }) => record?.state === "made" && record.startOrder !== null)
    .toSorted((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : 1));
  return inOrder.map((machine, index) => {
    const before = inOrder[index - 1];
    const waits = before !== undefined && !isActive(before.status) && !isActive(machine.status);
    return { machine, afterMs: waits ? (before.record?.startDelay ?? 0) * 1000 : 0 };
  });
}
