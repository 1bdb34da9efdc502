import { describe, expect, it } from "vitest";
import { turnsOf } from "../../../src/core/start-order.ts";
import { machine } from "../cli/stand-in.ts";

const OFF = { power: "stopped", reason: "", persistent: true } as const;
const placed = (name: string, startOrder: number | null, startDelay = 0, running = false) => {
  const view = machine(name, running ? {} : { status: OFF });
  return { ...view, record: view.record && { ...view.record, startOrder, startDelay } };
};
const turns = (...machines: readonly ReturnType<typeof placed>[]) =>
  turnsOf(machines).map((turn) => [turn.machine.name, turn.afterMs]);

describe("starting with the host", () => {
  it("goes by place, then by name, and waits as long as the one before asks for", () => {
    expect(turns(placed("web", 2, 5), placed("db", 1, 30), placed("app", 2))).toEqual([
      ["db", 0],
      ["app", 30_000],
      ["web", 0],
    ]);
  });

  it("leaves out those without a place, those of others, and the trash", () => {
    expect(
      turns(placed("free", null), machine("other", { record: null }) as never, machine("old", {}, "trashed") as never),
    ).toEqual([]);
  });

  it("waits for nobody that runs already", () => {
    expect(turns(placed("db", 1, 30, true), placed("web", 2, 5), placed("app", 3))).toEqual([
      ["db", 0],
      ["web", 0],
      ["app", 5_000],
    ]);
  });
});
