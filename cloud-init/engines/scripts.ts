import { guestScript } from "../guest/scripts.ts";
import { findEngine } from "./recipe.ts";

/** `install` changes the guest, `verify` runs a container in it and then tells the facts, `status` only tells the facts. */
export type EnginePurpose = "install" | "verify" | "status";

/**
 * The shell text to run as root in the guest by `sh -s`, with `engineEnvironment` as its environment (only `install` needs
 * it). Throws RangeError for an unknown engine.
 */
export function engineScript(engine: string, purpose: EnginePurpose): string {
  const recipe = findEngine(engine);
  if ("suggestions" in recipe) throw new RangeError(`There is no engine "${engine}".`);
  if (purpose === "install") return guestScript("engine-docker.sh");
  const status = guestScript("engine-docker-status.sh");
  return purpose === "status" ? status : `${guestScript("engine-docker-verify.sh")}\n${status}`;
}
