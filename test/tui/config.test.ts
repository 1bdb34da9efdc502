import { describe, expect, it } from "vitest";
import { opened, small, wide } from "./opened.ts";

describe("keys of the config", () => {
  const settings = { keys: { "vm.stop": ["ctrl-s"], "view.filter": ["f"], "vm.start": ["moon"] }, views: {} };

  it("do what they are told, stand in footer and help, and what cannot be is shown with what to type", async () => {
    await using terminal = await opened({ ...wide, rows: 55, settings });
    expect(terminal.screen()).toContain("Keys of the config that cannot be");
    expect(terminal.screen()).toContain('ui.keys.vm.start: There is no key "moon".');
    expect(terminal.screen()).toContain("$ hutch config set ui.keys.vm.start ctrl-s");
    await terminal.type("q");
    expect(terminal.lines().at(-1)).toMatch(/ctrl-s stop .* f filter /);
    await terminal.type("S");
    expect(terminal.screen()).not.toContain("$ hutch stop");
    await terminal.type("\x13");
    expect(terminal.screen()).toContain("$ hutch stop ci-runner-1");
    await terminal.type("n", "?");
    expect(terminal.screen()).toMatch(/ctrl-s +Shut down/);
    expect(terminal.screen()).toMatch(/ f +Filter/);
    await terminal.type("q", "f", "db");
    expect(terminal.screen()).toContain("VMs 2 of 14  /db");
  });

  it("are read again after `:config set`", async () => {
    const changing = { keys: {} as Record<string, readonly string[]>, views: {} };
    await using terminal = await opened({ ...wide, settings: changing });
    changing.keys["vm.stop"] = ["F"];
    await terminal.type(":config set ui.keys.vm.stop F\r");
    await terminal.flush();
    await terminal.type("q", "F");
    expect(terminal.ran).toEqual(["run config set ui.keys.vm.stop F"]);
    expect(terminal.screen()).toContain("$ hutch stop ci-runner-1");
  });
});

describe("saved views", () => {
  const prod = {
    filter: "state=running tag=prod",
    sort: { column: "memory", descending: true },
    columns: ["name", "tags", "memory", "cpu", "owner"],
  };
  const settings = { keys: {}, views: { prod, mine: { filter: "owner=hutch", sort: null, columns: null } } };

  it("are shown as choices, looked at by name, and left by Esc", async () => {
    await using terminal = await opened({ ...small, settings });
    await terminal.type(":view ");
    expect(terminal.screen()).toContain(" mine  prod  save");
    await terminal.type("prod\r");
    expect(terminal.screen()).toContain("VMs 4 of 14  prod  /state=running tag=prod");
    expect(terminal.screen()).toMatch(/NAME +TAGS +MEM G▼ +CPU OWNER/);
    expect(terminal.screen()).toMatch(/web-01 +prod +0.8\/4.0 +\d+ hutch/);
    await terminal.type("\x1b");
    await terminal.rest();
    expect(terminal.screen()).toContain("╭─ VMs 14 ─");
    expect(terminal.screen()).toMatch(/NAME +STATE/);
    await terminal.type("w");
    expect(terminal.screen()).toMatch(/1 +prod +state=running tag=prod --sort -memory/);
    await terminal.type("j\r");
    expect(terminal.screen()).toContain("VMs 12 of 14  mine  /owner=hutch");
    await terminal.type("2", ":view prod\r");
    expect(terminal.screen()).toContain("VMs 4 of 14  prod");
    await terminal.type(":view pord\r");
    expect(terminal.screen()).toContain('There is no view "pord". Did you mean prod?');
  });

  it("are saved from what is seen, by the command that does the same", async () => {
    const saving = { keys: {}, views: {} as Record<string, typeof prod> };
    await using terminal = await opened({ ...wide, settings: saving });
    await terminal.type(":view save\r");
    expect(terminal.screen()).toContain("Filter or sort the VMs first.");
    await terminal.type("/tag=prod\r", "oc");
    saving.views["top"] = { ...prod, filter: "tag=prod", sort: { column: "cpu", descending: true } };
    await terminal.type(":view save top\r");
    await terminal.flush();
    expect(terminal.ran.slice(0, 2)).toEqual([
      "run config set views.top.filter tag=prod",
      "run config set views.top.sort -cpu",
    ]);
    await terminal.rest();
    await terminal.type("q", "q", ":view save a/b\r");
    expect(terminal.screen()).toContain("letters, digits and hyphens");
  });
});
