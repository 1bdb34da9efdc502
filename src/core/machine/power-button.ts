/** A guest that is held does not see the power button: it can be let go on, or lose what is in its memory. */
import { HutchError } from "../errors.ts";
import { shellWord } from "../shell-word.ts";
import type { MachineView } from "./view.ts";

/** E_CONFLICT for a paused VM that is to go off by itself, with the ways on; `verb` is the command that would do it. */
export function assertNotPaused({ name, status }: Pick<MachineView, "name" | "status">, verb: "stop" | "delete"): void {
  if (status.power !== "paused") return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${name} is paused: its guest would not see the power button.`,
    next: [`hutch resume ${shellWord(name)}`, `hutch ${verb} ${shellWord(name)} --force`],
  });
}
