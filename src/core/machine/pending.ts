/** What a record says is still to be done. */

/** How entries end that the next start of the VM settles by itself. */
export const AT_NEXT_START = "at its next start";

export function settledByStart(pending: readonly string[]): readonly string[] {
  return pending.filter((each) => !each.endsWith(AT_NEXT_START));
}
