/** An action on VMs, and why it cannot be done to one of them. */
import { isActive } from "../../core/machine/status.ts";
import type { MachineView } from "../../core/machine/view.ts";
import type { ListScreen } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { isTrashed } from "../store/machine-facts.ts";
import type { Action } from "./action.ts";
import { type RowAction, rowAction } from "./targets.ts";

const screen = SCREEN.vms as ListScreen<MachineView>;

export const vm = (about: RowAction<MachineView>): Action => rowAction(screen, "VM", ({ name }) => [name], about);

export const living = (machine: MachineView) => (isTrashed(machine) ? `${machine.name} is in the trash.` : null);
export const running = (machine: MachineView) =>
  living(machine) ?? (isActive(machine.status) ? null : `${machine.name} does not run.`);
/** Its guest sees the power button. */
export const awake = (machine: MachineView) =>
  machine.status.power === "paused" ? `${machine.name} is paused: resume it, or cut its power, first.` : null;
export const stopped = (machine: MachineView) =>
  living(machine) ?? (isActive(machine.status) ? `${machine.name} runs already.` : null);
export const mine = (machine: MachineView) =>
  machine.record === null
    ? `hutch did not make ${machine.name}; hutch adopt ${machine.name} brings it under hutch.`
    : null;
export const trashed = (machine: MachineView) => (isTrashed(machine) ? null : `${machine.name} is not in the trash.`);
/** What only VMs that hutch made can be told while they run. */
export const mineAndRunning = (machine: MachineView) => mine(machine) ?? running(machine);
export const mineAndLiving = (machine: MachineView) => mine(machine) ?? living(machine);
/** Power is given to those that others made, too. */
export const FOREIGN = { flag: "--foreign", is: ({ record }: MachineView) => record === null } as const;
export const asForeign = (foreign: boolean) => (foreign ? { foreign } : {});
export const unprotected = (machine: MachineView) =>
  mine(machine) ?? living(machine) ?? (machine.record?.protected === true ? `${machine.name} is protected.` : null);
export const withPower = (power: string, word: string) => (machine: MachineView) =>
  living(machine) ?? (machine.status.power === power ? null : `${machine.name} is not ${word}.`);
