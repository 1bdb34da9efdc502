/**
 * What Ink draws on: it writes whole frames here, and only the cells that differ from what is on the terminal go there.
 * Ink's own diff keeps or rewrites lines; beside a list that hardly changes that is most of the screen.
 */
import { Writable } from "node:stream";
import { lineDifference, type Pen } from "../text/difference.ts";
import { PLAIN, type StyledCell, styledCells, turned } from "../text/styled.ts";
import { LineNames } from "./line-names.ts";

/** The terminal shows what is between them at once, where it can. */
const BEGINS = "\x1b[?2026h";
const ENDS = "\x1b[?2026l";

type Row = { readonly line: string; readonly cells: readonly StyledCell[] };

export class Canvas extends Writable {
  readonly isTTY = true;
  readonly #terminal: NodeJS.WriteStream;
  readonly #names = new LineNames();
  /** What is on the terminal; empty while nobody knows. */
  #rows: readonly Row[] = [];

  constructor(terminal: NodeJS.WriteStream) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
  }

  get columns(): number {
    return this.#terminal.columns ?? 80;
  }

  get rows(): number {
    return this.#terminal.rows ?? 24;
  }

  /** The terminal is not what it was: the next frame is drawn whole. */
  forget(): void {
    this.#rows = [];
  }

  /** What Ink is to write for each of these lines. */
  named(lines: readonly string[]): readonly string[] {
    return this.#names.of(lines);
  }

  /** As many lines as there are rows; a frame for another size is one that came too late. */
  draw(lines: readonly string[]): void {
    const { columns, rows } = this;
    if (lines.length !== rows) return;
    const pen: Pen = { row: -1, column: -1, style: PLAIN };
    let written = "";
    const before = this.#rows;
    this.#rows = lines.map((line, row) => {
      const old = before[row];
      if (old?.line === line) return old;
      const cells = styledCells(line, columns);
      written += lineDifference(old?.cells ?? null, cells, row, pen);
      return { line, cells };
    });
    if (written !== "") this.#terminal.write(BEGINS + written + turned(pen.style, PLAIN) + ENDS);
  }

  /** Ink's frames are of several lines; whatever else it writes steers a terminal that is not its own. */
  override _write(chunk: string | Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    const text = chunk.toString();
    if (text.includes("\n")) this.draw(text.split("\n").map((name) => this.#names.line(name)));
    done();
  }
}
