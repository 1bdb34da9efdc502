import { PassThrough } from "node:stream";
import { afterEach, describe, expect, it } from "vitest";
import type { Streams } from "../../src/tui/ink/show.ts";
import { Program } from "../../src/tui/program.ts";
import { speak } from "../../src/tui/speech/speak.ts";
import { FLEET, fleetHost, KVM01, NOW } from "./fleet.ts";

/** Nothing that a screen reader would spell out: boxes, blocks, braille, arrows, escapes. */
const PICTURES = /[\u2190-\u21ff\u2500-\u25ff\u2800-\u28ff\x1b]/;

/** A person who listens and types. */
class Listener {
  readonly host = fleetHost();
  readonly ran: string[] = [];
  readonly program: Program;
  readonly ended: Promise<number>;
  readonly #stdin = new PassThrough();
  #heard = "";
  #from = 0;

  constructor(size = { columns: 80, rows: 24 }) {
    const stdout = new PassThrough();
    stdout.on("data", (chunk: Buffer) => {
      this.#heard += chunk.toString();
    });
    this.program = new Program({
      about: { size, demo: false, readonly: false },
      door: {
        hosts: [{ ...KVM01, open: async () => this.host.hutch }],
        commands: new Set(["start", "stop", "delete", "list", "exec"]),
        run: async (words, onLine) => {
          this.ran.push(words.join(" "));
          onLine("NAME STATE");
          onLine("web-01 running");
          return 0;
        },
        attach: async () => 0,
        config: {
          read: async () => ({ keys: {}, views: {}, hosts: [{ ...KVM01, open: async () => this.host.hutch }] }),
          bakesByItself: async () => false,
          watch: () => () => undefined,
        },
      },
      hands: {
        handOver: (work) => work(),
        suspend: async () => undefined,
        write: () => undefined,
        quit: () => undefined,
      },
      settings: { keys: {}, views: { prod: { filter: "tag=prod", sort: null, columns: null } } },
      now: () => NOW,
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) resolve();
          else signal.addEventListener("abort", () => resolve(), { once: true });
        }),
    });
    this.program.start();
    this.ended = speak(this.program, { stdin: this.#stdin, stdout } as unknown as Streams);
  }

  /** What was said since this was asked last, once it has come to rest. */
  async hears(): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, 40));
    const news = this.#heard.slice(this.#from);
    this.#from = this.#heard.length;
    return news;
  }

  async types(line: string): Promise<string> {
    this.#stdin.write(`${line}\n`);
    return this.hears();
  }

  async stop(): Promise<string> {
    this.#stdin.end();
    await this.ended;
    await this.program.stop();
    return this.hears();
  }
}

describe("for screen readers", () => {
  let listener: Listener;
  afterEach(async () => {
    await listener.stop();
  });

  it("says sentences: no picture, no escape, what can be typed first", async () => {
    listener = new Listener();
    const said = await listener.hears();
    expect(said).not.toMatch(PICTURES);
    expect(said).toContain("Type r to hear it again");
    expect(said).toContain("VMs, 14.");
    expect(said).toContain("db-primary, running, address 10.0.0.13");
    expect(said).toContain("k3s-w-1, crashed, address 10.0.0.21, problem: Its record is damaged.");
    for (const screen of ["images", "networks", "storage", "snapshots", "hosts", "jobs", "events", "vms"])
      expect(await listener.types(screen)).not.toMatch(PICTURES);
  });

  it("ends a line that was not finished", async () => {
    listener = new Listener();
    await listener.hears();
    expect(await listener.stop()).toBe("\n");
  });

  it("takes answers in a window that is too small for a picture", async () => {
    listener = new Listener({ columns: 40, rows: 8 });
    await listener.hears();
    expect(await listener.types("vm.stop")).toContain("Type yes to go on.");
    await listener.types("yes");
    expect(listener.host.calls).toEqual([["stop", { names: ["ci-runner-1"] }]]);
  });

  it("says nothing by itself when the host changes; `r` reads it again", async () => {
    listener = new Listener();
    await listener.hears();
    const [first] = FLEET;
    if (first === undefined) throw new Error("there is a fleet");
    listener.host.tell({
      k: "changed",
      machines: [{ ...first, status: { ...first.status, power: "crashed" } }],
      gone: [],
    });
    expect(await listener.hears()).toBe("");
    expect(await listener.types("r")).toContain("web-01, crashed");
  });

  it("filters and looks at views by words, and says what is wrong with them", async () => {
    listener = new Listener();
    await listener.hears();
    expect(await listener.types("filter state=running tag=prod")).toContain("VMs, 4.");
    expect(await listener.types("filter stat=running")).toContain('Did you mean "state"?');
    expect(await listener.types("filter")).toContain("VMs, 14.");
    expect(await listener.types("view prod")).toContain("VMs, 4.");
    expect(await listener.types("view pord")).toContain("Did you mean prod?");
    expect(await listener.types("view.saved")).toContain("Type view and a name: prod.");
  });

  it("asks before anything is lost, and does it only for the word that was asked for", async () => {
    listener = new Listener();
    await listener.hears();
    const question = await listener.types("vm.delete");
    expect(question).toContain("Delete (into the trash): ci-runner-1.");
    expect(question).toContain("Type ci-runner-1 to go on. Anything else cancels.");
    expect(question).not.toMatch(PICTURES);
    expect(await listener.types("yes")).toContain("Cancelled.");
    expect(listener.host.calls).toEqual([]);
    await listener.types("vm.delete");
    await listener.types("ci-runner-1");
    expect(listener.host.calls).toEqual([["delete", { names: ["ci-runner-1"] }]]);
    expect(await listener.types("vm.stop")).toContain("Type yes to go on.");
    expect(await listener.types("no")).toContain("Cancelled.");
    await listener.types("vm.stop");
    await listener.types("yes");
    expect(listener.host.calls.at(-1)).toEqual(["stop", { names: ["ci-runner-1"] }]);
  });

  it("tells of the containers of a VM, and does to one of them what is asked", async () => {
    listener = new Listener();
    await listener.hears();
    expect(await listener.types("choose web-0")).toContain("There is no web-0 here. Did you mean web-0");
    expect(await listener.types("choose web-01")).toContain("web-01 is chosen.");
    await listener.types("containers");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const said = await listener.hears();
    expect(said).not.toMatch(PICTURES);
    expect(said).toContain("Containers of web-01, 3.");
    expect(said).toContain("caddy, chosen, running, healthy, cpu 3.4 percent, memory 50 MiB, may take 0.5 CPUs");
    expect(said).toContain("db, running, unhealthy, cpu 6.8 percent, memory 100 MiB, warning: no CPU limit");
    expect(said).toMatch(/job, exited with 137, warning: no CPU limit, warning: no memory limit, image/);
    expect(await listener.types("choose dib")).toContain("Did you mean db?");
    expect(await listener.types("choose db")).toContain("db is chosen.");
    expect(await listener.types("container.stop")).toContain("Stop (container): db.");
    await listener.types("yes");
    const ran = () => listener.host.calls.findLast(([method]) => method === "run")?.slice(2);
    expect(ran()).toEqual(["docker", "stop", "db"]);
    expect(await listener.types("container.limits")).toContain("as in: limits 0.5 512M.");
    expect(await listener.types("limits 99")).toContain("web-01 has 4.");
    await listener.types("limits 1.5 512M");
    expect(ran()?.join(" ")).toBe("docker update --cpus 1.5 --memory 512m --memory-swap 1024m db");
    expect(await listener.types("container.logs")).not.toContain("Containers of web-01");
    await new Promise((resolve) => setTimeout(resolve, 400));
    const logs = await listener.hears();
    expect(logs).toContain("db in web-01 said last:");
    expect(logs).toMatch(/db says .*40\n/);
    expect(logs).not.toMatch(PICTURES);
    expect(listener.program.store.get().overlays).toEqual([]);
    expect(await listener.types("vms")).toContain("VMs, 14.");
    await listener.types("choose gold-debian13");
    expect(await listener.types("containers")).toContain("gold-debian13 does not run.");
  });

  it("runs any command and reads what it prints; what needs a screen says so", async () => {
    listener = new Listener();
    await listener.hears();
    const said = await listener.types("list");
    expect(listener.ran).toEqual(["list"]);
    expect(said).toContain("NAME STATE\nweb-01 running");
    expect(await listener.types("vm.exec")).toContain("Type it whole: exec ci-runner-1 -- and the rest.");
    expect(await listener.types("hutch.palette")).toContain("a part of the picture");
    expect(listener.program.store.get().overlays).toEqual([]);
    expect(await listener.types("nonsense.action")).not.toMatch(PICTURES);
  });
});
