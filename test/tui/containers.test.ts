import { describe, expect, it } from "vitest";
import { HutchError } from "../../src/core/errors.ts";
import type { Hutch } from "../../src/index.ts";
import { lookOf } from "../../src/tui/theme/look.ts";
import { CONTAINERS, fleetHost } from "./fleet.ts";
import { TestTerminal } from "./terminal.ts";

const small = { columns: 80, rows: 24 };
const wide = { columns: 120, rows: 35 };

/** At the tab Containers of web-01, spread out. */
async function atContainers(
  size: { readonly columns: number; readonly rows: number },
  engine: Partial<Hutch["engine"]> = {},
): Promise<TestTerminal> {
  const host = fleetHost();
  Object.assign(host.hutch.engine, engine);
  const terminal = new TestTerminal({ look: lookOf("none", "dark", false), ...size, host });
  await terminal.pass(2);
  await terminal.type("/web-01\r", "\r", ":tab.containers\r");
  await terminal.rest();
  return terminal;
}
const asked = ({ host }: TestTerminal) => host.calls.filter(([method]) => method === "containers").length;
const chosen = (terminal: TestTerminal) => /▸ (\S+)/.exec(terminal.screen())?.[1];

describe("the tab Containers", () => {
  it.each([small, wide])("shows each with what it uses and may use, and warns by sign and word (%o)", async (size) => {
    await using terminal = await atContainers(size);
    const rows = terminal.lines().map((line) => line.replace(/[│╭╰]/g, "").trim());
    expect(rows).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^▸ caddy +● healthy +3\.4% +50M 0\.5 cpu 512M +registry/),
        expect.stringMatching(/^db +✖ unhealthy +6\.8% +100M ! no CPU limit +registry/),
        expect.stringMatching(/^job +○ exited \(137\) +! no limit +·\[/),
        "! 2 of 3 without a limit",
      ]),
    );
    expect(terminal.lines()).toEqual(terminal.meant());
    expect(terminal.lines().at(-1)).toMatch(/^ ⏎ logs {2}S stop {2}= limits {2}R restart /);
  });

  it("has room for them beside the list, in two lines each", async () => {
    await using terminal = await atContainers(wide);
    await terminal.type("\x1b");
    await terminal.rest();
    expect(terminal.screen()).toMatch(/db {2}✖ unhealthy {2}6\.8% {2}100M/);
    expect(terminal.screen()).toContain("! no CPU limit  registry.lan/db:1");
    expect(terminal.screen()).toContain("! 2 of 3 without a limit");
    // There, keys are the VM's: J and K choose a container.
    await terminal.type("J");
    expect(terminal.screen()).toContain("▸ db");
    await terminal.type("S");
    expect(terminal.screen()).toContain("$ hutch stop web-01");
  });

  it("stops, starts, restarts and removes, each by the command that it shows", async () => {
    await using terminal = await atContainers(small);
    const run = () => terminal.host.calls.filter(([method]) => method === "run").map((call) => call.slice(1).join(" "));
    await terminal.type("j");
    expect(chosen(terminal)).toBe("db");
    await terminal.type("S");
    expect(terminal.screen()).toContain("Stop (container): db");
    expect(terminal.screen()).toContain("$ hutch exec web-01 -- docker stop db");
    await terminal.type("y");
    await terminal.flush();
    expect(run()).toEqual(["web-01 docker stop db"]);
    expect(terminal.screen()).toContain("Stop (container) db: done");
    await terminal.type("s");
    expect(terminal.screen()).toContain("db runs.");
    await terminal.type("D");
    expect(terminal.screen()).toContain("db runs: stop it first.");
    await terminal.type("R", "y");
    await terminal.type("j", "s");
    await terminal.flush();
    await terminal.type("D", "y\r");
    expect(terminal.screen()).toContain("type job to go on:");
    await terminal.type("\x15", "job\r");
    await terminal.flush();
    expect(run().slice(1)).toEqual(["web-01 docker restart db", "web-01 docker start job", "web-01 docker rm job"]);
    await terminal.type("7");
    expect(terminal.screen()).toContain("$ hutch exec web-01 -- docker rm job");
  });

  it.each([small, wide])("is for the mouse too (%o)", async (size) => {
    await using terminal = await atContainers(size);
    const click = async (text: string) => {
      const row = terminal.lines().findIndex((line) => line.includes(text));
      await terminal.type(`\x1b[<0;${(terminal.lines()[row] ?? "").indexOf(text) + 1};${row + 1}M`);
    };
    await click("! no limit");
    expect(chosen(terminal)).toBe("job");
    await click("db");
    expect(chosen(terminal)).toBe("db");
    await terminal.type("\x1b[<65;5;9M");
    expect(chosen(terminal)).toBe("job");
    // What is under them is none of them.
    await click("without a limit");
    expect(chosen(terminal)).toBe("job");
    await click("job");
    await terminal.rest();
    expect(terminal.screen()).toContain("docker logs --follow --tail 500 job");
  });

  it("opens by a second click beside the list", async () => {
    await using terminal = await atContainers(wide);
    await terminal.type("\x1b");
    await terminal.rest();
    const row = terminal.lines().findIndex((line) => line.includes("db  ✖"));
    // Its name, then what it may take.
    await terminal.type(`\x1b[<0;90;${row + 1}M`);
    expect(terminal.screen()).toContain("▸ db");
    await terminal.type(`\x1b[<0;90;${row + 2}M`);
    expect(terminal.screen()).not.toContain("╭─ VMs");
    expect(chosen(terminal)).toBe("db");
  });

  it("sets limits that Docker takes, and says what is wrong with others", async () => {
    await using terminal = await atContainers(small);
    await terminal.type("G", "=");
    expect(terminal.screen()).toContain("Limits of job");
    await terminal.type("99");
    expect(terminal.screen()).toContain("✖ web-01 has 4.");
    await terminal.type("\r");
    expect(terminal.screen()).toContain("Limits of job");
    await terminal.type("\x15", "1.5", "\t", "2M");
    expect(terminal.screen()).toContain("It is at least 6 MiB.");
    await terminal.type("\x15", "100G");
    expect(terminal.screen()).toContain("web-01 has 4 GiB.");
    await terminal.type("\x15", "512M");
    const command = "docker update --cpus 1.5 --memory 512m --memory-swap 1024m job";
    expect(terminal.screen().replace(/[\s│]+/g, " ")).toContain(`$ hutch exec web-01 -- ${command}`);
    await terminal.type("\r");
    await terminal.flush();
    expect(terminal.host.calls).toContainEqual(["run", "web-01", ...command.split(" ")]);
  });

  it("follows what one says, safe to show, and scrolls back", async () => {
    await using terminal = await atContainers(small);
    await terminal.type("\r");
    await terminal.rest();
    expect(terminal.screen()).toContain("$ hutch exec web-01 -- docker logs --follow --tail 500 caddy");
    expect(terminal.screen()).toContain("caddy says ·[32m40");
    expect(terminal.screen()).toContain("following");
    await terminal.type("k", "k");
    expect(terminal.screen()).toContain("2 newer below");
    expect(terminal.screen()).not.toContain("m40 ");
    await terminal.type("f");
    expect(terminal.screen()).toContain("m40 ");
    await terminal.type("q");
    expect(terminal.screen()).not.toContain("following");
    expect(chosen(terminal)).toBe("caddy");
  });

  it("asks the guest only while it is open", async () => {
    await using terminal = await atContainers(small);
    expect(asked(terminal)).toBe(1);
    await terminal.type("r");
    await terminal.rest();
    expect(asked(terminal)).toBe(2);
    await terminal.type(":tab.overview\r");
    await terminal.rest();
    const before = asked(terminal);
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(asked(terminal)).toBe(before);
    await terminal.type(":tab.containers\r");
    await expect.poll(() => asked(terminal)).toBe(before + 1);
    await expect.poll(() => asked(terminal), { timeout: 10_000 }).toBe(before + 2);
  });

  it("goes through sudo where Docker lets only root in", async () => {
    const report = { ...CONTAINERS, docker: ["sudo", "-n", "docker"] };
    await using terminal = await atContainers(small, { containers: async () => report });
    await terminal.type("S");
    expect(terminal.screen()).toContain("$ hutch exec web-01 -- sudo -n docker stop caddy");
  });

  it("offers an engine where there is none", async () => {
    const none = { name: "web-01", engine: null, docker: ["docker"], containers: [], total: 0 };
    await using terminal = await atContainers(small, { containers: async () => none });
    expect(terminal.screen()).toContain("web-01 has no container engine.");
    expect(terminal.screen()).toContain("$ hutch engine install docker web-01");
    await terminal.type(":vm.engine\r");
    expect(terminal.screen()).toContain("web-01 has docker already.");
    await terminal.type("s");
    expect(terminal.screen()).toContain("Only where a container is chosen");
  });

  it("says why the guest does not answer, and what to type", async () => {
    const refuse = async () => {
      throw new HutchError({
        code: "E_GUEST",
        message: "web-01 cannot be reached by ssh.",
        why: "Connection refused",
        next: ["hutch wait web-01 --for ssh"],
      });
    };
    await using terminal = await atContainers(small, { containers: refuse });
    for (const text of ["cannot be reached by ssh", "Connection refused", "$ hutch wait web-01 --for ssh"])
      expect(terminal.screen()).toContain(text);
    await terminal.type("\x1b");
    await terminal.rest();
    await terminal.type("/", "\x15", "gold\r", "\r");
    await terminal.rest();
    expect(terminal.screen()).toContain("gold-debian13 does not run.");
  });
});
