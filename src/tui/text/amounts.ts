/** Numbers as a dense table shows them: few cells, never a jump of width. */

const UNITS = ["", "K", "M", "G", "T", "P"];

/** `0`, `950`, `1.2K`, `88M`, `1.4G`: at most four cells, powers of 1024. */
export function short(amount: number): string {
  let value = Math.max(0, amount);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : value.toFixed(0);
  return `${digits}${UNITS[unit] ?? ""}`;
}

/** A number of GiB with one decimal below ten: `0.5`, `4.0`, `16`. */
export function gib(bytes: number): string {
  const value = bytes / 1024 ** 3;
  return value < 9.95 ? value.toFixed(1) : value.toFixed(0);
}

/** `1 lease`, `3 leases`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function percent(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.round((part / whole) * 100);
}

/** `14:02:11` in local time. */
export function clock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => `${part}`.padStart(2, "0")).join(":");
}

/** How long ago, in one word: `5s`, `12m`, `3h`, `12d`. */
export function age(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}
