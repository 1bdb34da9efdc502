import type { Remote } from "../store/state.ts";
import { shown } from "../text/cells.ts";

/** What an empty list says: that it is being read, why it cannot be, or that there is nothing. */
export function notYet(remote: Remote<unknown>, nothing: string): readonly string[] {
  switch (remote.how) {
    case "failed":
      return [...remote.message.split("\n").map(shown), "", "{hutch.refresh}  try again"];
    case "ready":
      return [nothing];
    default:
      return ["Reading…"];
  }
}
