/** What a list of VMs can show of each. Pure. */

/** On every face. */
export const LISTED_COLUMNS = [
  "name",
  "state",
  "address",
  "image",
  "cpus",
  "memory",
  "engine",
  "disk",
  "tags",
  "description",
  "user",
  "created",
  "owner",
  "uuid",
] as const;
export type ListedColumn = (typeof LISTED_COLUMNS)[number];

/** Only on a screen that watches. */
export const WATCHED_COLUMNS = ["host", "cpu", "load", "io", "net"] as const;
export type WatchedColumn = (typeof WATCHED_COLUMNS)[number];

export function isListed(column: string): column is ListedColumn {
  return LISTED_COLUMNS.some((each) => each === column);
}
