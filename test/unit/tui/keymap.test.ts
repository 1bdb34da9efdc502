import { describe, expect, it } from "vitest";
import { isDeliberate, keymapOf } from "../../../src/tui/actions/keymap.ts";
import { ACTIONS, actionFor } from "../../../src/tui/actions/registry.ts";
import { keyNamed } from "../../../src/tui/input/key-names.ts";
import { KeySplitter } from "../../../src/tui/input/keys.ts";

const asked = (keys: Readonly<Record<string, readonly string[]>>) => keymapOf(keys);

describe("keys of the config", () => {
  it("take the place of an action's own, by its id", () => {
    const { keys, faults } = asked({ "vm.stop": ["Ctrl-S", "F"], "view.mark": ["space", "*"] });
    expect(faults).toEqual([]);
    expect(actionFor("ctrl-s", "vms", keys)?.id).toBe("vm.stop");
    expect(actionFor("F", "vms", keys)?.id).toBe("vm.stop");
    expect(actionFor("S", "vms", keys)).toBeUndefined();
    expect(actionFor("*", "images", keys)?.id).toBe("view.mark");
  });

  it("can be taken away, and change places", () => {
    const { keys, faults } = asked({ "vm.start": ["S"], "vm.stop": ["s"], "vm.pause": [] });
    expect(faults).toEqual([]);
    expect(actionFor("s", "vms", keys)?.id).toBe("vm.stop");
    expect(actionFor("S", "vms", keys)?.id).toBe("vm.start");
    expect(actionFor("z", "vms", keys)).toBeUndefined();
  });

  it.each([
    [
      { "vm.stpo": ["ctrl-s"] },
      'There is no action "vm.stpo". Did you mean vm.stop',
      "hutch config set ui.keys.vm.stop KEY",
    ],
    [
      { "vm.stop": ["ctlr-s"] },
      'There is no key "ctlr-s". Did you mean "ctrl-s"?',
      "hutch config set ui.keys.vm.stop ctrl-s",
    ],
    [{ "vm.stop": ["F5"] }, "function key", "hutch config set ui.keys.vm.stop --unset"],
    [{ "vm.stop": ["ctrl-i"] }, 'A terminal sends tab for "ctrl-i"', "hutch config set ui.keys.vm.stop ctrl-s"],
    [{ "vm.stop": ["s"] }, '"s" is the key of "Start" (vm.start) already.', "hutch config set ui.keys.vm.start none"],
    [{ "vm.stop": ["j"] }, '"j" is the key of "Down" (move.down) already.', "hutch config set ui.keys.move.down none"],
    [{ "vm.force-off": ["k"] }, '"Cut the power" loses data', "hutch config set ui.keys.vm.force-off alt-x"],
    [
      { "vm.delete": ["ctrl-d"] },
      "loses data: it takes a capital letter, alt-… or delete",
      "hutch config set ui.keys.vm.delete D",
    ],
  ])("%j is told, with what to type, and the action keeps its own", (keys, message, next) => {
    const { keys: known, faults } = asked(keys);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toContain(message);
    expect(faults[0]?.next).toContain(next);
    expect(known).toEqual({});
  });

  it("that two ask for go to neither, and all else holds", () => {
    const { keys, faults } = asked({ "vm.stop": ["F"], "vm.restart": ["F"], "vm.edit": ["ctrl-e"] });
    expect(faults.map(({ id }) => id)).toEqual(["vm.stop", "vm.restart"]);
    expect(keys).toEqual({ "vm.edit": ["ctrl-e"] });
  });

  it("are left as they were when what they made room for is", () => {
    // restart may not have `j`, so it keeps R, and so stop cannot have that.
    const { keys, faults } = asked({ "vm.restart": ["j"], "vm.stop": ["R"] });
    expect(faults.map(({ id }) => id)).toEqual(["vm.restart", "vm.stop"]);
    expect(keys).toEqual({});
  });

  it("never put what loses data where a finger slips: nor does hutch itself", () => {
    const losing = ACTIONS.filter(({ ask }) => ask === "name");
    expect(losing.length).toBeGreaterThan(5);
    for (const { id, keys } of losing) expect([id, keys.filter((key) => !isDeliberate(key))]).toEqual([id, []]);
  });

  it("are named as hutch's own are, every one of them", () => {
    for (const { id, keys } of ACTIONS)
      for (const key of keys) expect([id, keyNamed(key)]).toEqual([id, { name: key }]);
  });

  it.each([
    ["ctrl-s", "\x13"],
    ["alt-X", "\x1bX"],
    ["shift-tab", "\x1b[Z"],
    ["ctrl-left", "\x1b[1;5D"],
    ["pgdn", "\x1b[6~"],
    ["é", "é"],
    ["ctrl-space", "\0"],
  ])("%s is what a terminal sends as %j", (name, sent) => {
    expect(keyNamed(name)).toEqual({ name });
    const splitter = new KeySplitter();
    expect([...splitter.push(sent), ...splitter.flush()].map((input) => input.k === "key" && input.name)).toEqual([
      name,
    ]);
  });
});
