import { describe, expect, it } from "vitest";
import { TABLE } from "../../../src/cli/commands/table.ts";
import type { Action } from "../../../src/tui/actions/action.ts";
import { ACTIONS, actionFor, footerActions, keysOf, keyWord } from "../../../src/tui/actions/registry.ts";
import { isOn } from "../../../src/tui/actions/targets.ts";
import { wordsOf } from "../../../src/tui/input/command-words.ts";
import { begin } from "../../../src/tui/input/intent.ts";
import { footerPlaces } from "../../../src/tui/layout/footer.ts";
import { drawOverlay } from "../../../src/tui/overlays/overlays.ts";
import { SCREEN } from "../../../src/tui/screens/screens.ts";
import { History } from "../../../src/tui/store/history.ts";
import { createReducer } from "../../../src/tui/store/reduce.ts";
import { newState, SCREENS, type ScreenId, type State } from "../../../src/tui/store/state.ts";
import { withoutTones } from "../../../src/tui/text/slice.ts";
import { lookOf } from "../../../src/tui/theme/look.ts";
import { FLEET, KVM01, NOW } from "../../tui/fleet.ts";

const COMMANDS = new Set(TABLE.map(({ words }) => words.join(" ")));
const look = lookOf("none", "dark", false);

/** The state in which an action's keys count: with its tab over the whole body, where it has one. */
function within(state: State, { tab }: Action): State {
  return tab === undefined ? state : { ...state, tab, zoomed: true };
}

/** A terminal of that size on that screen, with the fleet, or with nothing at all. */
function on(screen: ScreenId, { commands = COMMANDS, fleet = FLEET, size = { columns: 200, rows: 400 } } = {}) {
  const history = new History();
  const reduce = createReducer(history);
  let state: State = newState({ size, now: NOW, hosts: [KVM01], demo: false, readonly: false });
  state = reduce(state, { m: "news", news: { k: "machines", machines: fleet }, now: NOW });
  state = reduce(state, { m: "go", screen });
  return { state, history, commands, keys: {}, look };
}

describe("the one registry", () => {
  it.each(ACTIONS.map((action) => [action.id, action] as const))(
    "%s: has its key, its place in help and palette, its `:` word",
    (id, action) => {
      const screen = action.on[0] ?? "vms";
      const there = on(screen);
      const scope = { ...there, state: within(there.state, action) };
      for (const key of action.keys) expect(actionFor(key, screen, {}, action.tab)?.id).toBe(id);
      const drawn = (overlay: Parameters<typeof drawOverlay>[0]) =>
        (drawOverlay(overlay, scope, { columns: 190, rows: 390 })?.lines ?? []).map(withoutTones);
      const help = drawn({ k: "help", top: 0 });
      const line = help.find(
        (text) => text.includes(` ${action.title}`) && action.keys.every((key) => text.includes(keyWord(key, false))),
      );
      expect(action.keys.length === 0 || line !== undefined).toBe(true);
      const palette = drawn({ k: "palette", of: "all", line: { text: id, at: 0 }, at: 0 });
      expect(palette.some((text) => text.includes(action.title))).toBe(true);
      expect(wordsOf(id, scope)).toEqual(begin(action, scope));
    },
  );

  it.each(ACTIONS.filter(({ foot }) => foot !== undefined).map((action) => [action.id, action] as const))(
    "%s: its key stands in the footer whenever it can be done, and is what a click there does",
    (id, action) => {
      for (const screen of SCREENS.filter((each) => isOn(action, each))) {
        const there = on(screen);
        const ground = { ...there, state: within(there.state, action), ascii: false };
        const place = footerPlaces(footerActions(screen, action.tab), ground).find((each) => each.action.id === id);
        if (action.reason(ground) !== null || keysOf(action, {}).length === 0) continue;
        expect([screen, place?.key]).toEqual([screen, keyWord(action.keys[0] ?? "", false)]);
      }
    },
  );

  it.each([
    [60, "vms", "⏎ open  n new VM  x menu  / filter  : cmd  ? keys  q quit"],
    [80, "vms", "⏎ open  S stop  t ssh  n new VM  x menu  / filter  : cmd  ? keys  q quit"],
    [80, "jobs", "n new VM  space mark  x menu  / filter  : cmd  ? keys  q quit"],
    [80, "images", "⏎ open  p download  n new VM  x menu  / filter  : cmd  ? keys  q quit"],
    [
      120,
      "vms",
      "⏎ open  S stop  t ssh  c console  n new VM  space mark  D delete  x menu  / filter  : cmd  ? keys  q quit",
    ],
  ] as const)("shows at %d columns on %s how to make a VM and where everything is", (columns, screen, words) => {
    const there = on(screen, { size: { columns, rows: 24 } });
    if (screen === "images") {
      const image = { name: "debian-13", title: "Debian 13", stored: null };
      const read = { m: "read", of: "kvm01", what: { images: { how: "ready", value: [image] } } } as const;
      there.state = createReducer(there.history)(there.state, read);
    }
    const places = footerPlaces(footerActions(screen), { ...there, state: there.state });
    expect(places.map(({ key, text }) => `${key} ${text}`).join("  ")).toBe(words);
    expect(places.at(-1)?.to).toBeLessThanOrEqual(columns);
  });

  it("has titles that leave a gap in the palette", () => {
    expect(ACTIONS.map(({ title }) => title).filter((title) => title.length > 29)).toEqual([]);
  });

  it("says why for whatever cannot be done: with nothing there, without its command, on another screen, looking only, cut off", () => {
    const worlds = [
      on("vms", { fleet: [] }),
      on("vms", { commands: new Set() }),
      on("images"),
      on("jobs"),
      { ...on("vms"), state: { ...on("vms").state, readonly: true } },
      { ...on("vms"), state: { ...on("vms").state, link: { how: "lost", message: "gone", since: NOW } } as State },
    ];
    let off = 0;
    for (const ground of worlds)
      for (const action of ACTIONS) {
        const reason = action.reason(ground);
        if (reason === null) continue;
        off += 1;
        expect(reason, action.id).toMatch(/^\S.{6,}[.]$|NAME\.$/s);
        expect(begin(action, ground)).toEqual([
          { k: "message", message: { m: "toast", toast: { text: reason, tone: "warn", at: NOW } } },
        ]);
      }
    expect(off).toBeGreaterThan(100);
  });

  it("lets nothing that changes a VM begin in a session that only looks, nor while the connection is lost", () => {
    const ground = on("vms");
    const changing = ACTIONS.filter(({ act }) => act.k === "operation" || act.k === "command");
    expect(changing.length).toBeGreaterThan(10);
    for (const [part, said] of [
      [{ readonly: true }, "This session only looks."],
      [{ link: { how: "lost", message: "gone", since: NOW } as const }, "The connection is lost."],
    ] as const) {
      const state = { ...ground.state, ...part };
      for (const action of changing.filter(({ on: where }) => where.includes("vms")))
        expect(["This session only looks.", "The connection is lost."]).toContain(action.reason({ ...ground, state }));
      expect(actionFor("S", "vms", {})?.reason({ ...ground, state })).toBe(said);
    }
  });

  it("goes to every screen by its digit and by its name", () => {
    for (const [index, screen] of SCREENS.entries()) {
      expect(actionFor(`${index + 1}`, "vms", {})?.id).toBe(`go.${screen}`);
      expect(wordsOf(SCREEN[screen].id, on("vms"))).toMatchObject([{ message: { m: "go", screen } }]);
    }
  });
});
