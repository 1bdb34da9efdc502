/** What a long operation tells while it runs. Every face folds these same events with `reduce`. Times are epoch milliseconds. */
import type { FaultData, Leftover } from "../errors.ts";

export type StepOutcome = "done" | "skipped" | "failed";
export type OpOutcome = "done" | "failed" | "cancelled";

export type OpEvent =
  | {
      readonly k: "op.begin";
      readonly op: string;
      readonly kind: string;
      readonly title: string;
      readonly subject: string;
      readonly parent?: string;
      readonly at: number;
    }
  | {
      readonly k: "step.begin";
      readonly op: string;
      readonly step: string;
      readonly title: string;
      readonly at: number;
    }
  | {
      readonly k: "step.progress";
      readonly op: string;
      readonly step: string;
      readonly done: number;
      readonly total?: number;
      readonly unit: "bytes" | "items";
      readonly at: number;
    }
  | {
      readonly k: "step.note";
      readonly op: string;
      readonly step: string;
      readonly level: "info" | "warn" | "guest";
      readonly text: string;
      readonly at: number;
    }
  | {
      readonly k: "step.end";
      readonly op: string;
      readonly step: string;
      readonly how: StepOutcome;
      readonly fault?: FaultData;
      readonly at: number;
    }
  | {
      readonly k: "undo.begin";
      readonly op: string;
      readonly undo: string;
      readonly title: string;
      readonly at: number;
    }
  | {
      readonly k: "undo.end";
      readonly op: string;
      readonly undo: string;
      readonly fault?: FaultData;
      readonly at: number;
    }
  | {
      readonly k: "op.end";
      readonly op: string;
      readonly how: OpOutcome;
      readonly fault?: FaultData;
      readonly left?: readonly Leftover[];
      readonly at: number;
    };
