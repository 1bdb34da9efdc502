/** How many of a thing, for people. */

/** `1 lease`, `2 leases`. */
export function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
