/** Progress where nobody sees a screen: one line a step, and a sign of life in between. */
import type { OpEvent } from "../../core/op/event.ts";
import type { OpState } from "../../core/op/reduce.ts";
import { formatDuration } from "../../core/units.ts";
import { plain } from "../render/plain.ts";
import { amount } from "./amount.ts";

/** Time between two signs of life of one step, in milliseconds: a log should be readable. */
const LIFE_EVERY_MS = 10_000;

export type PlainLines = (state: OpState, event: OpEvent) => readonly string[];

/** Lines for each event, `state` being the one after it. `prefix` tells several operations apart; `all` leaves nothing out. */
export function plainLines(prefix: boolean, all: boolean): PlainLines {
  let lastLife = Number.NEGATIVE_INFINITY;
  const isDue = (at: number) => {
    const due = all || at - lastLife >= LIFE_EVERY_MS;
    if (due) lastLife = at;
    return due;
  };

  return (state, event) => {
    const lines = (...texts: readonly string[]) =>
      texts.map((text) => plain(prefix ? `${state.subject}: ${text}` : text));
    switch (event.k) {
      case "op.begin":
        lastLife = event.at;
        return prefix ? [] : lines(event.title);
      case "step.progress": {
        const step = stepOf(state, event.step);
        const ended = event.done === event.total;
        return step?.progress && !ended && isDue(event.at) ? lines(`${step.title} … ${amount(step.progress)}`) : [];
      }
      case "step.note":
        if (event.level === "warn") return [];
        if (event.level === "guest") return isDue(event.at) ? lines(`  | ${event.text}`) : [];
        return lines(`  ${event.text}`);
      case "step.end": {
        const step = stepOf(state, event.step);
        const took = formatDuration(event.at - (step?.beganAt ?? event.at));
        return lines(
          `${step?.title ?? event.step} … ${event.how === "skipped" ? "nothing to do" : `${event.how} (${took})`}`,
        );
      }
      case "undo.end": {
        const undo = state.undos.findLast(({ id }) => id === event.undo);
        return lines(`Undo: ${undo?.title ?? event.undo} … ${event.fault === undefined ? "done" : "failed"}`);
      }
      case "step.begin":
      case "undo.begin":
      case "op.end":
        return [];
    }
  };
}

function stepOf(state: OpState, id: string) {
  return state.steps.findLast((step) => step.id === id);
}
