/** What is said is said whole: by commands, and where there is little room. */
import { describe, expect, it } from "vitest";
import { fleetHost } from "./fleet.ts";
import { opened, small } from "./opened.ts";

describe("a command that says one thing", () => {
  it("says it, and not only that it is done", async () => {
    await using terminal = await opened(small);
    await terminal.type(":display ci-runner-1\r");
    await terminal.flush();
    expect(terminal.screen()).toContain("vnc://127.0.0.1:5900");
    expect(terminal.screen()).not.toContain("any key closes");
  });
});

describe("a list", () => {
  it("that is empty takes the room of what would be told of a row, and opens none", async () => {
    await using terminal = await opened(small);
    await terminal.type("7");
    expect(terminal.screen()).toContain("Nothing has been done yet.");
    expect(terminal.lines().filter((line) => line.startsWith("─"))).toEqual([]);
    await terminal.type("\r");
    expect(terminal.screen()).toContain("There is nothing to open.");
    expect(terminal.screen()).toContain("╭─ Jobs 0");
  });

  it("says of what does not fit which part of it is seen, and how to see the rest", async () => {
    const host = fleetHost();
    Object.assign(host.hutch, { xml: async () => "<domain>\n".repeat(40) });
    await using terminal = await opened({ ...small, host });
    await terminal.type("/web-01\r", "\r", ":tab.xml\r");
    await terminal.rest();
    expect(terminal.screen()).toMatch(/1-17 of \d+ {3}J K scroll/);
    await terminal.type("J");
    expect(terminal.screen()).toMatch(/ 4-20 of \d+ {3}J K scroll/);
    // No further than its end, from where one key leads back.
    await terminal.type("J".repeat(40));
    expect(terminal.screen()).toMatch(/ 24-40 of 40 {3}J K scroll/);
    await terminal.type("K");
    expect(terminal.screen()).toMatch(/ 21-37 of 40 {3}J K scroll/);
    await terminal.type(":tab.network\r");
    await terminal.rest();
    expect(terminal.screen()).not.toContain("J K scroll");
  });

  it("looks at the end of a console, back by K and on by J", async () => {
    const host = fleetHost();
    const logs = async function* () {
      for (let line = 1; line <= 60; line += 1) yield `line ${line}`;
    };
    Object.assign(host.hutch, { logs });
    await using terminal = await opened({ ...small, host });
    await terminal.type("/web-01\r", "\r", ":tab.console\r");
    await terminal.rest();
    await expect.poll(() => terminal.screen()).toContain("line 60 ");
    await terminal.type("KK");
    await terminal.flush();
    expect(terminal.screen()).not.toContain("line 55 ");
    expect(terminal.screen()).toContain("line 54 ");
    await terminal.type("JJ");
    await terminal.flush();
    expect(terminal.screen()).toContain("line 60 ");
  });

  it("that is of a VM's cards says so where there is none", async () => {
    const host = fleetHost();
    const { info } = host.hutch;
    Object.assign(host.hutch, { info: async (name: string) => ({ ...(await info(name)), macs: [], addresses: [] }) });
    await using terminal = await opened({ ...small, host });
    await terminal.type("/win11\r", "\r", ":tab.network\r");
    await terminal.rest();
    expect(terminal.screen()).toContain("It has no network card.");
  });

  it("counts as running what runs, and not what is paused", async () => {
    await using terminal = await opened(small);
    expect(terminal.lines()[0]).toContain("10/13 run");
    expect(terminal.screen()).toMatch(/10 running .* 1 paused/);
  });
});

describe("what a command prints", () => {
  it("goes on in the next line where it is words, and is cut where it is a table", async () => {
    await using terminal = await opened(small);
    const words = `Warning: ${"its disks lie in no pool ".repeat(4)}at all.`;
    const table = `NAME  ${"x".repeat(90)}`;
    terminal.program.store.send({ m: "open", overlay: { k: "output", title: "adopt", lines: [words, table], top: 0 } });
    await terminal.flush();
    expect(terminal.screen()).toContain("in no pool at all.");
    expect(terminal.screen()).toMatch(/NAME {2}x+…/);
  });
});

describe("where there is little room", () => {
  it("shows of a form the fields around the cursor, and what is wrong, free and done under them", async () => {
    await using terminal = await opened({ columns: 60, rows: 15 });
    await terminal.type("n", "web-01");
    await terminal.rest();
    expect(terminal.screen()).toContain("There is a VM named web-01 already.");
    expect(terminal.screen()).toContain("$ hutch launch debian-13 --name web-01");
    expect(terminal.screen()).not.toContain("Autostart");
    await terminal.type("\x1b[Z");
    expect(terminal.screen()).toContain("▸ Autostart  no");
  });

  it("shows a way in that is whole", async () => {
    const host = fleetHost();
    const ssh = `ssh -F none -o UserKnownHostsFile=/home/ada/.local/share/hutch/known_hosts ada@10.0.0.11`;
    const { info } = host.hutch;
    Object.assign(host.hutch, { info: async (name: string) => ({ ...(await info(name)), ssh }) });
    await using terminal = await opened({ ...small, host });
    await terminal.type("/web-01\r", "\r");
    await terminal.rest();
    expect(terminal.screen()).toMatch(/ssh +hutch shell web-01 /);
    await terminal.resize(140, 30);
    expect(terminal.screen()).toContain(ssh);
  });

  it("offers in the menu what can be done to what is shown", async () => {
    await using terminal = await opened(small);
    await terminal.type("x");
    expect(terminal.screen()).toContain("$ hutch stop ci-runner-1");
    for (const [columns, rows] of [
      [80, 24],
      [60, 15],
    ] as const) {
      await terminal.resize(columns, rows);
      expect(terminal.screen()).toMatch(/1-\d+ of \d+ {3}enter do it {3}ctrl-y copy {3}esc close/);
    }
    await terminal.resize(80, 24);
    await terminal.type("container");
    expect(terminal.screen()).not.toContain("(container)");
    await terminal.type("qqq");
    expect(terminal.screen()).toContain("Nothing has these letters.");
  });
});
