import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/host/config.ts";
import { saidIn, withSetting } from "../../../src/host/config-write.ts";
import { parseUiConfig } from "../../../src/host/ui-config.ts";

const FILE = `ui:
  theme: light
  mouse: no
  ascii: true
  keys:
    vm.stop: ctrl-s # as in the editor
    vm.edit: [E, alt-e]
    vm.pause: none
views:
  prod:
    filter: state=running tag=prod
    sort: -memory
    columns: name, state, cpu
  all: {}
`;

describe("the parts of the config that are about looking", () => {
  it("are read, and none of them is unknown", () => {
    expect(parseUiConfig(FILE, "c.yaml")).toEqual({
      theme: "light",
      mouse: false,
      ascii: true,
      keys: { "vm.stop": ["ctrl-s"], "vm.edit": ["E", "alt-e"], "vm.pause": [] },
      views: {
        prod: {
          filter: "state=running tag=prod",
          sort: { column: "memory", descending: true },
          columns: ["name", "state", "cpu"],
        },
        all: { filter: "", sort: null, columns: null },
      },
    });
    expect(parseConfig(FILE, "c.yaml").warnings).toEqual([]);
    expect(parseUiConfig("image: debian-12\n", "c.yaml")).toEqual({ keys: {}, views: {} });
  });

  it.each([
    ["ui:\n  theme: blue\n", 'c.yaml:2: "theme" must be one of dark, light'],
    ["ui:\n  mouse: perhaps\n", 'c.yaml:2: "mouse" must be yes or no'],
    ["ui:\n  keys: ctrl-s\n", 'c.yaml:2: "keys" must be settings of its own'],
    ["ui:\n  keys:\n    vm: {stop: x}\n", 'c.yaml:3: "vm" must be a text, or a list of texts'],
    ["views:\n  my view: {filter: web}\n", 'c.yaml:2: "my view": a view\'s name has letters'],
    [
      "views:\n  a:\n    filter: stat=running\n",
      'c.yaml:3: The filter "stat=running": there is no "stat". Did you mean "state"?',
    ],
    ["views:\n  a:\n    sort: memry\n", 'c.yaml:3: there is no column "memry". Did you mean "memory"?'],
    ["views:\n  a:\n    columns: [name, colour]\n", 'c.yaml:3: there is no column "colour"; there are name'],
  ])("%j is refused with its line", (text, message) => {
    expect(() => parseUiConfig(text, "c.yaml")).toThrow(message);
  });

  it("warns of what is unknown in them", () => {
    expect(parseConfig("ui:\n  them: x\nviews:\n  a:\n    fliter: x\n", "c.yaml").warnings).toEqual([
      'c.yaml:2: hutch knows no setting "ui.them".',
      'c.yaml:5: hutch knows no setting "views.a.fliter".',
    ]);
  });

  it("are changed one by one: an action's id stays one word", () => {
    const set = withSetting(FILE, "c.yaml", "ui.keys.vm.stop", ["F"]);
    expect(set).toContain("vm.stop: [ F ]");
    expect(saidIn(set)("ui.keys.vm.stop")).toBe("F");
    expect(withSetting(FILE, "c.yaml", "views.prod.sort", "name")).toContain("sort: name");
    expect(withSetting("", "c.yaml", "views.web.filter", "web")).toBe("views:\n  web:\n    filter: web\n");
    expect(() => withSetting(FILE, "c.yaml", "views.prod.filter", "stat=x")).toThrow('Did you mean "state"');
    expect(() => withSetting(FILE, "c.yaml", "ui.theme", "blue")).toThrow("one of dark, light");
  });
});
