/** The terminal UI's actions and the command line are one: every command line that it shows is one that hutch takes. */
import { describe, expect, it } from "vitest";
import type { Command, Named } from "../../../src/cli/command.ts";
import { missingOperands } from "../../../src/cli/command.ts";
import type { Entry } from "../../../src/cli/commands/entry.ts";
import { TABLE } from "../../../src/cli/commands/table.ts";
import { choose } from "../../../src/cli/dispatch.ts";
import { parseWords } from "../../../src/cli/parse.ts";
import type { Action } from "../../../src/tui/actions/action.ts";
import { ACTIONS } from "../../../src/tui/actions/registry.ts";
import { wordsOf } from "../../../src/tui/input/command-words.ts";
import { begin } from "../../../src/tui/input/intent.ts";
import { rowsOf } from "../../../src/tui/screens/list-screen.ts";
import { SCREEN } from "../../../src/tui/screens/screens.ts";
import { History } from "../../../src/tui/store/history.ts";
import { createReducer } from "../../../src/tui/store/reduce.ts";
import { newState, type State } from "../../../src/tui/store/state.ts";
import { CONTAINERS, FLEET, fleetHost, KVM01, NOW } from "../../tui/fleet.ts";

const COMMANDS = new Set(TABLE.map(({ words }) => words.join(" ")));

/** Everything known, as if every screen and tab had been looked at. */
async function knowing(): Promise<State> {
  const { hutch } = fleetHost();
  const reduce = createReducer(new History());
  const ready = <T>(value: T) => ({ how: "ready", value }) as const;
  const [networks, pools, snapshots, stored] = await Promise.all([
    hutch.hostNetworks(),
    hutch.hostPools(),
    hutch.hostSnapshots(),
    hutch.images.list(),
  ]);
  const images = stored.map((row) => ({ name: row.name, title: "", stored: { ...row, usedBy: [] } }));
  const size = { columns: 120, rows: 34 };
  const opened = newState({ size, now: NOW, hosts: [KVM01], demo: false, readonly: false });
  return [
    { m: "news", news: { k: "machines", machines: FLEET }, now: NOW } as const,
    { m: "read", what: { networks: ready(networks), pools: ready(pools), snapshots: ready(snapshots) } } as const,
    { m: "read", what: { images: ready(images) } } as const,
    ...FLEET.map(({ uuid }) => ({ m: "detail", uuid, what: { containers: ready(CONTAINERS) } }) as const),
  ].reduce(reduce, opened);
}

/** What this action would do somewhere, word for word; null where there is nothing that it can be done to. */
function commandOf(action: Action, known: State): readonly string[] | null {
  const history = new History();
  const ground = (state: State) => ({ state, history, commands: COMMANDS });
  for (const screen of action.on) {
    const state = { ...known, screen, zoomed: action.tab !== undefined, tab: action.tab ?? known.tab };
    for (const [at, row] of rowsOf(SCREEN[screen], ground(state)).entries()) {
      const view = { ...state.views[screen], at, cursor: SCREEN[screen].key(row) };
      for (const { id } of CONTAINERS.containers) {
        const here = { ...state, views: { ...state.views, [screen]: view }, container: id };
        if (action.reason(ground(here)) === null) return action.command(action.targets(ground(here)));
      }
    }
  }
  return null;
}

/** The command that these words are, parsed by the real parser. */
async function parsed(
  words: readonly string[],
): Promise<{ entry: Entry; command: Command; operands: readonly string[] }> {
  const choice = choose(words);
  if (choice.kind !== "command") throw new Error(`hutch ${words.join(" ")} is ${choice.kind}`);
  const command = await choice.entry.load();
  const given = parseWords(choice.entry, command, choice.args, new Map(), 100);
  if ("help" in given) throw new Error(`hutch ${words.join(" ")} is help`);
  return { entry: choice.entry, command, operands: given.operands };
}

const commanding = ACTIONS.filter((action) => action.command([{ key: "k", name: "n", words: ["n"] }]) !== null);

describe("the command line of an action", () => {
  it.each(commanding.map((action) => [action.id, action] as const))("%s is taken by hutch", async (_id, action) => {
    const words = commandOf(action, await knowing());
    if (words === null) throw new Error("nothing to do it to was found");
    const { command, operands } = await parsed(words);
    // What is to be typed out is allowed to lack words, and nothing else is.
    if (action.act.k !== "type") expect(missingOperands(command, operands)).toEqual([]);
  });

  it("says --yes where the command would ask, for the question was answered here", async () => {
    const known = await knowing();
    for (const action of commanding.filter(({ ask, act }) => ask === "name" && act.k !== "guest")) {
      const words = commandOf(action, known) ?? [];
      expect([action.id, words.includes("--yes") || words.includes("--force")]).toEqual([action.id, true]);
    }
  });
});

describe("every command on VMs", () => {
  const ON_VMS = new Set<Named | undefined>(["vm", "trashed-vm"]);

  it("is reachable: by an action, or typed after `:`", async () => {
    const known = await knowing();
    const byAction = new Set<string>();
    for (const action of commanding) {
      const words = commandOf(action, known);
      if (words !== null) byAction.add((await parsed(words)).entry.words.join(" "));
    }
    const ground = { state: known, history: new History(), commands: COMMANDS };
    const verbs: string[] = [];
    for (const entry of TABLE) {
      const { operands } = await entry.load();
      if (!operands.some(({ of }) => ON_VMS.has(of))) continue;
      const verb = entry.words.join(" ");
      verbs.push(verb);
      const words = [...entry.words, "web-01"];
      // What is a screen is gone to, with the VM in its filter.
      if (verb === "events") continue;
      expect([verb, wordsOf(words.join(" "), ground)]).toEqual([verb, [{ k: "command", words }]]);
    }
    expect(verbs.length).toBeGreaterThan(25);
    // The ones of every day have a key or a line of the palette; launch has its form.
    const daily = ["start", "stop", "restart", "pause", "resume", "save", "shell", "exec", "console", "delete"];
    const more = ["recover", "purge", "set", "rename", "clone", "edit", "snapshot create", "cp", "port add", "mount"];
    const devices = ["port rm", "umount", "disk attach", "disk detach", "nic add", "nic rm", "export", "display"];
    expect(
      [...daily, ...more, ...devices, "adopt", "engine install", "engine status", "wait", "logs"].filter(
        (verb) => !byAction.has(verb),
      ),
    ).toEqual([]);
  });

  it.each([
    ["vm.copy", "cp ", " ci-runner-1:"],
    ["vm.mount", "mount ", " ci-runner-1:/mnt"],
    ["vm.unmount", "umount ci-runner-1:", ""],
    ["vm.set", "set ci-runner-1 ", ""],
  ])("is typed on where its words lack: %s", async (id, before, after) => {
    const action = ACTIONS.find((each) => each.id === id);
    const state = createReducer(new History())(await knowing(), { m: "move", step: { to: "first" } });
    const intents = action === undefined ? [] : begin(action, { state, history: new History(), commands: COMMANDS });
    const line = { text: before + after, at: before.length };
    expect(intents).toEqual([{ k: "message", message: { m: "open", overlay: { k: "command", line, past: 0 } } }]);
  });

  it("takes all that are marked where it takes several VMs", async () => {
    const known = await knowing();
    const marks = new Set(FLEET.slice(0, 2).map(({ uuid }) => uuid));
    const views = { ...known.views, vms: { ...known.views.vms, marks } };
    const ground = { state: { ...known, views }, history: new History(), commands: COMMANDS };
    for (const action of commanding.filter(({ on, tab }) => on.includes("vms") && tab === undefined)) {
      const [intent] = begin(action, ground);
      if (action.reason(ground) !== null) continue;
      const words = action.command(action.targets(ground)) ?? [];
      expect([action.id, words.filter((word) => word === "web-01" || word === "web-02")]).toEqual([
        action.id,
        ["web-01", "web-02"],
      ]);
      expect(intent).toBeDefined();
      await parsed(words);
    }
  });
});
