import { describe, expect, it } from "vitest";
import { lookOf } from "../../src/tui/theme/look.ts";
import { finished } from "../unit/cli/stand-in.ts";
import { FLEET, fleetHost, NOW } from "./fleet.ts";
import { cursor, opened, small, wide } from "./opened.ts";

/** DESIGN gives a move of the cursor 1 kB. */
const MOST_BYTES_A_MOVE = 1000;

describe("keys", () => {
  it("that were typed ahead are all done, in order", async () => {
    await using terminal = await opened(small);
    await terminal.type("jjj");
    expect(cursor(terminal)).toBe("db-replica");
    await terminal.type("G", "gj\r");
    expect(terminal.screen()).toContain("╭─ ci-runner-2 ─");
    await terminal.type("\x1b");
    await terminal.rest();
    expect(terminal.screen()).toContain("╭─ VMs 14 ─");
  });

  it("filter as they are typed; Esc takes one level back each time", async () => {
    await using terminal = await opened(small);
    await terminal.type("/", "state=running web");
    expect(terminal.screen()).toContain("VMs 2 of 14  /state=running web");
    await terminal.type("\r", " ");
    expect(terminal.screen()).toContain("1 marked");
    await terminal.type("\x1b");
    await terminal.rest();
    expect(terminal.screen()).toMatch(/VMs 14 {2}1 marked/);
    await terminal.type("\x1b");
    await terminal.rest();
    expect(terminal.screen()).not.toContain("marked");
  });

  it("say why they do nothing", async () => {
    await using terminal = await opened(small);
    await terminal.type("s");
    expect(terminal.screen()).toContain("ci-runner-1 runs already.");
    await terminal.type("u");
    expect(terminal.screen()).toContain("is not in the trash.");
    expect(terminal.host.calls).toEqual([]);
  });

  it("tell of what refuses at once", async () => {
    await using terminal = await opened(small);
    await terminal.type("2");
    await terminal.rest();
    await terminal.type("b");
    expect(terminal.screen()).toContain("hutch broke: no tools");
  });

  it("stop a VM only after a yes, and follow it as a job", async () => {
    await using terminal = await opened(small);
    await terminal.type("S");
    expect(terminal.screen()).toContain("$ hutch stop ci-runner-1");
    await terminal.type("\r");
    expect(terminal.host.calls).toEqual([]);
    await terminal.type("S", "y");
    expect(terminal.host.calls).toEqual([["stop", { names: ["ci-runner-1"] }]]);
    expect(terminal.screen()).toContain("Shut down ci-runner-1: done");
    await terminal.type("7");
    expect(terminal.screen()).toContain("$ hutch stop ci-runner-1");
  });

  it("delete only what is typed out by its name", async () => {
    await using terminal = await opened(small);
    await terminal.type("D", "y", "\r");
    expect(terminal.host.calls).toEqual([]);
    await terminal.type("\x7f", "ci-runner-1", "\r");
    expect(terminal.host.calls).toEqual([["delete", { names: ["ci-runner-1"] }]]);
  });

  it("list what a purge loses", async () => {
    await using terminal = await opened(wide);
    await terminal.type("G", ":", "vm.purge", "\r");
    await terminal.rest();
    expect(terminal.screen()).toContain("hutch/old-web.qcow2");
    expect(terminal.screen()).toContain("This cannot be undone.");
    await terminal.type("old-web", "\r");
    expect(terminal.host.calls).toEqual([["purge", ["old-web"]]]);
  });

  it("act on all that are marked, and ask for how many", async () => {
    await using terminal = await opened(wide);
    await terminal.type("/web-0\r", "\x01", "D", "delete 2\r");
    expect(terminal.host.calls).toEqual([["delete", { names: ["web-01", "web-02"] }]]);
  });

  it("hand the terminal over to a shell and take it back whole", async () => {
    await using terminal = await opened(small);
    const before = terminal.screen();
    const from = terminal.raw.length;
    await terminal.type("t");
    await terminal.rest();
    expect(terminal.ran).toEqual(["attach shell ci-runner-1"]);
    const raw = terminal.raw.slice(from);
    expect(raw.indexOf("\x1b[?1049l")).toBeGreaterThanOrEqual(0);
    expect(raw.indexOf("\x1b[?1049h")).toBeGreaterThan(raw.indexOf("\x1b[?1049l"));
    expect(terminal.screen()).toBe(before);
    await terminal.type("j");
    expect(cursor(terminal)).toBe("ci-runner-2");
  });

  it("take any command of hutch, completed, and show what it printed", async () => {
    await using terminal = await opened(wide);
    await terminal.type(":", "image pu", "\t", "debian-12", "\r");
    await terminal.flush();
    expect(terminal.ran).toEqual(["run image pull debian-12"]);
    expect(terminal.screen()).toContain("second line");
    await terminal.type("q", ":", "\x1b[A");
    expect(terminal.screen()).toContain(": image pull debian-12");
  });

  it("find every action by name, and copy its command line", async () => {
    await using terminal = await opened(wide);
    await terminal.type("x", "cut the");
    expect(terminal.screen()).toContain("$ hutch stop --force ci-runner-1");
    await terminal.type("\x19");
    const copied = /\x1b\]52;c;([^\x07]+)\x07/.exec(terminal.raw)?.[1] ?? "";
    expect(Buffer.from(copied, "base64").toString()).toBe("hutch stop --force ci-runner-1");
  });

  it("start and stop what others made, which the question and the command say; all else says why not", async () => {
    await using terminal = await opened(small);
    await terminal.type("/name=win11-desk,web-01\r", "\x01", "S");
    expect(terminal.screen()).toContain("· win11-desk  made by others");
    expect(terminal.screen()).toMatch(/· web-01 +│/);
    expect(terminal.screen()).toContain("$ hutch stop --foreign web-01 win11-desk");
    await terminal.type("y");
    expect(terminal.host.calls).toEqual([["stop", { names: ["web-01", "win11-desk"], foreign: true }]]);
    await terminal.type("V", "/\x15name=win11-desk\r", "z");
    expect(terminal.screen()).toContain("hutch did not make win11-desk; hutch adopt win11-desk brings it under");
    expect(terminal.host.calls).toHaveLength(1);
  });

  it("write over what a field came with, or change it where the cursor is moved first", async () => {
    await using terminal = await opened(wide);
    await terminal.type("n", "web-9", "\t", "debian-12", "\t", "\x1b[D", "\x7f", "3", "\t", "\x7f", "8G");
    expect(terminal.screen()).toContain("$ hutch launch debian-12 --name web-9 --cpus");
    expect(terminal.program.store.get().overlays.at(-1)).toMatchObject({
      form: { fields: { image: { text: "debian-12" }, memory: { text: "8G" } } },
    });
    await terminal.type("\x1b[Z\x1b[Z", "debian-13");
    expect(terminal.screen()).toContain("$ hutch launch debian-13 --name web-9");
  });

  it("launch from one form that is checked as it is typed", async () => {
    await using terminal = await opened(wide);
    await terminal.type("n", "web 1");
    expect(terminal.screen()).toContain("a space in it");
    await terminal.type("\r");
    expect(terminal.host.calls).toEqual([]);
    await terminal.type("\x15", "web-9", "\t\t", "\x15", "99");
    expect(terminal.screen()).toContain("The host has 32 CPUs.");
    await terminal.type("\x15", "4");
    expect(terminal.screen()).toContain("$ hutch launch debian-13 --name web-9 --cpus 4");
    expect(terminal.screen()).toContain("free: 61 GiB of 128 GiB of memory");
    await terminal.type("\r");
    expect(terminal.host.calls).toMatchObject([
      ["launch", { name: "web-9", cpus: 4, memoryMiB: 2048, engine: "docker" }],
    ]);
  });

  it.each([
    [false, "Next time docker can be there from the start: hutch image bake debian-13 --engine docker", []],
    [true, "bake docker into debian-13: done", [["bake", { base: "debian-13", engine: "docker" }]]],
  ])("launch, and bake what was installed where the config file says so: %s", async (auto, said, bakes) => {
    const host = fleetHost();
    const bake = { base: "debian-13", engine: "docker", auto };
    Object.assign(host.hutch, { launch: () => finished({ warnings: [], bake }) });
    await using terminal = await opened({ ...wide, host });
    await terminal.type("n", "web-9", "\r");
    await terminal.rest();
    expect(terminal.screen()).toContain(said);
    expect(host.calls).toEqual(bakes);
  });

  it("show help that names the reason of what is off", async () => {
    await using terminal = await opened({ ...wide, rows: 55 });
    await terminal.type("?");
    expect(terminal.screen()).toMatch(/s +Start +ci-runner-1 runs already/);
    await terminal.type("\x1b");
    await terminal.rest();
    expect(terminal.screen()).not.toContain("any other key closes");
  });
});

describe("the mouse", () => {
  const click = (column: number, row: number) => `\x1b[<0;${column + 1};${row + 1}M`;

  it("chooses, opens, scrolls, sorts, goes to screens and presses the footer", async () => {
    await using terminal = await opened(small);
    await terminal.type(click(10, 6));
    expect(cursor(terminal)).toBe("db-primary");
    await terminal.type("\x1b[<65;5;5M");
    expect(cursor(terminal)).toBe("k3s-cp-0");
    await terminal.type(click(5, 3));
    expect(terminal.screen()).toContain("NAME▲");
    await terminal.type(click(9, 1));
    expect(terminal.screen()).toContain("╭─ Images");
    await terminal.type(click(1, 1));
    const last = terminal.lines().at(-1) ?? "";
    await terminal.type(click(last.indexOf("keys"), 23));
    expect(terminal.screen()).toContain("any other key closes");
  });

  it("presses what stands in the footer, in ASCII too", async () => {
    await using terminal = await opened({ ...small, look: lookOf("none", "dark", true) });
    const last = terminal.lines().at(-1) ?? "";
    expect(last).toContain("Enter open");
    await terminal.type(click(last.indexOf("keys"), 23));
    expect(terminal.screen()).toContain("any other key closes");
  });

  it("opens what is clicked twice, chooses tabs, scrolls the detail under it, and moves nothing beside the rows", async () => {
    const host = fleetHost();
    Object.assign(host.hutch, { xml: async () => `<domain type='kvm'>\n${"  <more/>\n".repeat(40)}</domain>` });
    await using terminal = await opened({ ...wide, host });
    const detail = 85;
    const tabs = terminal.lines()[3] ?? "";
    await terminal.type(click(tabs.indexOf("XML"), 3));
    await terminal.rest();
    expect(terminal.screen()).toContain("<domain type='kvm'>");
    await terminal.type(`\x1b[<65;${detail};8M`);
    expect(terminal.program.store.get().scroll).toBe(3);
    expect(cursor(terminal)).toBe("ci-runner-1");
    await terminal.type(click(10, 25));
    expect(cursor(terminal)).toBe("ci-runner-1");
    await terminal.type(click(10, 6), click(10, 6));
    expect(terminal.screen()).toContain("╭─ db-primary ─");
    expect(terminal.screen()).not.toContain("╭─ VMs");
  });
});

describe("what happens on the host", () => {
  it("is read again each time a list is looked at: others change it too", async () => {
    await using terminal = await opened(wide);
    await terminal.type("3");
    await terminal.rest();
    expect(terminal.screen()).toContain("Networks 2 ");
    Object.assign(terminal.host.hutch, { hostNetworks: async () => [] });
    await terminal.type("1");
    await terminal.rest();
    await terminal.type("3");
    await terminal.rest();
    expect(terminal.screen()).toContain("libvirt has no networks here");
  });

  it("is seen at once, and counted until it has been looked at", async () => {
    await using terminal = await opened(wide);
    const [first] = FLEET;
    if (first === undefined) throw new Error("there is a fleet");
    terminal.host.tell({
      k: "changed",
      machines: [{ ...first, status: { ...first.status, power: "crashed" } }],
      gone: [],
    });
    terminal.host.tell({
      k: "happened",
      happening: { at: NOW, what: "vm", name: "web-01", uuid: first.uuid, text: "crashed", level: "warn" },
    });
    await terminal.flush();
    expect(terminal.screen()).toMatch(/web-01 +✖ crashed/);
    expect(terminal.screen()).toContain("8 Events 1!");
    await terminal.type("8");
    expect(terminal.screen()).toMatch(/VM +web-01 +crashed/);
    expect(terminal.screen()).not.toContain("1!");
  });

  it("is shown as it was while the connection is lost, and as it is when it comes back", async () => {
    await using terminal = await opened(small);
    terminal.host.tell({ k: "lost", message: "libvirt does not answer." });
    await terminal.flush();
    expect(terminal.lines()[0]).toMatch(/✖ lost libvirt does not answer\. +retrying, 0 s old/);
    expect(terminal.screen()).toContain("db-primary");
    await terminal.type("S");
    expect(terminal.screen()).toContain("The connection is lost.");
    terminal.host.tell({ k: "machines", machines: FLEET.slice(0, 2) });
    await terminal.pass(1);
    await terminal.flush();
    expect(terminal.lines()[0]).toContain("2/2 run");
    expect(terminal.screen()).toContain("The connection is back.");
  });

  it("cannot break the screen with names or with what a guest writes", async () => {
    await using terminal = await opened(wide);
    terminal.host.tell({
      k: "changed",
      machines: FLEET.slice(0, 3).map((each, at) => ({
        ...each,
        name: ["👩‍👩‍👧-vm", "⚠️\u202e\x1b[31m", "한국어".repeat(20)][at] ?? "",
      })),
      gone: [],
    });
    await terminal.flush();
    await terminal.type("g", "]]");
    await terminal.rest();
    expect(terminal.screen()).toContain("login: □ ·[31mred");
    expect(terminal.lines()).toEqual(terminal.meant());
  });
});

describe("the size", () => {
  it("may change at any time; below 60x15 it says what it needs", async () => {
    await using terminal = await opened({ columns: 200, rows: 55 });
    for (const [columns, rows] of [
      [80, 24],
      [120, 35],
      [60, 15],
      [59, 14],
      [160, 50],
    ] as const) {
      await terminal.resize(columns, rows);
      await expect.poll(() => terminal.wrongLines()).toEqual([]);
    }
    await terminal.resize(40, 10);
    expect(terminal.screen()).toContain("It has 40x10, it needs 60x15.");
  });

  it("that shows nothing gives nothing to a question that is open, and q quits", async () => {
    await using terminal = await opened(small);
    await terminal.type("D");
    await terminal.resize(40, 10);
    expect(terminal.screen()).toContain("q quits");
    await terminal.type("ci-runner-1", "\r");
    expect(terminal.host.calls).toEqual([]);
    await terminal.type("q");
    await expect(terminal.ended).resolves.toBe(0);
  });
});

describe("what is written to the terminal", () => {
  it("is little for a move, nothing when nothing changes, and never a clear", async () => {
    const many = Array.from({ length: 1000 }, (_, at) => {
      const each = FLEET[at % 12];
      if (each === undefined) throw new Error("there is a fleet");
      return { ...each, uuid: `${at}`, name: `vm-${`${at}`.padStart(4, "0")}` };
    });
    await using terminal = await opened({
      columns: 160,
      rows: 50,
      look: lookOf("true", "dark", false),
      host: fleetHost(many),
    });
    await terminal.rest();
    const first = terminal.raw.length;
    await terminal.rest();
    expect(terminal.raw.length - first).toBe(0);
    await terminal.type("j");
    await terminal.rest();
    await terminal.type("j");
    await terminal.rest();
    const before = terminal.raw.length;
    await terminal.type("j");
    // The detail of another VM is read and drawn: that counts too.
    await terminal.rest();
    const written = Buffer.byteLength(terminal.raw.slice(before));
    expect(written).toBeGreaterThan(0);
    expect(written).toBeLessThanOrEqual(MOST_BYTES_A_MOVE);
    await terminal.pass(5);
    await terminal.flush();
    expect(terminal.raw.slice(20)).not.toMatch(/\x1b\[[0-3]?J/);
    expect(terminal.lines()).toEqual(terminal.meant());
  });
});
