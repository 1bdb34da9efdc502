import { describe, expect, it } from "vitest";
import { columnsOf, roomIn, widthsOf } from "../../../src/tui/screens/list-screen.ts";
import { SCREEN } from "../../../src/tui/screens/screens.ts";
import { newState, SCREENS } from "../../../src/tui/store/state.ts";
import { NOW } from "../../tui/fleet.ts";

const stateOf = (...hosts: readonly string[]) =>
  newState({
    size: { columns: 80, rows: 24 },
    now: NOW,
    hosts: hosts.map((name) => ({ name, uri: name, connect: null })),
    demo: false,
    readonly: false,
  });

describe.each([
  ["one host", stateOf("nas")],
  ["several hosts", stateOf("nas", "attic")],
])("the columns of a list, with %s", (_how, state) => {
  it.each(SCREENS)("fill its room and never more: %s", (id) => {
    for (let columns = 60; columns <= 220; columns += 1) {
      const room = roomIn(columns - 2);
      const widths = widthsOf(columnsOf(SCREEN[id], state, room), room);
      const taken = widths.reduce((sum, [, width]) => sum + width + 1, -1);
      expect([columns, taken <= room, widths.every(([, width]) => width >= 4)]).toEqual([columns, true, true]);
      expect(widths.length).toBeGreaterThan(3);
    }
  });
});
