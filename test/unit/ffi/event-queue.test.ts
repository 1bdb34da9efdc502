import { describe, expect, it } from "vitest";
import { EventQueue } from "../../../ffi/session/event-queue.ts";
import type { WireEvent } from "../../../ffi/wire/protocol.ts";

const event = (detail: number): WireEvent => ({ kind: "network", name: "default", event: 0, detail });

function queue(): { queue: EventQueue; batches: (readonly WireEvent[])[] } {
  const batches: (readonly WireEvent[])[] = [];
  return { queue: new EventQueue((events) => batches.push(events)), batches };
}

describe("the event queue", () => {
  it("sends one batch at a time, in order", () => {
    const { queue: events, batches } = queue();
    events.push(event(1));
    events.push(event(2));
    events.flush();
    events.push(event(3));
    events.flush();
    expect(batches).toEqual([[event(1), event(2)]]);
    events.taken();
    expect(batches).toEqual([[event(1), event(2)], [event(3)]]);
  });

  it("sends nothing when nothing happened", () => {
    const { queue: events, batches } = queue();
    events.flush();
    events.taken();
    expect(batches).toEqual([]);
  });

  it("turns what a slow listener has missed into one resync, and goes on", () => {
    const { queue: events, batches } = queue();
    events.push(event(0));
    events.flush();
    for (let n = 1; n <= 2_001; n += 1) events.push(event(n));
    events.taken();
    expect(batches[1]).toEqual([{ kind: "resync" }, event(2_001)]);
  });
});
