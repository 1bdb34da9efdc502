import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { paced } from "../../../src/tui/ink/pace.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("tells the first change at once, the others of its time together, and none after the end", () => {
  let change: () => void = () => undefined;
  const told: number[] = [];
  let now = 0;
  const end = paced((listener) => {
    change = listener;
    return () => {
      change = () => undefined;
    };
  }, 30)(() => told.push(now));
  const pass = (ms: number) => {
    now += ms;
    vi.advanceTimersByTime(ms);
  };
  change();
  pass(10);
  change();
  change();
  pass(20);
  pass(30);
  expect(told).toEqual([0, 30]);
  pass(100);
  change();
  change();
  end();
  pass(100);
  expect(told).toEqual([0, 30, 160]);
});
