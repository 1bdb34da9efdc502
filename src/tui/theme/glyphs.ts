/** The signs that the screen is drawn with: as good as the terminal allows, or plain ASCII. */

export type Glyphs = {
  readonly ascii: boolean;
  readonly cut: string;
  readonly cursor: string;
  readonly marked: string;
  readonly running: string;
  readonly paused: string;
  readonly stopped: string;
  readonly broken: string;
  readonly up: string;
  readonly down: string;
  readonly done: string;
  readonly failed: string;
  readonly arrow: string;
  readonly dot: string;
  readonly rule: string;
  readonly full: string;
  readonly empty: string;
  readonly caret: string;
  readonly corner: { readonly tl: string; readonly tr: string; readonly bl: string; readonly br: string };
  readonly vertical: string;
  readonly branch: string;
  readonly lastBranch: string;
  /** From nothing to all. */
  readonly spark: readonly string[];
  readonly spinner: readonly string[];
};

export const UNICODE: Glyphs = {
  ascii: false,
  cut: "…",
  cursor: "▸",
  marked: "✓",
  running: "●",
  paused: "◐",
  stopped: "○",
  broken: "✖",
  up: "▲",
  down: "▼",
  done: "✓",
  failed: "✖",
  arrow: "→",
  dot: "·",
  rule: "─",
  full: "█",
  empty: "░",
  caret: "▏",
  corner: { tl: "╭", tr: "╮", bl: "╰", br: "╯" },
  vertical: "│",
  branch: "├─",
  lastBranch: "└─",
  spark: [..."▁▂▃▄▅▆▇█"],
  spinner: [..."⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"],
};

export const ASCII: Glyphs = {
  ascii: true,
  cut: "~",
  cursor: ">",
  marked: "*",
  running: "+",
  paused: "=",
  stopped: "-",
  broken: "x",
  up: "^",
  down: "v",
  done: "ok",
  failed: "x",
  arrow: "->",
  dot: "-",
  rule: "-",
  full: "#",
  empty: ".",
  caret: "_",
  corner: { tl: "+", tr: "+", bl: "+", br: "+" },
  vertical: "|",
  branch: "|-",
  lastBranch: "`-",
  spark: [..."_.-:=+*#"],
  spinner: [..."|/-\\"],
};

/** Plain ASCII for the console of Linux and wherever the locale is not UTF-8. */
export function needsAscii(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env["TERM"] === "linux" || env["TERM"] === "dumb") return true;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return !/utf-?8/i.test(locale);
}
