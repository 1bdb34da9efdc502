/** A few lines at the end of a terminal that are drawn over, and left there when all is done. */
import type { Sink } from "../terminal.ts";

/** Ten frames a second are smooth enough. */
const FRAME_MS = 100;
/** Elapsed times are shown in seconds. */
const CLOCK_MS = 1_000;

const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";

export type LiveBlock = {
  /** What is shown changed; drawn soon, ten times a second at most. */
  changed(): void;
  /** A line that stays, above the block. */
  above(text: string): void;
  /** Draws the last frame and leaves it. */
  end(): void;
};

export function liveBlock(sink: Sink, lines: () => readonly string[]): LiveBlock {
  let drawn = 0;
  let soon: NodeJS.Timeout | null = null;

  const draw = (before = "", after = "") => {
    const now = lines();
    const up = drawn === 0 ? "" : `\u001b[${drawn}A\r\u001b[J`;
    sink.write(`${before}${up}${now.map((line) => `${line}\n`).join("")}${after}`);
    drawn = now.length;
  };
  const changed = () => {
    soon ??= setTimeout(() => {
      soon = null;
      draw();
    }, FRAME_MS);
  };
  const clock = setInterval(changed, CLOCK_MS);
  draw(HIDE_CURSOR);

  return {
    changed,
    above(text) {
      sink.write(`${drawn === 0 ? "" : `\u001b[${drawn}A\r\u001b[J`}${text}\n`);
      drawn = 0;
      draw();
    },
    end() {
      clearInterval(clock);
      if (soon !== null) clearTimeout(soon);
      draw("", SHOW_CURSOR);
    },
  };
}
