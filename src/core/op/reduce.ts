/** Folds the events of an operation into what a face shows of it. Rates and times left come from the events' own times. */
import type { FaultData, Leftover } from "../errors.ts";
import type { OpEvent, OpOutcome, StepOutcome } from "./event.ts";

export type Note = { readonly level: "info" | "warn" | "guest"; readonly text: string };

export type Progress = {
  readonly done: number;
  readonly total: number | null;
  readonly unit: "bytes" | "items";
  readonly at: number;
  /** Units a second, smoothed; null until it can be known. */
  readonly rate: number | null;
  /** Milliseconds left at this rate; null when unknown. */
  readonly leftMs: number | null;
};

export type StepState = {
  readonly id: string;
  readonly title: string;
  readonly how: "running" | StepOutcome;
  readonly beganAt: number;
  readonly endedAt: number | null;
  readonly progress: Progress | null;
  /** What was said last. */
  readonly note: Note | null;
};

export type UndoState = { readonly id: string; readonly title: string; readonly how: "running" | "done" | "failed" };

export type OpState = {
  readonly op: string;
  readonly kind: string;
  readonly title: string;
  readonly subject: string;
  readonly how: "running" | OpOutcome;
  readonly beganAt: number;
  readonly endedAt: number | null;
  /** In the order they began. */
  readonly steps: readonly StepState[];
  readonly undos: readonly UndoState[];
  readonly warnings: readonly string[];
  readonly fault: FaultData | null;
  readonly left: readonly Leftover[];
};

export const NO_OPERATION: OpState = {
  op: "",
  kind: "",
  title: "",
  subject: "",
  how: "running",
  beganAt: 0,
  endedAt: null,
  steps: [],
  undos: [],
  warnings: [],
  fault: null,
  left: [],
};

/** How far back a rate looks, in milliseconds: long enough to be calm, short enough to follow a stall. */
const RATE_WINDOW_MS = 3_000;

export function reduce(state: OpState, event: OpEvent): OpState {
  switch (event.k) {
    case "op.begin": {
      const { op, kind, title, subject, at } = event;
      return { ...NO_OPERATION, op, kind, title, subject, beganAt: at };
    }
    case "step.begin": {
      const { step: id, title, at } = event;
      const begun: StepState = { id, title, how: "running", beganAt: at, endedAt: null, progress: null, note: null };
      return { ...state, steps: [...state.steps, begun] };
    }
    case "step.progress":
      return withStep(state, event.step, (step) => ({ progress: advance(step, event) }));
    case "step.note": {
      const { step, level, text } = event;
      const told = withStep(state, step, () => ({ note: { level, text } }));
      return level === "warn" ? { ...told, warnings: [...told.warnings, text] } : told;
    }
    case "step.end":
      return withStep(state, event.step, () => ({ how: event.how, endedAt: event.at }));
    case "undo.begin":
      return { ...state, undos: [...state.undos, { id: event.undo, title: event.title, how: "running" }] };
    case "undo.end": {
      const how = event.fault === undefined ? "done" : "failed";
      return { ...state, undos: state.undos.map((undo) => (undo.id === event.undo ? { ...undo, how } : undo)) };
    }
    case "op.end": {
      const { how, at, fault = null, left = [] } = event;
      return { ...state, how, endedAt: at, fault, left };
    }
  }
}

/** The last step of that id: a step may be taken again under the same one. */
function withStep(state: OpState, id: string, change: (step: StepState) => Partial<StepState>): OpState {
  const index = state.steps.findLastIndex((step) => step.id === id);
  return { ...state, steps: state.steps.map((step, at) => (at === index ? { ...step, ...change(step) } : step)) };
}

function advance(step: StepState, event: Extract<OpEvent, { k: "step.progress" }>): Progress {
  const { done, unit, at } = event;
  const total = event.total ?? null;
  const before = step.progress;
  const rate = before === null || before.unit !== unit ? null : rateOf(before, done, at);
  const leftMs = rate === null || rate === 0 || total === null ? null : Math.max(0, ((total - done) / rate) * 1000);
  return { done, total, unit, at, rate, leftMs };
}

/** An exponential mean over time, not over events: events come as they like. A step that begins anew begins its rate anew. */
function rateOf(before: Progress, done: number, at: number): number | null {
  if (done < before.done) return null;
  const elapsed = at - before.at;
  if (elapsed <= 0) return before.rate;
  const now = ((done - before.done) / elapsed) * 1000;
  if (before.rate === null) return now;
  const weight = 1 - Math.exp(-elapsed / RATE_WINDOW_MS);
  return before.rate + (now - before.rate) * weight;
}
