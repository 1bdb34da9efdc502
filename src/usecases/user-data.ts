/** The user's own user-data: what keeps cloud-init from using it, and what in it may not be meant. */
import { checkUserData } from "#cloud-init";
import { HutchError } from "../core/errors.ts";

const DRY_RUN = ["Correct it, then try again with --dry-run: that checks and makes nothing."];

/** What is to be said of it, a clause each. E_INVALID, with all that is wrong and `next`, when cloud-init could not use it. */
export function userDataWarnings(text: string, next: readonly string[] = DRY_RUN): readonly string[] {
  const { problems } = checkUserData(text);
  const lines = (wanted: "error" | "warning") =>
    problems
      .filter(({ level }) => level === wanted)
      .map(({ line, message }) => (line === undefined ? message : `line ${line}: ${message}`));
  const errors = lines("error");
  const [first, ...rest] = errors;
  if (first === undefined) return lines("warning").map((warning) => `User-data: ${warning}`);
  throw new HutchError({
    code: "E_INVALID",
    message: `The user-data cannot be used: ${first}`,
    why: rest.join("; ") || "cloud-init would not apply it.",
    details: { problems: errors },
    next,
  });
}
