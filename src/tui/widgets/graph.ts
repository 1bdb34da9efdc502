/** History as a picture: sparks in one line, braille over several, meters. */
import type { Glyphs } from "../theme/glyphs.ts";

/** What would take `over` cells in `width` of them: each the mean of its share, newest last. */
export function thinned(values: readonly number[], over: number, width: number): readonly number[] {
  if (width >= over) return values;
  const share = over / width;
  const cells = values.length === 0 ? 0 : Math.min(width, Math.max(1, Math.floor(values.length / share)));
  return Array.from({ length: cells }, (_, index) => {
    const end = values.length - Math.round((cells - 1 - index) * share);
    const part = values.slice(Math.max(0, Math.round(end - share)), end);
    return part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
  });
}

/** The last `width` values against `most`, newest right; nothing where there is no history yet. */
export function spark(glyphs: Glyphs, values: readonly number[], most: number, width: number): string {
  const kept = values.slice(-width);
  const top = glyphs.spark.length - 1;
  const drawn = kept.map((value) => glyphs.spark[Math.min(top, Math.round((Math.max(0, value) / most) * top))] ?? "");
  return drawn.join("").padStart(width);
}

/** Dots of a braille cell from bottom to top, left column and right. */
const LEFT = [0x40, 0x04, 0x02, 0x01] as const;
const RIGHT = [0x80, 0x20, 0x10, 0x08] as const;

/** `rows` lines of `width` cells, filled under the curve; two values a cell, four steps a line. */
export function area(glyphs: Glyphs, values: readonly number[], most: number, width: number, rows: number): string[] {
  if (glyphs.ascii) return blocks(values, most, width, rows);
  const kept = values.slice(-width * 2);
  const points = [...new Array<number>(width * 2 - kept.length).fill(0), ...kept];
  const heights = points.map((value) => {
    const height = Math.round((Math.max(0, value) / most) * rows * 4);
    return Math.min(rows * 4, value > 0 ? Math.max(1, height) : 0);
  });
  return Array.from({ length: rows }, (_, row) => {
    const below = (rows - 1 - row) * 4;
    let text = "";
    for (let column = 0; column < width; column += 1) {
      const dots =
        dotsOf(LEFT, (heights[column * 2] ?? 0) - below) | dotsOf(RIGHT, (heights[column * 2 + 1] ?? 0) - below);
      // The empty pattern is three bytes, and dotted in some fonts.
      text += dots === 0 ? " " : String.fromCharCode(0x2800 + dots);
    }
    return text;
  });
}

function dotsOf(dots: readonly number[], height: number): number {
  let bits = 0;
  for (let step = 0; step < Math.min(4, height); step += 1) bits |= dots[step] ?? 0;
  return bits;
}

function blocks(values: readonly number[], most: number, width: number, rows: number): string[] {
  const kept = values.slice(-width);
  const points = [...new Array<number>(width - kept.length).fill(0), ...kept];
  return Array.from({ length: rows }, (_, row) => {
    const level = rows - row - 0.5;
    return points.map((value) => ((value / most) * rows >= level ? "#" : " ")).join("");
  });
}

/** `part` of `whole` as a bar of `width` cells. */
export function meter(glyphs: Glyphs, part: number, whole: number, width: number): string {
  const share = whole <= 0 ? 0 : Math.min(1, Math.max(0, part / whole));
  const full = Math.round(share * width);
  return glyphs.full.repeat(full) + glyphs.empty.repeat(Math.max(0, width - full));
}
