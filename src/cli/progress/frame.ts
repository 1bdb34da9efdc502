/** What a terminal shows of running operations: pure, so that a stream of events is a stream of frames. */
import type { OpState, Progress, StepState } from "../../core/op/reduce.ts";
import { formatDuration } from "../../core/units.ts";
import type { Paint } from "../render/paint.ts";
import { plain } from "../render/plain.ts";
import { clipped, padded, widthOf } from "../render/width.ts";
import { amount, bar } from "./amount.ts";

export type Look = {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly columns: number;
  /** Most lines to show; the latest are kept. */
  readonly rows: number;
  readonly paint: Paint;
};

const BAR_CELLS = 20;
/** A shorter bar says nothing. */
const LEAST_BAR_CELLS = 6;
/** What rate and time left take when all of it is known: kept free for them, so that the bar does not change its length. */
const AMOUNT_CELLS = 50;

/** One operation with all its steps; of several, one line each. Lines fit the width, so that they can be drawn over. */
export function frame(states: readonly OpState[], look: Look): readonly string[] {
  const [only, ...others] = states;
  if (only === undefined) return [];
  const lines = others.length === 0 ? whole(only, look) : states.map((state) => brief(state, look));
  return lines.slice(-look.rows);
}

function whole(state: OpState, look: Look): readonly string[] {
  const { paint } = look;
  const width = Math.max(0, ...state.steps.map(({ title }) => widthOf(plain(title))));
  const steps = state.steps.flatMap((step) => stepLines(step, width, look));
  const undos = state.undos.map(({ title, how }) => marked(markOf(how, paint), `Undo: ${plain(title)}`, look, 2));
  const elapsed = state.endedAt === null ? "" : `  ${formatDuration(state.endedAt - state.beganAt)}`;
  return [paint.bold(clipped(`${plain(state.title)}${elapsed}`, look.columns)), ...steps, ...undos];
}

function stepLines(step: StepState, titleWidth: number, look: Look): readonly string[] {
  const { paint, now } = look;
  const running = step.how === "running";
  const took = step.how === "skipped" ? "nothing to do" : formatElapsed((step.endedAt ?? now) - step.beganAt, running);
  const said = [padded(plain(step.title), titleWidth), took].filter((part) => part !== "");
  if (running && step.progress !== null) said.push(...progressWords(step.progress, said, look));
  const line = marked(markOf(step.how, paint), said.join("  "), look, 2);
  if (!running || step.note === null) return [line];
  return [line, paint.dim(clipped(`    ${plain(step.note.text)}`, look.columns))];
}

/** The bar gives way to the words, and how much came to how fast and how long still. */
function progressWords(progress: Progress, before: readonly string[], { columns }: Look): readonly string[] {
  const room = columns - 4 - before.reduce((sum, part) => sum + widthOf(part) + 2, 0);
  const all = amount(progress);
  const words = widthOf(all) <= room ? all : amount(progress, false);
  const cells = Math.min(BAR_CELLS, room - 2 - Math.max(AMOUNT_CELLS, widthOf(words)));
  const drawn = cells < LEAST_BAR_CELLS ? "" : bar(progress, cells);
  return drawn === "" ? [words] : [drawn, words];
}

function brief(state: OpState, look: Look): string {
  const step = state.steps.findLast(({ how }) => how === "running") ?? state.steps.at(-1);
  const undoing = state.undos.findLast(({ how }) => how === "running");
  const doing = undoing === undefined ? (step?.title ?? state.title) : `Undo: ${undoing.title}`;
  const elapsed = formatElapsed((state.endedAt ?? look.now) - state.beganAt, state.endedAt === null);
  const how = state.how === "cancelled" ? "failed" : state.how;
  const text =
    state.how === "done"
      ? elapsed
      : [elapsed, doing, step?.progress ? amount(step.progress) : ""].filter(Boolean).join("  ");
  return marked(markOf(how, look.paint), `${plain(state.subject)}  ${plain(text)}`, look, 0);
}

/** While it runs, whole seconds are enough, and calmer. */
function formatElapsed(ms: number, running: boolean): string {
  if (!running) return formatDuration(ms);
  return ms < 1_000 ? "" : formatDuration(Math.floor(ms / 1000) * 1000).replace(".0 s", " s");
}

function marked(mark: string, text: string, look: Look, indent: number): string {
  return `${" ".repeat(indent)}${mark} ${clipped(text, look.columns - indent - 2)}`;
}

function markOf(how: StepState["how"], paint: Paint): string {
  switch (how) {
    case "done":
      return paint.green("✓");
    case "skipped":
      return paint.dim("-");
    case "failed":
      return paint.red("✗");
    case "running":
      return paint.yellow("…");
  }
}
