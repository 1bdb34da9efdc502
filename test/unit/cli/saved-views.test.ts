import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { UiSettings } from "../../../src/core/ui-settings.ts";
import * as library from "../../../src/index.ts";
import { hutch, machine } from "./stand-in.ts";

const web = machine("web");
const MACHINES = [
  { ...web, record: web.record && { ...web.record, tags: ["prod"] } },
  machine("db"),
  machine("old", {}, "trashed"),
];
const VIEWS: UiSettings["views"] = {
  prod: { filter: "tag=prod", sort: null, columns: null },
  big: { filter: "", sort: { column: "name", descending: true }, columns: ["name", "cpu", "tags"] },
  trash: { filter: "state=trashed", sort: { column: "cpu", descending: true }, columns: ["cpu"] },
  hot: { filter: "cpu>50", sort: null, columns: null },
};
const list = (...words: string[]) => hutch(["list", ...words], { machines: MACHINES, uiSettings: { views: VIEWS } });

describe("list --view", () => {
  it("filters, sorts and shows as the view says, but for what only a screen that watches knows", async () => {
    expect((await list("--view", "prod", "-o", "name")).stdout).toBe("web\n");
    expect((await list("--view", "big")).stdout).toBe("NAME  TAGS\nweb   prod\ndb    -\n");
    expect((await list("--view", "trash")).stdout).toMatch(/^NAME +STATE .*\nold +trashed /);
  });

  it("takes further filters, another order and other columns", async () => {
    expect((await list("--view", "big", "!web", "--columns", "name")).stdout).toBe("NAME\ndb\n");
    expect((await list("--view", "big", "--sort", "name", "-o", "name")).stdout).toBe("db\nweb\n");
  });

  it.each([
    ["pord", 4, 'Did you mean "prod"?'],
    ["moon", 4, "There are prod, big, trash, hot"],
    ["constructor", 4, 'There is no view "constructor"'],
    ["hot", 2, "asks for cpu>50, which only the terminal UI knows"],
  ])("refuses %s", async (name, exit, said) => {
    const { code, stderr } = await list("--view", name);
    expect([code, stderr.includes(said)]).toEqual([exit, true]);
  });
});

describe("settings of the terminal UI", () => {
  let home = "";
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "t-config-"));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const env = () => ({ HOME: home, XDG_CONFIG_HOME: home });
  const config = (...words: string[]) => hutch(["config", ...words], { library: async () => library, env: env() });
  const file = () => readFileSync(join(home, "hutch", "config.yaml"), "utf8");

  it("are set by action, by view and by name", async () => {
    expect((await config("set", "ui.keys.vm.stop", "ctrl-s,F")).code).toBe(0);
    expect((await config("set", "views.prod.filter", "state=running tag=prod")).code).toBe(0);
    expect((await config("set", "views.prod.columns", "name,cpu")).code).toBe(0);
    expect((await config("set", "ui.theme", "light")).code).toBe(0);
    expect(await library.uiSettings({ env: env() })).toEqual({
      theme: "light",
      keys: { "vm.stop": ["ctrl-s", "F"] },
      views: { prod: { filter: "state=running tag=prod", sort: null, columns: ["name", "cpu"] } },
    });
    const all = (await config("get")).stdout;
    expect(all).toMatch(/ui\.keys\.vm\.stop +ctrl-s,F/);
    expect(all).toMatch(/views\.prod\.filter +state=running tag=prod/);
    expect((await config("explain", "ui.keys.vm.start")).stdout).toContain("→ default: its own");
    expect((await config("set", "ui.keys.vm.stop", "--unset")).code).toBe(0);
    expect(file()).not.toContain("keys");
  });

  it.each([
    ["ui.keys.vm.stpo", "ctrl-s", 'There is no action "vm.stpo". Did you mean vm.stop'],
    ["ui.keys.vm.stop", "ctlr-s", 'Did you mean "ctrl-s"?'],
    ["ui.keys.vm.stop", "s", 'is the key of "Start" (vm.start) already'],
    ["ui.keys.vm.delete", "x", "loses data"],
    ["ui.theme", "blue", "one of dark, light"],
    ["views.prod.filter", "stat=running", 'Did you mean "state"?'],
    ["views.prod.sort", "memry", 'Did you mean "memory"?'],
    ["views.prod.order", "name", "There are connect"],
  ])("%s %s is refused with what to type, and the file stays", async (key, value, said) => {
    await config("set", "image", "debian-12");
    const before = file();
    const { code, stderr } = await config("set", key, value);
    expect([code, stderr.includes(said), stderr.includes("→")]).toEqual([2, true, true]);
    expect(file()).toBe(before);
  });
});
