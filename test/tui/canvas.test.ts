/** What the canvas writes, on a real terminal: after any frames it shows the last, in text and look, as one that only got that. */
import { Writable } from "node:stream";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import xterm from "@xterm/headless";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Canvas } from "../../src/tui/ink/canvas.ts";

const COLUMNS = 24;
const ROWS = 4;
const TONES = ["", "1", "2", "7", "31", "1;36", "90", "38;2;10;200;30", "48;2;41;46;66"] as const;

/** Two of them fit into a line. */
const piece = fc.tuple(
  fc.constantFrom(...TONES),
  fc.array(fc.constantFrom(..."ab xy  ─█⣿", "虚", "한", "é", "   "), { maxLength: 4 }).map((parts) => parts.join("")),
);
const line = fc
  .array(piece, { maxLength: 2 })
  .map((pieces) => pieces.map(([tone, text]) => (tone === "" ? text : `\x1b[${tone}m${text}\x1b[0m`)).join(""));
const frames = fc.array(fc.array(line, { minLength: ROWS, maxLength: ROWS }), { minLength: 1, maxLength: 6 });

/** Everything that the canvas writes for these frames. */
function drawn(all: readonly (readonly string[])[]): string {
  let written = "\x1b[?7l";
  const sink = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      written += chunk;
      done();
    },
  });
  const canvas = new Canvas(Object.assign(sink, { columns: COLUMNS, rows: ROWS }) as unknown as NodeJS.WriteStream);
  for (const lines of all) canvas.draw(lines);
  return written;
}

/** What can be seen of each cell. */
async function cellsAfter(written: string): Promise<readonly string[]> {
  const term = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  term.loadAddon(new Unicode11Addon());
  term.unicode.activeVersion = "11";
  await new Promise<void>((resolve) => term.write(written, resolve));
  const cells = Array.from({ length: ROWS * COLUMNS }, (_, at) => {
    const cell = term.buffer.active.getLine(Math.floor(at / COLUMNS))?.getCell(at % COLUMNS);
    if (cell === undefined) return "";
    const back = `${cell.getBgColor()}${cell.isInverse() !== 0 ? "inverse" : ""}`;
    const chars = cell.getWidth() === 0 ? "" : cell.getChars() || " ";
    if (chars === " " && cell.isInverse() === 0) return ` ${back}`;
    return `${chars}${back} ${cell.getFgColor()} ${cell.isBold() !== 0} ${cell.isDim() !== 0}`;
  });
  term.dispose();
  return cells;
}

it("shows the last of any frames as if it had been written as it is", { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(frames, async (all) => {
      const last = all.at(-1)?.map((text, row) => `\x1b[${row + 1}H${text}`) ?? [];
      expect(await cellsAfter(drawn(all))).toEqual(await cellsAfter(last.join("")));
    }),
    { numRuns: 200, seed: 7 },
  );
});

it("draws no frame of another size than the terminal's", () => {
  const frame = ["a", "b", "c", "d"];
  expect(drawn([frame, ["x"]])).toBe(drawn([frame]));
});
