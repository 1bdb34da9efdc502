import { describe, expect, it } from "vitest";
import type { OpEvent } from "../../../src/core/op/event.ts";
import { NO_OPERATION, reduce } from "../../../src/core/op/reduce.ts";

const op = "op-1";
const fold = (events: readonly OpEvent[]) => events.reduce(reduce, NO_OPERATION);
const begin: OpEvent = { k: "op.begin", op, kind: "launch", title: "Launch web", subject: "web", at: 1_000 };
const step: OpEvent = { k: "step.begin", op, step: "image", title: "Get debian-13", at: 1_100 };
const bytes = (done: number, at: number, total?: number): OpEvent => ({
  k: "step.progress",
  op,
  step: "image",
  done,
  ...(total === undefined ? {} : { total }),
  unit: "bytes",
  at,
});

describe("the reducer", () => {
  it("follows a step from its beginning to its end", () => {
    const running = fold([
      begin,
      step,
      { k: "step.note", op, step: "image", level: "guest", text: "hello", at: 1_200 },
    ]);
    expect(running).toMatchObject({ how: "running", title: "Launch web", beganAt: 1_000 });
    expect(running.steps).toEqual([
      {
        id: "image",
        title: "Get debian-13",
        how: "running",
        beganAt: 1_100,
        endedAt: null,
        progress: null,
        note: { level: "guest", text: "hello" },
      },
    ]);
    const ended = [
      { k: "step.end", op, step: "image", how: "done", at: 5_000 } as const,
      { k: "op.end", op, how: "done", at: 5_001 } as const,
    ].reduce(reduce, running);
    expect(ended.steps[0]).toMatchObject({ how: "done", endedAt: 5_000 });
    expect(ended).toMatchObject({ how: "done", endedAt: 5_001 });
  });

  it("knows no rate from one sample, and the rate of two", () => {
    expect(fold([begin, step, bytes(0, 2_000, 1_000)]).steps[0]?.progress).toMatchObject({ rate: null, leftMs: null });
    const { progress } = fold([begin, step, bytes(0, 2_000, 1_000), bytes(100, 3_000, 1_000)]).steps[0] ?? {};
    expect(progress).toMatchObject({ rate: 100, leftMs: 9_000 });
  });

  it("does not count what a resumed download had already", () => {
    const { progress } = fold([begin, step, bytes(900, 2_000, 1_000), bytes(950, 3_000, 1_000)]).steps[0] ?? {};
    expect(progress).toMatchObject({ rate: 50, leftMs: 1_000 });
  });

  it("lets the rate fall towards nothing while nothing comes", () => {
    const stalled = fold([begin, step, bytes(0, 0, 1_000), bytes(100, 1_000, 1_000), bytes(100, 11_000, 1_000)]);
    expect(stalled.steps[0]?.progress?.rate).toBeLessThan(10);
  });

  it("has no time left without a total, and forgets the rate when a step begins anew", () => {
    expect(fold([begin, step, bytes(0, 0), bytes(100, 1_000)]).steps[0]?.progress).toMatchObject({
      rate: 100,
      leftMs: null,
    });
    expect(fold([begin, step, bytes(500, 0), bytes(10, 1_000)]).steps[0]?.progress?.rate).toBeNull();
  });

  it("survives two events of the same moment", () => {
    const { progress } = fold([begin, step, bytes(0, 0, 10), bytes(5, 0, 10)]).steps[0] ?? {};
    expect(progress).toMatchObject({ done: 5, rate: null });
  });

  it("gathers warnings, undos, the fault and what is left", () => {
    const fault = { code: "E_CANCELLED", message: "Launch web was cancelled." } as const;
    const left = [{ what: "disk web.qcow2", command: "virsh vol-delete web.qcow2 --pool hutch" }];
    const state = fold([
      begin,
      step,
      { k: "step.note", op, step: "image", level: "warn", text: "unsigned", at: 1_200 },
      { k: "step.end", op, step: "image", how: "failed", fault, at: 1_300 },
      { k: "undo.begin", op, undo: "1", title: "the disk", at: 1_400 },
      { k: "undo.begin", op, undo: "0", title: "the domain", at: 1_400 },
      { k: "undo.end", op, undo: "1", fault, at: 1_500 },
      { k: "undo.end", op, undo: "0", at: 1_500 },
      { k: "op.end", op, how: "cancelled", fault, left, at: 1_600 },
    ]);
    expect(state.warnings).toEqual(["unsigned"]);
    expect(state.undos).toEqual([
      { id: "1", title: "the disk", how: "failed" },
      { id: "0", title: "the domain", how: "done" },
    ]);
    expect(state).toMatchObject({ how: "cancelled", fault, left });
  });

  it("keeps a step taken twice apart", () => {
    const again = fold([
      begin,
      step,
      { k: "step.end", op, step: "image", how: "done", at: 2_000 },
      { ...step, at: 3_000 },
    ]);
    expect(again.steps.map(({ how }) => how)).toEqual(["done", "running"]);
  });
});
