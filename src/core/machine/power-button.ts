/** A guest that is held does not see the power button: it can be let go on, or lose what is in its memory. */
import { HutchError } from "../errors.ts";
import { shellWord } from "../shell-word.ts";
import type { MachineView } from "./view.ts";

type Held = Pick<MachineView, "name" | "status" | "record">;

/** How a VM that is in use gets off, most careful first. */
export function waysOff(machine: Held): readonly string[] {
  return machine.status.power === "paused" ? waysOn(machine, "stop") : [`hutch stop ${shellWord(machine.name)}`];
}

/** E_CONFLICT for a paused VM that is to go off by itself, with the ways on; `verb` is the command that would do it. */
export function assertNotPaused(machine: Held, verb: "stop" | "delete"): void {
  if (machine.status.power !== "paused") return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${machine.name} is paused: its guest would not see the power button.`,
    next: waysOn(machine, verb),
  });
}

/** VMs that others made are let go on by start, which takes --foreign. */
function waysOn({ name, record }: Held, verb: "stop" | "delete"): readonly string[] {
  const word = shellWord(name);
  return record === null
    ? [`hutch start ${word} --foreign`, `hutch ${verb} ${word} --force --foreign`]
    : [`hutch resume ${word}`, `hutch ${verb} ${word} --force`];
}
