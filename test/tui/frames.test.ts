import { join } from "node:path";
import { describe, it } from "vitest";
import { fleetHost } from "./fleet.ts";
import { CASTS, GOING_ON, VIEWS } from "./scenes.ts";
import { type TerminalOptions, TestTerminal } from "./terminal.ts";

const GOLDEN = join(import.meta.dirname, "../golden/tui");
const settings = { keys: {}, views: VIEWS };

/** A terminal on a host where things are going on, for the better part of a minute. */
async function opened(options: TerminalOptions): Promise<TestTerminal> {
  const terminal = new TestTerminal({ ...options, settings });
  await terminal.pass(45);
  for (const message of GOING_ON) terminal.program.store.send(message);
  await terminal.flush();
  return terminal;
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
    for (const { name, keys, back, reads } of scenes) {
      await press(terminal, keys);
      if (reads) await terminal.rest();
      expect(terminal.lines(), name).toEqual(terminal.meant());
      const text = `${terminal.screen()}\n${styles ? `\n${terminal.styles()}\n` : ""}`;
      await expect(text).toMatchFileSnapshot(join(GOLDEN, `${name}-${columns}x${rows}-${called}.txt`));
      await press(terminal, back);
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
