import { describe, expect, it } from "vitest";
import { ControlLanes } from "../../../ffi/worker/control-lanes.ts";
import { deferred } from "../../../ffi/worker/deferred.ts";
import type { Lane, LaneCall } from "../../../ffi/worker/lane.ts";

/** Stands for a thread: counts what it was given, and ends a call when told. */
class FakeLane {
  load = 0;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  begin(): { call: LaneCall<string>; end: () => Promise<void> } {
    this.load += 1;
    const ended = deferred();
    const end = async () => {
      this.load -= 1;
      ended.resolve();
      await ended.promise;
    };
    return { call: { result: Promise.resolve(this.name), ended: ended.promise }, end };
  }
}

function lanes() {
  let made = 0;
  const control = new ControlLanes(() => new FakeLane(`lane ${made++}`) as unknown as Lane);
  const begin = (uuid: string | null) => {
    let end: () => Promise<void> = async () => undefined;
    let on = "";
    control.run(uuid, (lane) => {
      const fake = lane as unknown as FakeLane;
      const begun = fake.begin();
      end = begun.end;
      on = fake.name;
      return begun.call;
    });
    return { on, end };
  };
  return { begin, made: () => made };
}

describe("control lanes", () => {
  it("start no second thread for calls that follow one another", async () => {
    const { begin, made } = lanes();
    for (const uuid of ["a", "b", null, "a"]) await begin(uuid).end();
    expect(made()).toBe(1);
  });

  it("keep the calls for one machine in order", () => {
    const { begin } = lanes();
    const first = begin("a");
    expect(begin("b").on).not.toBe(first.on);
    expect(begin("a").on).toBe(first.on);
  });

  it("let a call without a machine go past a slow one", () => {
    const { begin } = lanes();
    const slow = begin("a");
    expect(begin(null).on).not.toBe(slow.on);
  });

  it("make four threads at most, and then share the least busy", () => {
    const { begin, made } = lanes();
    const busy = ["a", "b", "c", "d"].map((uuid) => begin(uuid));
    begin("a");
    const fifth = begin("e");
    expect(made()).toBe(4);
    expect(fifth.on).not.toBe(busy[0]?.on);
  });

  it("forget a machine once its calls have ended", async () => {
    const { begin } = lanes();
    const other = begin("b");
    const first = begin("a");
    await first.end();
    await other.end();
    expect(begin("a").on).toBe(other.on);
  });
});
