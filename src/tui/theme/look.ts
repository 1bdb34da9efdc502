/** How things look: tones by their meaning, painted in what colours the terminal has. Never colour alone tells anything. */
import { clipped, fitted, widthOf } from "../text/cells.ts";
import { ASCII, type Glyphs, needsAscii, UNICODE } from "./glyphs.ts";

export type Tone = "plain" | "ok" | "warn" | "danger" | "muted" | "accent" | "title" | "key" | "graph" | "frame";
export type Depth = "none" | "16" | "true";
export type ThemeName = "dark" | "light";

/** A piece of a line. */
export type Span = readonly [text: string, tone: Tone];

export type Look = {
  readonly glyphs: Glyphs;
  readonly depth: Depth;
  readonly theme: ThemeName;
  /** SGR numbers that begin a tone and end it. */
  readonly tones: Readonly<Record<Tone, readonly [on: string, off: string]>>;
  readonly selection: readonly [on: string, off: string];
};

const PLAIN = ["", ""] as const;
const BOLD = ["1", "22"] as const;
const DIM = ["2", "22"] as const;
const INVERSE = ["7", "27"] as const;

const colour = (code: string) => [code, "39"] as const;
const bold = (code: string) => [`1;${code}`, "22;39"] as const;

const NO_COLOUR: Look["tones"] = {
  plain: PLAIN,
  ok: PLAIN,
  warn: BOLD,
  danger: BOLD,
  muted: PLAIN,
  accent: BOLD,
  title: BOLD,
  key: BOLD,
  graph: PLAIN,
  frame: PLAIN,
};

const SIXTEEN: Readonly<Record<ThemeName, Look["tones"]>> = {
  dark: {
    plain: PLAIN,
    ok: colour("32"),
    warn: colour("33"),
    danger: colour("91"),
    muted: colour("90"),
    accent: colour("36"),
    title: BOLD,
    key: bold("36"),
    graph: colour("32"),
    frame: colour("90"),
  },
  light: {
    plain: PLAIN,
    ok: colour("32"),
    warn: colour("35"),
    danger: colour("31"),
    muted: DIM,
    accent: colour("34"),
    title: BOLD,
    key: bold("34"),
    graph: colour("34"),
    frame: DIM,
  },
};

const rgb = (hex: string) => `38;2;${[0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(";")}`;

const TRUE: Readonly<Record<ThemeName, Look["tones"]>> = {
  dark: {
    plain: PLAIN,
    ok: colour(rgb("9ece6a")),
    warn: colour(rgb("e0af68")),
    danger: colour(rgb("f7768e")),
    muted: colour(rgb("787c99")),
    accent: colour(rgb("7dcfff")),
    title: bold(rgb("c0caf5")),
    key: bold(rgb("7aa2f7")),
    graph: colour(rgb("73daca")),
    frame: colour(rgb("565f89")),
  },
  light: {
    plain: PLAIN,
    ok: colour(rgb("38761d")),
    warn: colour(rgb("965027")),
    danger: colour(rgb("b3261e")),
    muted: colour(rgb("6b6f80")),
    accent: colour(rgb("0b6aa2")),
    title: bold(rgb("22263a")),
    key: bold(rgb("34548a")),
    graph: colour(rgb("166775")),
    frame: colour(rgb("9699a3")),
  },
};

export function lookOf(depth: Depth, theme: ThemeName, ascii: boolean): Look {
  const tones = depth === "none" ? NO_COLOUR : depth === "16" ? SIXTEEN[theme] : TRUE[theme];
  const background = theme === "dark" ? "48;2;41;46;66" : "48;2;215;220;235";
  return {
    glyphs: ascii ? ASCII : UNICODE,
    depth,
    theme,
    tones,
    selection: depth === "true" ? [background, "49"] : INVERSE,
  };
}

export type LookOptions = {
  readonly ascii?: boolean;
  readonly noColor?: boolean;
  readonly theme?: ThemeName | undefined;
};

/** What this terminal can show, by its environment; what the user said comes first. */
export function detectLook(env: Readonly<Record<string, string | undefined>>, options: LookOptions): Look {
  const none = options.noColor === true || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  const depth: Depth = none ? "none" : /^(truecolor|24bit)$/i.test(env["COLORTERM"] ?? "") ? "true" : "16";
  return lookOf(depth, options.theme ?? (hasLightBackground(env) ? "light" : "dark"), options.ascii ?? needsAscii(env));
}

/** COLORFGBG is `fg;bg` (rxvt, konsole, others): the backgrounds 7 and 15 are light. */
function hasLightBackground(env: Readonly<Record<string, string | undefined>>): boolean {
  const background = env["COLORFGBG"]?.split(";").at(-1);
  return background === "7" || background === "15";
}

export function paint(look: Look, tone: Tone, text: string): string {
  const [on, off] = look.tones[tone];
  return on === "" || text === "" ? text : `\x1b[${on}m${text}\x1b[${off}m`;
}

/** Over a whole line, whatever tones it has inside. */
export function selected(look: Look, line: string): string {
  const [on, off] = look.selection;
  return `\x1b[${on}m${line}\x1b[${off}m`;
}

/** One line of exactly `width` cells; what does not fit is cut off. */
export function line(look: Look, width: number, spans: readonly Span[]): string {
  let left = width;
  let painted = "";
  for (const [text, tone] of spans) {
    if (left <= 0) break;
    const kept = clipped(text, left, look.glyphs.cut);
    painted += paint(look, tone, kept);
    left -= widthOf(kept);
  }
  return painted + " ".repeat(Math.max(0, left));
}

/** Spans at both ends of a line; the right end goes first when there is no room. */
export function ends(look: Look, width: number, left: readonly Span[], right: readonly Span[]): string {
  const room = width - spansWidth(right);
  return room < spansWidth(left) && room < width / 3
    ? line(look, width, left)
    : line(look, Math.max(0, room), left) + line(look, Math.min(width, spansWidth(right)), right);
}

export function spansWidth(spans: readonly Span[]): number {
  return spans.reduce((sum, [text]) => sum + widthOf(text), 0);
}

/** Text of one tone in exactly `width` cells. */
export function cell(look: Look, width: number, text: string, tone: Tone, align: "left" | "right" = "left"): string {
  return paint(look, tone, fitted(text, width, look.glyphs.cut, align));
}
