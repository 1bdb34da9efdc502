/** Sizes and times as people type and read them. */
import { badValue, typed } from "./usage.ts";

const KIB = 1024;
const MIB = KIB ** 2;
const GIB = KIB ** 3;
const TIB = KIB ** 4;

/** Powers of 1024, whatever the spelling: nobody who asks for `20GB` of disk wants 18.6 GiB. */
const UNITS: Readonly<Record<string, number>> = { k: KIB, m: MIB, g: GIB, t: TIB };
const SIZE = /^(?<number>\d+(?:\.\d+)?)\s*(?:(?<unit>[kmgt])(?:i?b)?)?$/i;

/** `4`, `4G`, `4GiB`, `1.5G`, `4096M` in bytes; a bare number is GiB. E_USAGE, naming `flag`. */
export function parseSize(text: string, flag: string): number {
  const example = `${typed(flag, "4G")} (or 512M, 1.5GiB; a bare number is GiB)`;
  const found = SIZE.exec(text.trim())?.groups;
  if (found === undefined) {
    throw badValue(flag, text, /^-/.test(text) ? "a size cannot be negative." : "this is no size.", example);
  }
  const bytes = Math.round(Number(found["number"]) * (UNITS[(found["unit"] ?? "g").toLowerCase()] ?? GIB));
  if (bytes === 0) throw badValue(flag, text, "a size must be more than nothing.", example);
  if (!Number.isSafeInteger(bytes)) throw badValue(flag, text, "this is more than any disk or memory.", example);
  return bytes;
}

/** `20 GiB`, `1.5 GiB`, `300 B`: one decimal at most, for people. */
export function formatSize(bytes: number): string {
  const [unit, name] =
    bytes >= TIB
      ? [TIB, "TiB"]
      : bytes >= GIB
        ? [GIB, "GiB"]
        : bytes >= MIB
          ? [MIB, "MiB"]
          : bytes >= KIB
            ? [KIB, "KiB"]
            : [1, "B"];
  return `${Number((bytes / unit).toFixed(1))} ${name}`;
}

/** The size as a flag takes it (`20G`, `2561M`), rounded up to whole MiB. */
export function sizeArgument(bytes: number): string {
  return bytes % GIB === 0 ? `${bytes / GIB}G` : `${Math.ceil(bytes / MIB)}M`;
}

const DURATION = /^(?:(?<h>\d+)h)?(?:(?<m>\d+)m(?:in)?)?(?:(?<s>\d+(?:\.\d+)?)s?)?$/i;

/** `90`, `90s`, `10m`, `1h30m` in milliseconds; a bare number is seconds. E_USAGE, naming `flag`. */
export function parseDuration(text: string, flag: string): number {
  const found = DURATION.exec(text.trim())?.groups;
  const { h = "0", m = "0", s = "0" } = found ?? {};
  const ms = Math.round(((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1000);
  const example = `${typed(flag, "90s")} (or 10m, 1h30m; a bare number is seconds)`;
  if (found === undefined || text.trim() === "") throw badValue(flag, text, "this is no length of time.", example);
  if (ms === 0) throw badValue(flag, text, "a length of time must be more than nothing.", example);
  // Node's timers hold 31 bits of milliseconds and fire at once for more.
  if (ms > 2 ** 31 - 1) throw badValue(flag, text, "this is longer than 24 days.", example);
  return ms;
}

/** `30d`, `12h`, `2w` in milliseconds; a bare number is days. E_USAGE, naming `flag`. */
export function parseAge(text: string, flag: string): number {
  const found = /^(?<number>\d+)(?<unit>[hdw])?$/i.exec(text.trim())?.groups;
  const hours = { h: 1, d: 24, w: 7 * 24 }[(found?.["unit"] ?? "d").toLowerCase()] ?? 24;
  const ms = Number(found?.["number"]) * hours * 3_600_000;
  if (Number.isSafeInteger(ms)) return ms;
  throw badValue(flag, text, "this is no age.", `${flag} 30d (or 12h, 2w; a bare number is days)`);
}

/** `0:34`, `12:05`, `1:02:03`: a time left, which changes every second and must not jump about. */
export function formatClock(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (part: number) => String(part).padStart(2, "0");
  return h === 0 ? `${m}:${two(s)}` : `${h}:${two(m)}:${two(s)}`;
}

/** `3 h`, `12 d`, `5 weeks`: how long ago, roughly. */
export function formatAge(ms: number): string {
  const hours = Math.floor(Math.max(0, ms) / 3_600_000);
  if (hours < 1) return "now";
  if (hours < 48) return `${hours} h`;
  return hours < 24 * 60 ? `${Math.floor(hours / 24)} d` : `${Math.floor(hours / (24 * 7))} weeks`;
}

/** `3.2 s`, `45 s`, `1 min 12 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return join(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  return join(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
