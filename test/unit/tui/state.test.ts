import { describe, expect, it } from "vitest";
import { splitWords } from "../../../src/core/words.ts";
import { commandLine } from "../../../src/tui/actions/action.ts";
import { ACTIONS, actionById, actionFor } from "../../../src/tui/actions/registry.ts";
import { isOn } from "../../../src/tui/actions/targets.ts";
import { completions, wordsOf } from "../../../src/tui/input/command-words.ts";
import { begin } from "../../../src/tui/input/intent.ts";
import { lineOf } from "../../../src/tui/input/line.ts";
import { checkForm } from "../../../src/tui/launch/check-form.ts";
import { scoreOf } from "../../../src/tui/overlays/palette.ts";
import { sortLetters } from "../../../src/tui/overlays/prompts.ts";
import { rowsOf } from "../../../src/tui/screens/list-screen.ts";
import { SCREEN } from "../../../src/tui/screens/screens.ts";
import { History } from "../../../src/tui/store/history.ts";
import type { Message } from "../../../src/tui/store/messages.ts";
import { createReducer } from "../../../src/tui/store/reduce.ts";
import { newForm, newState, SCREENS, type State, TABS } from "../../../src/tui/store/state.ts";
import { FLEET, loadsAt, NOW } from "../../tui/fleet.ts";

function world(hosts: readonly string[] = ["kvm01"]) {
  const history = new History();
  const reduce = createReducer(history);
  let state = newState({
    size: { columns: 120, rows: 34 },
    now: NOW,
    hosts: hosts.map((name) => ({ name, uri: `qemu+ssh://${name}/system`, connect: hosts.length > 1 ? name : null })),
    demo: false,
    readonly: false,
  });
  const send = (...messages: readonly Message[]): State => {
    for (const message of messages) state = reduce(state, message);
    return state;
  };
  send({ m: "news", news: { k: "machines", machines: FLEET }, now: NOW });
  const commands = new Set(["start", "stop", "restart", "delete", "shell", "purge", "launch", "image pull"]);
  const ground = () => ({ state, history, commands, keys: {} });
  const names = () => rowsOf(SCREEN.vms, ground()).map((row) => SCREEN.vms.name(row));
  const at = () => names()[state.views.vms.at];
  const choose = (name: string) => send({ m: "choose", key: FLEET.find((each) => each.name === name)?.uuid ?? "" });
  return { send, history, ground, names, at, choose, state: () => state };
}

describe("the state", () => {
  it("lists living VMs by name, the trash last, and keeps the cursor on its VM when others come and go", () => {
    const { send, names, at, choose } = world();
    expect([names()[0], names().at(-1)]).toEqual(["ci-runner-1", "old-web"]);
    choose("web-01");
    const [first] = FLEET;
    if (first === undefined) throw new Error("there is a fleet");
    send({ m: "news", news: { k: "changed", machines: [{ ...first, uuid: "a", name: "aaa" }], gone: [] }, now: NOW });
    expect([names()[0], at()]).toEqual(["aaa", "web-01"]);
    send({ m: "news", news: { k: "changed", machines: [], gone: [first.uuid] }, now: NOW });
    expect(at()).toBe("web-02");
  });

  it("moves within its rows and no further", () => {
    const { send, at } = world();
    send({ m: "move", step: { by: -3 } });
    expect(at()).toBe("ci-runner-1");
    send({ m: "move", step: { to: "last" } }, { m: "move", step: { pages: 1 } });
    expect(at()).toBe("old-web");
  });

  it("filters, sorts by what changes, and turns around", () => {
    const { send, names, history } = world();
    history.take(loadsAt(0));
    history.take(loadsAt(1));
    send({ m: "filter", text: "state=running tag=prod" });
    expect(names()).toEqual(["db-primary", "db-replica", "web-01", "web-02"]);
    send({ m: "filter", text: "" }, { m: "sort", column: "cpu" }, { m: "sample", now: NOW });
    const cpu = (name: string | undefined) =>
      history.rates(FLEET.find((each) => each.name === name)?.uuid ?? "")?.cpu ?? -1;
    expect(names().map(cpu)).toEqual(
      names()
        .map(cpu)
        .toSorted((a, b) => b - a),
    );
    const before = names();
    send({ m: "reverse" });
    expect(names()).toEqual(before.toReversed());
  });

  it("marks rows, ranges and all, and forgets marks of what is gone", () => {
    const { send, state, choose } = world();
    choose("db-primary");
    send({ m: "mark" });
    choose("k3s-w-0");
    send({ m: "mark-range" });
    expect(state().views.vms.marks.size).toBe(5);
    send({ m: "news", news: { k: "changed", machines: [], gone: [FLEET[2]?.uuid ?? ""] }, now: NOW });
    expect(state().views.vms.marks.size).toBe(4);
    send({ m: "unmark" }, { m: "mark-all" });
    expect(state().views.vms.marks.size).toBe(13);
  });

  it("says that a connection is lost, since when, and that it is back", () => {
    const { send } = world();
    send({ m: "lost", message: "gone", now: NOW + 1 });
    expect(send({ m: "lost", message: "still gone", now: NOW + 9 }).link).toEqual({
      how: "lost",
      message: "still gone",
      since: NOW + 1,
    });
    const back = send({ m: "news", news: { k: "machines", machines: FLEET }, now: NOW + 20 });
    expect([back.link.how, back.toast?.text]).toEqual(["up", "The connection is back."]);
  });

  it("goes back through the screens it came by, and folds jobs", () => {
    const { send } = world();
    send({ m: "go", screen: "jobs" }, { m: "go", screen: "hosts" });
    expect(send({ m: "back" }).screen).toBe("jobs");
    expect(send({ m: "back" }).screen).toBe("vms");
    send({ m: "job", id: "1", title: "Start web", command: "hutch start web", now: NOW });
    const at = NOW;
    const state = send(
      { m: "job-event", id: "1", event: { k: "step.begin", op: "1", step: "s", title: "Start", at } },
      { m: "job-event", id: "1", event: { k: "op.end", op: "1", how: "done", at } },
    );
    expect(state.jobs[0]?.op).toMatchObject({ how: "done", steps: [{ id: "s", title: "Start" }] });
  });
});

describe("what may come after a word", () => {
  it("is what a noun takes, and a VM only after a whole command", () => {
    const { ground } = world();
    expect(completions("image ", ground())).toEqual(["pull"]);
    expect(completions("image pu", ground())).toEqual(["pull"]);
    expect(completions("stop web", ground())).toEqual(["web-01", "web-02"]);
    expect(completions("image pull web", ground())).toEqual(["web-01", "web-02"]);
  });
});

describe("rates", () => {
  it("come from counters, begin anew with a restart, and end with the VM", () => {
    const history = new History();
    const load = { ...loadsAt(0).loads[0], uuid: "u", cpuNs: 0, vcpus: 2, readBytes: 0 } as ReturnType<
      typeof loadsAt
    >["loads"][number];
    history.take({ at: 0, loads: [load] });
    expect(history.rates("u")).toBeNull();
    history.take({ at: 2000, loads: [{ ...load, cpuNs: 1e9, readBytes: 4096 }] });
    expect(history.rates("u")).toMatchObject({ cpu: 25, read: 2048 });
    history.take({ at: 3000, loads: [{ ...load, cpuNs: 0 }] });
    expect([history.rates("u"), history.series("u", "cpu", 9)]).toEqual([null, []]);
    history.take({ at: 4000, loads: [] });
    expect(history.totals()).toEqual({ running: 0, cpu: 0, memory: 0 });
  });

  it("of all VMs together have one value a second, however many hosts tell theirs", () => {
    const history = new History();
    const [first] = loadsAt(0).loads;
    const tell = (host: string, ms: number) => {
      const load = { ...first, uuid: `u@${host}`, cpuNs: ms * 1e6, vcpus: host === "nas" ? 1 : 2, memoryBytes: 8 };
      history.take({ at: ms, loads: [load as NonNullable<typeof first>] }, host);
    };
    for (let ms = 0; ms <= 4000; ms += 500) tell(ms % 1000 === 0 ? "nas" : "attic", ms);
    expect([history.cpuOfAll(), history.totals().memory]).toEqual([[100, 75, 75, 75], 16]);
    tell("nas", 14_000);
    expect(history.cpuOfAll().slice(4)).toEqual(new Array(10).fill(75));
    history.forget("nas");
    expect([history.rates("u@nas"), history.totals().memory]).toEqual([null, 8]);
  });
});

describe("the registry of actions", () => {
  it("gives each key on each screen, and in each tab, to one action only", () => {
    for (const screen of SCREENS) {
      for (const tab of [undefined, ...TABS]) {
        const own = ACTIONS.filter((action) => action.on.includes(screen) && action.tab === tab).flatMap(
          ({ keys }) => keys,
        );
        expect(new Set(own).size).toBe(own.length);
      }
    }
    const everywhere = ACTIONS.filter(({ on }) => on.length === 0).flatMap(({ keys }) => keys);
    expect(new Set(everywhere).size).toBe(everywhere.length);
    expect(new Set(ACTIONS.map(({ id }) => id)).size).toBe(ACTIONS.length);
  });

  it("destroys nothing at one key: whatever removes or cuts off asks first", () => {
    const dangerous = ACTIONS.filter(({ id }) =>
      /delete|purge|remove|force|restore|stop|restart|cancel|vm\.save/.test(id),
    );
    expect(dangerous.length).toBeGreaterThan(8);
    expect(dangerous.filter(({ ask }) => ask === undefined)).toEqual([]);
    expect(
      ACTIONS.filter(({ id }) => /delete|purge|remove|force|restore/.test(id)).every(({ ask }) => ask === "name"),
    ).toBe(true);
  });

  it("leaves a paused VM's power alone, unless it is told to cut it", () => {
    const { ground, choose, send } = world();
    choose("ci-runner-2");
    for (const id of ["vm.stop", "vm.restart", "vm.delete"])
      expect(actionById(id)?.reason(ground())).toBe("ci-runner-2 is paused: resume it, or cut its power, first.");
    expect(actionById("vm.force-off")?.reason(ground())).toBeNull();
    send({ m: "mark-all" });
    expect(
      actionById("vm.delete")
        ?.targets(ground())
        .map(({ name }) => name),
    ).not.toContain("ci-runner-2");
  });

  it("says why what cannot be done cannot, and does it to those of the marked that it can be done to", () => {
    const { ground, choose, send, state } = world();
    const start = actionFor("s", "vms", {});
    if (start === undefined) throw new Error("s starts");
    choose("web-01");
    expect(start.reason(ground())).toBe("web-01 runs already.");
    expect(begin(start, ground())).toMatchObject([{ message: { toast: { text: "web-01 runs already." } } }]);
    choose("win11-desk");
    expect(start.reason(ground())).toBe("win11-desk runs already.");
    send({ m: "mark-all" });
    expect(start.targets(ground()).map(({ name }) => name)).toEqual(["gold-debian13", "k3s-w-1"]);
    const console = actionFor("c", "vms", {});
    expect(console?.reason(ground())).toBe('This hutch has no "console".');
    send({ m: "unmark" }, { m: "lost", message: "gone", now: NOW });
    choose("gold-debian13");
    expect(start.reason(ground())).toBe("The connection is lost.");
    expect(start.reason({ ...ground(), state: { ...state(), link: { how: "up" }, readonly: true } })).toBe(
      "This session only looks.",
    );
    expect(isOn(start, "jobs")).toBe(false);
  });

  it("has the command that does the same, quoted for a shell", () => {
    const remove = ACTIONS.find(({ id }) => id === "vm.delete");
    if (remove === undefined) throw new Error("there is a delete");
    const target = (name: string) => ({ key: name, name, words: [name] });
    expect(commandLine(remove, [target("web"), target("My VM")], null)).toBe("hutch delete --yes web 'My VM'");
    const { state } = world(["nas", "attic"]);
    const there = { ...target("db"), host: "attic" };
    expect(commandLine(remove, [target("web"), there, target("My VM")], state())).toBe(
      "hutch -c nas delete --yes web 'My VM'; hutch -c attic delete --yes db",
    );
  });

  it("takes its keys from the user where they say so", () => {
    expect(actionFor("F", "vms", { "vm.start": ["F"] })?.id).toBe("vm.start");
    expect(actionFor("s", "vms", { "vm.start": ["F"] })).toBeUndefined();
  });
});

describe("the command line", () => {
  it("goes to screens, begins actions, and takes every command of hutch", () => {
    const { ground } = world();
    expect(wordsOf("net default", ground())).toMatchObject([
      { message: { m: "go", screen: "networks" } },
      { message: { text: "default" } },
    ]);
    expect(wordsOf("image pull debian-12", ground())).toEqual([
      { k: "command", words: ["image", "pull", "debian-12"] },
    ]);
    expect(wordsOf("hutch start 'My VM'", ground())).toEqual([{ k: "command", words: ["start", "My VM"] }]);
    expect(wordsOf("q", ground())).toMatchObject([{ k: "run", action: { id: "hutch.quit" } }]);
    expect(splitWords(`a "b c" d'e f'`)).toEqual(["a", "b c", "de f"]);
  });

  it("finds actions by some of their letters", () => {
    expect(scoreOf("shut", "shut down vm.stop")).toBe(0);
    expect(scoreOf("sd", "shut down vm.stop")).toBeGreaterThan(0);
    expect(scoreOf("zz", "shut down vm.stop")).toBeNull();
    expect(sortLetters(["NAME", "NET", "NEW"])).toEqual(["n", "e", "w"]);
  });
});

describe("the launch form", () => {
  const check = (fields: Record<string, string>) => {
    const { state } = world();
    const form = newForm("");
    const changed = Object.fromEntries(Object.entries(fields).map(([field, text]) => [field, lineOf(text)]));
    return checkForm({ ...form, fields: { ...form.fields, ...changed } }, state());
  };

  it("makes the order and the line that does the same", () => {
    expect(check({ name: "web-9", publish: "8080:80", engine: "none" })).toMatchObject({
      faults: {},
      command: "hutch launch debian-13 --name web-9 --cpus 2 --memory 2G --disk 20G --engine none --publish 8080:80",
      request: {
        name: "web-9",
        image: "debian-13",
        cpus: 2,
        memoryMiB: 2048,
        engine: null,
        publish: [{ hostPort: 8080, guestPort: 80 }],
      },
    });
  });

  it.each([
    [{ name: "web 1" }, "name"],
    [{ name: "web-01" }, "name"],
    [{ cpus: "0" }, "cpus"],
    [{ memory: "lots" }, "memory"],
    [{ disk: "-3" }, "disk"],
    [{ engine: "rkt" }, "engine"],
    [{ network: "moon" }, "network"],
    [{ publish: "x" }, "publish"],
    [{ autostart: "maybe" }, "autostart"],
  ])("finds fault with %o", (fields, field) => {
    expect(Object.keys(check(fields).faults)).toEqual([field]);
  });
});
