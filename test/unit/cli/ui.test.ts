import { describe, expect, it } from "vitest";
import { hutch, machine } from "./stand-in.ts";

const MACHINES = [
  machine("web"),
  machine("db", { status: { power: "stopped", reason: "", persistent: true } }),
  machine("lab", { status: { power: "paused", reason: "", persistent: true } }),
];

describe("the terminal UI", () => {
  it.each([[[]], [["ui"]]])("%j without a terminal is a short status, and exits 0", async (argv) => {
    const { code, stdout, stderr, calls } = await hutch(argv, { machines: MACHINES });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^3 VMs, 1 running, at \S+\n$/)]);
    expect(stderr).toContain("hutch list");
    expect(calls.map(([method]) => method)).not.toContain("ui");
  });

  it("of the demo is refused without a terminal, and tells nothing of this host", async () => {
    const { code, stdout, stderr, calls } = await hutch(["ui", "--demo"], { machines: MACHINES });
    expect({ code, stdout, calls }).toEqual({ code: 2, stdout: "", calls: [] });
    expect(stderr).toContain("ui --demo needs a terminal.\n  → hutch list\n");
  });

  it("is opened as the flags say", async () => {
    const env = { TERM: "xterm-256color" };
    const { calls } = await hutch(["ui", "--ascii", "--theme", "light", "--no-mouse"], { tty: true, env });
    expect(calls).toContainEqual(["ui", expect.objectContaining({ ascii: true, theme: "light", mouse: false })]);
    expect((await hutch([], { tty: true, env })).calls).toContainEqual([
      "ui",
      expect.objectContaining({ mouse: true }),
    ]);
  });
});
