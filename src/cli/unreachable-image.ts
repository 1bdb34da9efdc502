/** An image that cannot be downloaded, but can be built here instead. */
import { type HutchError, isHutchError } from "../core/errors.ts";
import type { Cli } from "./cli.ts";
import { confirm } from "./prompts.ts";

/** Whether a launch or a pull failed with nothing but that. */
export function isBuildable(error: unknown): error is HutchError {
  return isHutchError(error) && error.details?.["kind"] === "unreachable" && error.details["buildable"] === true;
}

/** Says what happened and asks whether to build; false where nobody can be asked, too. */
export async function offerBuild(cli: Cli, error: HutchError): Promise<boolean> {
  if (!cli.interactive || cli.stoppedBy !== null) return false;
  cli.say(error.message);
  return confirm(cli, "Build it here from the distribution's packages? It takes a few minutes.");
}
