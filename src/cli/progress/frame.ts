/** What a terminal shows of running operations: pure, so that a stream of events is a stream of frames. */
import type { OpState, StepState } from "../../core/op/reduce.ts";
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
/** Below this a bar would leave no room for words. */
const BAR_FROM_COLUMNS = 70;

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
  const said = [padded(plain(step.title), titleWidth), took];
  if (running && step.progress !== null) {
    said.push(look.columns < BAR_FROM_COLUMNS ? "" : bar(step.progress, BAR_CELLS), amount(step.progress));
  }
  const line = marked(markOf(step.how, paint), said.filter((part) => part !== "").join("  "), look, 2);
  if (!running || step.note === null) return [line];
  return [line, paint.dim(clipped(`    ${plain(step.note.text)}`, look.columns))];
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
