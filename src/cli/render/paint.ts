/** Colours, where somebody sees them. */
import { styleText } from "node:util";
import type { Sink } from "../terminal.ts";

const STYLES = ["bold", "dim", "green", "red", "yellow"] as const;
type Style = (typeof STYLES)[number];
export type Paint = Readonly<Record<Style, (text: string) => string>>;

export const NO_PAINT = paintWith((_, text) => text);

/** Colours for a terminal that wants them: not a pipe, not TERM=dumb, not with NO_COLOR or --no-color. */
export function paintFor(sink: Sink, env: Readonly<Record<string, string | undefined>>, noColor: boolean): Paint {
  const plain = noColor || sink.isTTY !== true || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return plain ? NO_PAINT : paintWith((style, text) => styleText(style, text, { validateStream: false }));
}

function paintWith(apply: (style: Style, text: string) => string): Paint {
  const painter = (style: Style) => (text: string) => apply(style, text);
  return { bold: painter("bold"), dim: painter("dim"), green: painter("green"), red: painter("red"), yellow: painter("yellow") };
}
