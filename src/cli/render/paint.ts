/** Colours, where somebody sees them. */
import type { Sink } from "../terminal.ts";

/** Select Graphic Rendition: what turns each style on, and off again. */
const STYLES = { bold: [1, 22], dim: [2, 22], green: [32, 39], red: [31, 39], yellow: [33, 39] } as const;
type Style = keyof typeof STYLES;
export type Paint = Readonly<Record<Style, (text: string) => string>>;

export const NO_PAINT = paintWith((_, text) => text);

/** Colours for a terminal that wants them: not a pipe, not TERM=dumb, not with NO_COLOR or --no-color. */
export function paintFor(sink: Sink, env: Readonly<Record<string, string | undefined>>, noColor: boolean): Paint {
  const plain = noColor || sink.isTTY !== true || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return plain ? NO_PAINT : paintWith(([on, off], text) => `\u001b[${on}m${text}\u001b[${off}m`);
}

function paintWith(apply: (codes: readonly [number, number], text: string) => string): Paint {
  const painter = (style: Style) => (text: string) => apply(STYLES[style], text);
  return {
    bold: painter("bold"),
    dim: painter("dim"),
    green: painter("green"),
    red: painter("red"),
    yellow: painter("yellow"),
  };
}
