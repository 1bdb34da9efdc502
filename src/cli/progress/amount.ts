/** How far a step is, in words and as a bar. */
import type { Progress } from "../../core/op/reduce.ts";
import { formatClock, formatSize } from "../../core/units.ts";

/** `42%, 120 MiB of 300 MiB, 12 MiB/s, 0:15 left`; as much of it as is known. Without `quantities`: what is known beside them. */
export function amount({ done, total, unit, rate, leftMs }: Progress, quantities = true): string {
  const quantity = (value: number) => (unit === "bytes" ? formatSize(value) : `${Math.round(value)}`);
  const came = total === null ? quantity(done) : `${quantity(done)} of ${quantity(total)}`;
  const share = total !== null && total > 0 ? [`${Math.floor((done / total) * 100)}%`] : [];
  const parts = [...share, ...(quantities || share.length === 0 ? [came] : [])];
  if (unit === "bytes" && rate !== null) parts.push(`${formatSize(Math.round(rate))}/s`);
  if (leftMs !== null && done !== total) parts.push(`${formatClock(Math.max(1_000, leftMs))} left`);
  return parts.join(", ");
}

/** `cells` cells wide; empty when there is no total to be part of. */
export function bar({ done, total }: Progress, cells: number): string {
  if (total === null || total <= 0 || cells < 1) return "";
  const full = Math.min(cells, Math.floor((done / total) * cells));
  return `${"█".repeat(full)}${"░".repeat(cells - full)}`;
}
