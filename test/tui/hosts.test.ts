/** Several hosts beside one another, in a real terminal. */
import { describe, expect, it } from "vitest";
import { HutchError } from "../../src/core/errors.ts";
import type { UiSettings } from "../../src/core/ui-settings.ts";
import type { Hutch } from "../../src/index.ts";
import { wordsOf } from "../../src/tui/input/command-words.ts";
import { sentences } from "../../src/tui/speech/speak.ts";
import { lookOf } from "../../src/tui/theme/look.ts";
import { FLEET, fleetHost } from "./fleet.ts";
import { doorAt, TestTerminal } from "./terminal.ts";

const look = lookOf("none", "dark", false);
const never = () => new Promise<Hutch>(() => undefined);
const away = async (): Promise<Hutch> => {
  throw new HutchError({ code: "E_HOST", message: "No route to host." });
};

/** Both know the first two VMs by the same UUIDs, and nas one more. */
async function opened(
  more: Readonly<Record<string, () => Promise<Hutch>>> = {},
  columns = 120,
  views: UiSettings["views"] = {},
) {
  const [nas, attic] = [fleetHost(FLEET.slice(0, 3)), fleetHost(FLEET.slice(0, 2))];
  const hosts = { nas: async () => nas.hutch, attic: async () => attic.hutch, ...more };
  const terminal = new TestTerminal({ look, columns, rows: 34, hosts, settings: { keys: {}, views } });
  await terminal.pass(3);
  await expect.poll(() => terminal.wrongLines(), { timeout: 5_000 }).toEqual([]);
  return { terminal, nas, attic, stop: () => terminal[Symbol.asyncDispose]() };
}

describe("several hosts", () => {
  it("show their VMs in one table, each with its host and its own figures", async () => {
    const { terminal, nas, stop } = await opened();
    expect(terminal.screen()).toContain("VMs 5 ");
    expect(terminal.screen()).toMatch(/NAME +HOST +STATE/);
    expect(terminal.screen()).toMatch(/web-01 +attic +● running +\d/);
    expect(terminal.screen()).toMatch(/web-01 +nas +● running +\d/);
    expect(terminal.lines()[0]).toContain("nas ●  attic ●");
    nas.tell({ k: "changed", machines: [], gone: [FLEET[0]?.uuid ?? ""] });
    await terminal.flush();
    expect(terminal.screen()).toMatch(/web-01 +attic/);
    expect(terminal.screen()).not.toMatch(/web-01 +nas/);
    await stop();
  });

  it("are told apart by actions and by the command that does the same", async () => {
    const { terminal, nas, attic, stop } = await opened();
    await terminal.type("/", "host=attic web-01", "\r", "S");
    expect(terminal.screen()).toContain("$ hutch -c attic stop web-01");
    await terminal.type("y");
    expect(attic.calls).toEqual([["stop", { names: ["web-01"] }]]);
    expect(nas.calls).toEqual([]);
    await terminal.type("/", "\x15", "web-01", "\r", "\x01", "S");
    expect(terminal.screen()).toContain("$ hutch -c attic stop web-01; hutch -c nas stop web-01");
    await terminal.type("y");
    expect([attic.calls.length, nas.calls.length]).toEqual([2, 1]);
    await terminal.type("V", "c");
    expect(terminal.ran).toEqual([expect.stringMatching(/^attach --connect (nas|attic) console web-01$/)]);
    await stop();
  });

  it("are named by what containers show, and not by what is done to hutch's own config", async () => {
    const { terminal, nas, attic, stop } = await opened();
    await terminal.type("/", "host=nas web-01", "\r", "\r", ":tab.containers\r");
    await terminal.rest();
    await terminal.type("=");
    await terminal.type("\x15", "2");
    expect(terminal.screen().replace(/[\s│]+/g, " ")).toContain("$ hutch -c nas exec web-01 -- docker update");
    await terminal.type("\x1b");
    await terminal.silence();
    await terminal.type("L");
    expect(terminal.screen()).toContain("$ hutch -c nas exec web-01 -- docker logs");
    expect(nas.calls.map(([method]) => method)).toContain("containers");
    expect(attic.calls).toEqual([]);
    await terminal.type("\x1b");
    await terminal.silence();
    await terminal.type(":config get image\r");
    expect(terminal.ran).toEqual(["run config get image"]);
    await stop();
  });

  it("are a part of saved views", async () => {
    const there = { filter: "host=nas web-01", sort: null, columns: ["name", "host", "uuid"] };
    const { terminal, stop } = await opened({}, 120, { there });
    await terminal.type(":view there\r");
    expect(terminal.screen()).toMatch(/NAME +HOST +UUID/);
    expect(terminal.screen()).toMatch(/web-01 +nas +00000000-0000-4000-8000-000000000001 +│/);
    expect(terminal.screen()).not.toMatch(/web-01 +attic/);
    await stop();
  });

  it("show what each has besides VMs in one list, whose rows are each at its own host", async () => {
    const { terminal, nas, attic, stop } = await opened();
    await terminal.type("3");
    await terminal.rest();
    expect(terminal.screen()).toContain("Networks 4 ");
    expect(terminal.screen()).toMatch(/NAME +HOST +STATE/);
    for (const host of ["nas", "attic"]) expect(terminal.screen()).toMatch(new RegExp(`default +${host} +● active`));
    await terminal.type("/", "host=attic lab", "\r");
    expect(terminal.screen()).toContain("Networks 1 of 4  /host=attic lab");
    await terminal.type("4");
    await terminal.rest();
    expect(terminal.screen()).toMatch(/hutch +nas +● active[\s\S]*hutch +attic +● active/);
    await terminal.type("5");
    await terminal.rest();
    await terminal.type("G");
    expect(terminal.screen()).toContain("Snapshots 4 ");
    expect(terminal.screen()).toMatch(/│ host +attic/);
    await terminal.type("2", "/", "host=attic debian-12", "\r");
    await terminal.rest();
    await terminal.type("p");
    expect(attic.calls).toEqual([["pull", "debian-12"]]);
    expect(nas.calls).toEqual([]);
    // What is launched from there is launched there.
    await terminal.type("n");
    expect(terminal.screen()).toContain("Launch a VM at attic");
    await terminal.type("\x1b");
    await terminal.silence();
    await terminal.type("a");
    expect(terminal.screen()).toContain("Images attic 1 of 2");
    await stop();
  });

  it("say of which one a list does not tell, and read it when it is back", async () => {
    const { terminal, nas, attic, stop } = await opened();
    const fault = new HutchError({ code: "E_HOST", message: "no pools" });
    Object.assign(attic.hutch, { hostPools: () => Promise.reject(fault) });
    nas.tell({ k: "lost", message: "libvirt does not answer." });
    await terminal.flush();
    await terminal.type("4");
    await terminal.rest();
    expect(terminal.screen()).toContain("nas, attic not read");
    expect(terminal.screen()).toContain("nas: libvirt does not answer.");
    expect(terminal.screen()).toContain("attic: no pools");
    expect(terminal.screen()).not.toMatch(/│.*hutch +nas/);
    nas.tell({ k: "machines", machines: FLEET.slice(0, 1) });
    await terminal.pass(1);
    await terminal.rest();
    expect(terminal.screen()).toMatch(/hutch +nas +● active/);
    expect(terminal.screen()).toContain("attic not read");
    await stop();
  });

  it("are narrowed to one by :host, and back", async () => {
    const { terminal, nas, stop } = await opened();
    await terminal.type(":", "host na", "\t", "\r");
    expect(terminal.screen()).toContain("VMs nas 3 ");
    expect(terminal.screen()).not.toMatch(/│.*attic/);
    await terminal.type(":", "host attik", "\r");
    expect(terminal.screen()).toContain("There is no host attik here: nas, attic, all.");
    await terminal.type("n", "box");
    expect(terminal.screen()).toContain("Launch a VM at nas");
    expect(terminal.screen()).toContain("$ hutch -c nas launch debian-13 --name box");
    await terminal.type("\r");
    expect(nas.calls.map(([method]) => method)).toEqual(["launch"]);
    await terminal.type("3");
    await terminal.rest();
    expect(terminal.screen()).toContain("Networks nas 2");
    await terminal.type("1", "a");
    expect(terminal.screen()).toContain("VMs 5 ");
    await stop();
  });

  it("come while hutch is open, and keep what is known of the one before", async () => {
    const host = fleetHost(FLEET.slice(0, 3));
    await using terminal = new TestTerminal({ look, columns: 120, rows: 34, host });
    await terminal.pass(3);
    await terminal.type("/", "web-01", "\r", " ");
    const { history, store } = terminal.program;
    const id = store.get().views.vms.cursor ?? "";
    const before = history.series(id, "cpu", 9);
    expect(before.length).toBeGreaterThan(0);
    terminal.doors = [...terminal.doors, doorAt("attic", async () => fleetHost(FLEET.slice(0, 2)).hutch)];
    await terminal.type(":host add attic qemu+ssh://attic/system\r");
    await terminal.flush();
    // It is hutch's own config, and no host's.
    expect(terminal.ran).toEqual(["run host add attic qemu+ssh://attic/system"]);
    await terminal.type("q");
    await terminal.pass(1);
    await terminal.flush();
    expect(terminal.screen()).toContain("Now with attic.");
    expect(terminal.screen()).toContain("VMs 2 of 5  /web-01  1 marked");
    expect(terminal.screen()).toMatch(/▸✓ web-01 +kvm01 +● running/);
    expect(terminal.screen()).toMatch(/web-01 +attic +● running/);
    expect(history.series(`${id}@kvm01`, "cpu", 9).slice(0, before.length)).toEqual(before);
    // The one before may be what is left.
    terminal.doors = terminal.doors.slice(0, 1);
    terminal.configChanged();
    await terminal.flush();
    expect(terminal.screen()).toContain("Without attic from now on.");
    expect(terminal.screen()).toContain("VMs 1 of 3  /web-01  1 marked");
    expect(terminal.screen()).not.toContain("HOST");
    expect(terminal.program.store.get().views.vms.cursor).toBe(id);
    await terminal.pass(1);
    expect(history.series(id, "cpu", 9).slice(0, before.length)).toEqual(before);
  });

  it("that go are not closed under a job, nor while a question is asked", async () => {
    const { terminal, nas, attic, stop } = await opened();
    const closed: string[] = [];
    let end: (() => void) | null = null;
    const work = new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      end = () => resolve({ code: 0, stdout: "", stderr: "" });
    });
    Object.assign(attic.hutch, { run: () => work, close: async () => closed.push("attic") });
    await terminal.type("/", "host=attic web-01", "\r", "\r", ":tab.containers\r");
    await terminal.rest();
    await terminal.type("S", "y", "\x1b");
    await terminal.silence();
    await terminal.type("S");
    terminal.doors = terminal.doors.slice(0, 1);
    terminal.configChanged();
    await terminal.flush();
    expect(terminal.screen()).toContain("$ hutch -c attic stop web-01");
    expect(terminal.program.store.get().hosts).toHaveLength(2);
    await terminal.type("n");
    await terminal.flush();
    expect(terminal.program.store.get().hosts.map(({ name }) => name)).toEqual(["nas"]);
    attic.tell({ k: "changed", machines: FLEET.slice(5, 6), gone: [] });
    await terminal.rest();
    expect(terminal.program.store.get().machines.size).toBe(3);
    expect([closed, nas.calls]).toEqual([[], []]);
    (end as (() => void) | null)?.();
    await expect.poll(() => closed).toEqual(["attic"]);
    await stop();
  });

  it.each(["answers never", "is away"])("go on when one %s", async (how) => {
    const { terminal, stop } = await opened({ cellar: how === "is away" ? away : never });
    expect(terminal.screen()).toContain("VMs 5 ");
    expect(terminal.lines()[0]).toContain(how === "is away" ? "cellar ✖ away" : "cellar opening…");
    await terminal.type("6");
    await terminal.flush();
    expect(terminal.screen()).toMatch(/nas +● up +3 11\.8\.0 +32 +128 GiB/);
    expect(terminal.screen()).toMatch(how === "is away" ? /cellar +✖ away/ : /cellar +◐ opening/);
    await terminal.type("G");
    if (how === "is away") expect(terminal.screen()).toContain("No route to host.");
    await stop();
  });

  it("say which one is lost, go on with the others, and say when it is back", async () => {
    const { terminal, nas, stop } = await opened();
    nas.tell({ k: "lost", message: "libvirt does not answer." });
    await terminal.flush();
    expect(terminal.screen()).toContain("nas: libvirt does not answer.");
    expect(terminal.screen()).toMatch(/web-01 +✖ nas/);
    expect(terminal.lines()[0]).toContain("nas ✖ away  attic ●");
    await terminal.type("/", "host=nas", "\r", "S");
    expect(terminal.screen()).toContain("The connection is lost.");
    nas.tell({ k: "machines", machines: FLEET.slice(0, 1) });
    await terminal.pass(1);
    await terminal.flush();
    expect(terminal.screen()).toContain("nas: the connection is back.");
    expect(terminal.screen()).toContain("VMs 1 of 3");
    await stop();
  });

  it("are heard of by those who do not see them", async () => {
    const { terminal, attic, stop } = await opened({ cellar: away });
    expect(sentences(terminal.program).join("\n")).toMatch(
      /The connection to cellar is lost: No route to host\.\nVMs, 5\.\n[\s\S]*web-01, at attic, running, cpu/,
    );
    terminal.program.perform(...wordsOf("host attic", terminal.program.ground()));
    expect(sentences(terminal.program).join("\n")).toMatch(/VMs, 2\./);
    expect(attic.calls).toEqual([]);
    await stop();
  });

  it("have room on a small terminal", async () => {
    const { terminal, stop } = await opened({ cellar: away }, 80);
    expect(terminal.lines()[0]).toContain("3 hosts  ✖ 1 away");
    expect(terminal.screen()).toMatch(/web-01 +attic/);
    expect(terminal.screen()).toMatch(/^─ db-primary at nas ─/m);
    expect(terminal.lines()).toEqual(terminal.meant());
    await stop();
  });
});
