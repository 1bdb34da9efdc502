import { join } from "node:path";
import { describe, it } from "vitest";
import { HutchError } from "../../src/core/errors.ts";
import { layoutOf } from "../../src/tui/layout/layout.ts";
import { LIST_OF, listOf } from "../../src/tui/store/lists.ts";
import { known, NO_DETAIL, type State } from "../../src/tui/store/state.ts";
import { CONSOLE, FLEET, fleetHost, loadsAt, NOW } from "./fleet.ts";
import { CASTS, GOING_ON, SCREEN_SCENES, VIEWS } from "./scenes.ts";
import { type TerminalOptions, TestTerminal } from "./terminal.ts";

const GOLDEN = join(import.meta.dirname, "../golden/tui");
const SECONDS = 45;
const settings = { keys: {}, views: VIEWS };

/** A terminal on a host where things are going on, for the better part of a minute. */
async function opened(options: TerminalOptions): Promise<TestTerminal> {
  const terminal = new TestTerminal({ ...options, settings });
  const { history, store } = terminal.program;
  await until(() => store.get().link.how === "up");
  const machines = [...store.get().machines.values()];
  // Without a frame for each second: it is the last that is looked at.
  for (let second = 0; second < SECONDS; second += 1) history.take(loadsAt(second, machines));
  store.send({ m: "sample", now: NOW });
  for (const message of GOING_ON) store.send(message);
  await settled(terminal);
  return terminal;
}

/** Whether everything that is looked at has been read. */
function isRead(state: State): boolean {
  const list = LIST_OF[state.screen];
  if (list !== undefined && listOf(state, list).how !== "ready") return false;
  const top = state.overlays.at(-1);
  if (top?.k === "confirm" && top.lines.how === "loading") return false;
  if (top?.k === "launch" && listOf(state, "images").how !== "ready") return false;
  const { cursor } = state.views.vms;
  const looked = state.screen === "vms" && (state.zoomed || layoutOf(state.size).kind === "wide");
  if (!looked || cursor === null || state.link.how !== "up") return true;
  const detail = state.details.get(cursor) ?? NO_DETAIL;
  return (
    detail.info.how === "ready" &&
    (state.tab !== "xml" || detail.xml.how === "ready") &&
    (state.tab !== "console" || known(detail.console)?.length === CONSOLE.length) &&
    (state.tab !== "containers" || detail.containers.how === "ready") &&
    (state.tab !== "snapshots" || listOf(state, "snapshots").how === "ready")
  );
}

/** What is looked at has been read, and drawn. */
async function settled(terminal: TestTerminal): Promise<void> {
  const { store } = terminal.program;
  await until(() => isRead(store.get()));
  await terminal.flush();
  await until(() => terminal.wrongLines().length === 0);
}

/** Or ten seconds have passed: then the frame says what is wrong. */
async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !holds(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A key of two Escapes would be one of Alt: each has its silence. */
async function press(terminal: TestTerminal, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await terminal.type(key);
    if (key === "\x1b") await terminal.silence();
  }
}

describe.concurrent("golden frames (vitest -u writes them anew)", () => {
  it.for(CASTS)("$columns x $rows, $called", async ({ columns, rows, look, called, scenes, styles }, { expect }) => {
    await using terminal = await opened({ columns, rows, look });
    for (const { name, keys, back } of scenes) {
      await press(terminal, keys);
      await settled(terminal);
      expect(terminal.lines(), name).toEqual(terminal.meant());
      const text = `${terminal.screen()}\n${styles ? `\n${terminal.styles()}\n` : ""}`;
      await expect(text).toMatchFileSnapshot(join(GOLDEN, `${name}-${columns}x${rows}-${called}.txt`));
      await press(terminal, back);
    }
  });

  it.for([
    [80, 24],
    [120, 35],
  ] as const)("%d x %d, of several hosts, one of which is away", async ([columns, rows], { expect }) => {
    const away = async () => {
      throw new HutchError({ code: "E_HOST", message: "No route to host." });
    };
    const [nas, attic] = [fleetHost(FLEET.slice(0, 6)).hutch, fleetHost(FLEET.slice(0, 2)).hutch];
    const hosts = { nas: async () => nas, attic: async () => attic, cellar: away };
    await using terminal = new TestTerminal({ columns, rows, settings, hosts });
    await until(() => terminal.program.store.get().hosts.every(({ link }) => link.how !== "opening"));
    terminal.program.store.send({ m: "toast", toast: null });
    for (const { name, keys } of SCREEN_SCENES.filter(({ name }) => name in LIST_OF || name === "hosts")) {
      await press(terminal, keys);
      await terminal.rest();
      await settled(terminal);
      expect(terminal.lines(), name).toEqual(terminal.meant());
      await expect(`${terminal.screen()}\n`).toMatchFileSnapshot(
        join(GOLDEN, `hosts-${name}-${columns}x${rows}-colour.txt`),
      );
    }
  });

  it.for([
    [80, 24],
    [120, 35],
  ] as const)(
    "%d x %d, where there is nothing yet, and where the connection is lost",
    async ([columns, rows], { expect }) => {
      await using empty = await opened({ columns, rows, host: fleetHost([]) });
      const golden = (name: string) => join(GOLDEN, `${name}-${columns}x${rows}-colour.txt`);
      await expect(`${empty.screen()}\n`).toMatchFileSnapshot(golden("empty"));
      await using terminal = await opened({ columns, rows });
      terminal.host.tell({ k: "lost", message: "libvirt at qemu+ssh://nas/system does not answer." });
      await terminal.flush();
      await expect(`${terminal.screen()}\n`).toMatchFileSnapshot(golden("lost"));
    },
  );

  it.for([
    [59, 15],
    [60, 14],
    [20, 4],
  ] as const)("%d x %d, which is too small", async ([columns, rows], { expect }) => {
    await using terminal = await opened({ columns, rows });
    await expect(`${terminal.screen()}\n`).toMatchFileSnapshot(join(GOLDEN, `too-small-${columns}x${rows}-colour.txt`));
  });
});
