const byNumber = new Intl.Collator("en", { numeric: true });

/** Names of builds and points in time are not compared with one another. */
const isTime = (version: string): boolean => /^\d{4}-\d{2}-\d{2}T/.test(version);

/** Whether a build is known to be older than another: both told, and told in the same way. */
export function isOlderBuild(version: string | null, than: string | null): boolean {
  if (version === null || than === null || isTime(version) !== isTime(than)) return false;
  return byNumber.compare(version, than) < 0;
}
