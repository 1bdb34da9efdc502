/**
 * What a terminal showed, one picture after another, as an SVG that plays by itself: pictures one below the other behind a
 * window, moved by one CSS animation. Lines that look alike are drawn once and used again.
 */
import type { Terminal } from "@xterm/headless";
import { el, render, type XmlElement } from "../../src/host/xml-emit.ts";

const CELL = { width: 8.4, height: 16 } as const;
const MARGIN = 14;
const INK = "#c0caf5";
const PAPER = "#1a1b26";
const FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, 'Liberation Mono', monospace";

/** Signs that lines, bars and graphs are made of. */
const DRAWING = /[\u2500-\u259f\u2800-\u28ff]/;
/** Several blanks in a row stay several, in every program that shows SVG. */
const NO_BREAK = "\u00a0";

/** Cells that look alike, side by side. */
type Run = { readonly column: number; readonly cells: number; readonly text: string; readonly style: Style };
type Style = {
  readonly ink: string;
  readonly paper: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
};

export type Picture = { readonly lines: readonly (readonly Run[])[]; readonly ms: number };

/** What the terminal shows now, to be looked at for so many milliseconds. */
export function pictureOf(terminal: Terminal, ms: number): Picture {
  return { lines: Array.from({ length: terminal.rows }, (_, row) => runsOf(terminal, row)), ms };
}

function runsOf(terminal: Terminal, row: number): readonly Run[] {
  const { active } = terminal.buffer;
  const line = active.getLine(active.viewportY + row);
  const runs: Run[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = line?.getCell(column);
    const width = cell?.getWidth() ?? 1;
    if (cell === undefined || width === 0) continue;
    const inverse = cell.isInverse() !== 0;
    const ink = cell.isFgRGB() ? hex(cell.getFgColor()) : INK;
    const paper = cell.isBgRGB() ? hex(cell.getBgColor()) : null;
    const style: Style = {
      ink: inverse ? (paper ?? PAPER) : ink,
      paper: inverse ? ink : paper,
      bold: cell.isBold() !== 0,
      dim: cell.isDim() !== 0,
    };
    const text = cell.getChars() || " ";
    const before = runs.at(-1);
    // Letters of double width keep to their own cells, whatever the font makes of them.
    if (before !== undefined && width === 1 && before.cells === [...before.text].length && alike(before.style, style))
      runs[runs.length - 1] = { ...before, cells: before.cells + 1, text: before.text + text };
    else runs.push({ column, cells: width, text, style });
  }
  return runs;
}

function alike(a: Style, b: Style): boolean {
  return a.ink === b.ink && a.paper === b.paper && a.bold === b.bold && a.dim === b.dim;
}

function hex(colour: number): string {
  return `#${colour.toString(16).padStart(6, "0")}`;
}

export function film(pictures: readonly Picture[], { columns, rows }: { columns: number; rows: number }): string {
  const [width, height] = [round(columns * CELL.width + 2 * MARGIN), rows * CELL.height + 2 * MARGIN];
  const seen = { width: round(columns * CELL.width), height: rows * CELL.height };
  const drawn = new Lines();
  const frames = pictures.map(({ lines }, index) =>
    el(
      "g",
      { transform: `translate(0 ${index * height})` },
      ...lines.flatMap((runs, row) => {
        const id = drawn.idOf(runs);
        return id === null ? [] : [el("use", { href: `#${id}`, y: row * CELL.height })];
      }),
    ),
  );
  const root = el(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, role: "img" },
    el(
      "title",
      {},
      "hutch's terminal UI: a fleet of VMs, their load, a filter, the launch form, a deletion and the keys",
    ),
    el("style", {}, [styleSheet(pictures, height), ...drawn.rules()].join("\n")),
    el("defs", {}, el("clipPath", { id: "window" }, el("rect", seen)), ...drawn.elements()),
    el("rect", { width, height, rx: 8, fill: PAPER }),
    el(
      "g",
      { transform: `translate(${MARGIN} ${MARGIN})`, "clip-path": "url(#window)" },
      el("g", { class: "film" }, ...frames),
    ),
  );
  return `${render(root).replace(/^ +/gm, "")}\n`;
}

function styleSheet(pictures: readonly Picture[], height: number): string {
  const total = pictures.reduce((sum, { ms }) => sum + ms, 0);
  let at = 0;
  const stops = pictures.map(({ ms }, index) => {
    const stop = `${round((at / total) * 100)}%{transform:translateY(-${index * height}px)}`;
    at += ms;
    return stop;
  });
  const last = `100%{transform:translateY(-${(pictures.length - 1) * height}px)}`;
  return [
    `text{font:14px ${FONT}}`,
    `.film{animation:film ${total}ms steps(1,end) infinite}`,
    `@keyframes film{${stops.join("")}${last}}`,
    "@media (prefers-reduced-motion:reduce){.film{animation:none}}",
  ].join("\n");
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

/** Each line that looks like no other, drawn once; and each style, named once. */
class Lines {
  readonly #lines = new Map<string, XmlElement>();
  readonly #ids = new Map<string, string>();
  readonly #classes = new Map<string, string>();

  /** null for a line with nothing on it. */
  idOf(runs: readonly Run[]): string | null {
    const seen = runs.filter(({ text, style }) => text.trim() !== "" || style.paper !== null);
    if (seen.length === 0) return null;
    const key = JSON.stringify(seen);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = `l${this.#ids.size.toString(36)}`;
    this.#ids.set(key, id);
    this.#lines.set(id, el("g", { id }, ...seen.flatMap((run) => this.#drawn(run))));
    return id;
  }

  elements(): readonly XmlElement[] {
    return [...this.#lines.values()];
  }

  rules(): readonly string[] {
    return [...this.#classes].map(([rule, name]) => `.${name}{${rule}}`);
  }

  #drawn({ column, cells, text, style }: Run): readonly XmlElement[] {
    const at = (cell: number) => round(cell * CELL.width);
    const paper =
      style.paper === null
        ? []
        : [el("rect", { x: at(column), width: at(cells), height: CELL.height, fill: style.paper })];
    const told = text.trimEnd();
    const from = told.length - told.trimStart().length;
    const kept = told.trimStart();
    if (kept === "") return paper;
    const length = cells - from - (text.length - told.length);
    const about = { x: at(column + from), y: 12.5, class: this.#classOf(style), textLength: at(length) };
    // Frames and graphs have to touch, so their signs are stretched; letters only move apart.
    const stretched = DRAWING.test(kept) ? { ...about, lengthAdjust: "spacingAndGlyphs" } : about;
    return [...paper, el("text", stretched, kept.replaceAll(" ", NO_BREAK))];
  }

  #classOf({ ink, bold, dim }: Style): string {
    const rule = `fill:${ink}${bold ? ";font-weight:bold" : ""}${dim ? ";opacity:.6" : ""}`;
    const known = this.#classes.get(rule);
    const name = known ?? `s${this.#classes.size.toString(36)}`;
    this.#classes.set(rule, name);
    return name;
  }
}
