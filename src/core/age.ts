/** Ages as people write them. */
import { badValue } from "./usage.ts";

const HOUR_MS = 3_600_000;
const UNITS_MS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

/** `12h`, `30d`, `2w` in milliseconds; a bare number is days. E_USAGE, naming `flag`. */
export function parseAge(text: string, flag: string): number {
  const { number, unit = "d" } = /^(?<number>\d+)(?<unit>[hdw])?$/i.exec(text.trim())?.groups ?? {};
  const ms = Number(number) * (UNITS_MS[unit.toLowerCase()] ?? 0);
  if (Number.isSafeInteger(ms) && ms > 0) return ms;
  throw badValue(flag, text, "this is no age.", `${flag} 30d (or 12h, 2w; a bare number is days)`);
}
