import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SCREENS } from "../../src/tui/store/state.ts";
import { lookOf } from "../../src/tui/theme/look.ts";
import { NOW } from "./fleet.ts";
import { TestTerminal } from "./terminal.ts";

const GOLDEN = join(import.meta.dirname, "../golden/tui");
const SIZES = [
  [80, 24],
  [120, 35],
  [200, 55],
] as const;
const LOOKS = {
  colour: lookOf("true", "dark", false),
  plain: lookOf("none", "dark", false),
  ascii: lookOf("none", "dark", true),
};

describe.each(Object.entries(LOOKS))("frames, %s", (name, look) => {
  it.each(SIZES)("at %dx%d, every screen", async (columns, rows) => {
    await using terminal = new TestTerminal({ columns, rows, look });
    await terminal.pass(40);
    terminal.host.tell({
      k: "happened",
      happening: {
        at: NOW - 5000,
        what: "vm",
        name: "web-01",
        uuid: "00000000-0000-4000-8000-000000000001",
        text: "started",
        level: "info",
      },
    });
    await terminal.type("s");
    for (const [index, screen] of SCREENS.entries()) {
      await terminal.type(`${index + 1}`);
      await (["vms", "images", "networks", "storage", "snapshots"].includes(screen)
        ? terminal.rest()
        : terminal.flush());
      expect(terminal.lines()).toEqual(terminal.meant());
      const styles = columns === 80 && name === "colour" ? `\n\n${terminal.styles()}` : "";
      await expect(`${terminal.screen()}${styles}\n`).toMatchFileSnapshot(
        join(GOLDEN, `${screen}-${columns}x${rows}-${name}.txt`),
      );
    }
  });
});
