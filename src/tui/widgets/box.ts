/** A frame with words in its upper and lower edge, around lines that are exactly as wide as its inside. */
import { widthOf } from "../text/cells.ts";
import { type Look, paint, type Span, spansWidth } from "../theme/look.ts";

export type Edge = { readonly left?: readonly Span[]; readonly right?: readonly Span[] };

/** `height` lines of `width` cells; lines that are missing are empty. */
export function box(
  look: Look,
  width: number,
  height: number,
  edges: { readonly top: Edge; readonly bottom?: Edge },
  inside: readonly string[],
): string[] {
  const { corner, vertical } = look.glyphs;
  const side = paint(look, "frame", vertical);
  const empty = " ".repeat(width - 2);
  const lines = Array.from({ length: Math.max(0, height - 2) }, (_, index) => side + (inside[index] ?? empty) + side);
  return [
    edge(look, width, corner.tl, corner.tr, edges.top),
    ...lines,
    edge(look, width, corner.bl, corner.br, edges.bottom ?? {}),
  ];
}

function edge(look: Look, width: number, from: string, to: string, { left = [], right = [] }: Edge): string {
  const { rule } = look.glyphs;
  const room = width - widthOf(from) - widthOf(to) - 2;
  const wordsLeft = spansWidth(left) + 2 <= room ? left : clippedSpans(left, room - 2);
  const rest = room - (wordsLeft.length === 0 ? 0 : spansWidth(wordsLeft) + 2);
  const wordsRight = spansWidth(right) + 2 <= rest ? right : [];
  const words = (spans: readonly Span[]) =>
    spans.length === 0 ? "" : ` ${spans.map(([text, tone]) => paint(look, tone, text)).join("")} `;
  const fill = rest - (wordsRight.length === 0 ? 0 : spansWidth(wordsRight) + 2);
  return (
    paint(look, "frame", from + rule) +
    words(wordsLeft) +
    paint(look, "frame", rule.repeat(Math.max(0, fill))) +
    words(wordsRight) +
    paint(look, "frame", rule + to)
  );
}

function clippedSpans(spans: readonly Span[], room: number): readonly Span[] {
  const kept: Span[] = [];
  let left = room;
  for (const [text, tone] of spans) {
    if (widthOf(text) > left) break;
    kept.push([text, tone]);
    left -= widthOf(text);
  }
  return kept;
}
