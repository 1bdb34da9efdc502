/** What a guest's login shell makes of a command, tried on shells of this machine, started as sshd starts them. */
import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { spawn as openTerminal } from "node-pty";
import { describe, expect, it } from "vitest";
import { guestLine, tellingSignals } from "../../src/host/ssh/guest-command.ts";

const PASS_SIGNAL = fileURLToPath(new URL("../../cloud-init/guest/pass-signal.sh", import.meta.url));
const SHELLS = ["sh", "bash", "zsh", "fish", "tcsh"].map((name) => {
  const { stdout } = spawnSync("sh", ["-c", 'command -v "$1"', "sh", name], { encoding: "utf8" });
  return [name, stdout.trim()] as const;
});
const NASTY = [
  "a b",
  "",
  "'",
  '"$HOME"',
  "`id`",
  "a;b",
  "*",
  "-n",
  "~",
  "!x",
  "a!b!",
  "\\",
  "\\\\",
  "\\'",
  "=ls",
  "%1",
  "#c",
];

function inShell(shell: string, argv: readonly string[], input = ""): SpawnSyncReturns<string> {
  return spawnSync(shell, ["-c", guestLine(argv)], { input, encoding: "utf8" });
}

/** As where a guest's sh is bash. */
const inBash = (argv: readonly string[]) => argv.map((word) => (word === "/bin/sh" ? "/bin/bash" : word));

describe.each(SHELLS)("a command where the login shell is %s", (name, shell) => {
  // csh alone cannot have a line break in a word.
  const odd = [...NASTY, "ä漢", "{a,b}", "$(id)", "^a", "[a]", ...(name === "tcsh" ? [] : ["a\nb"])];

  it("comes out as the words that went in, also where it is told how the command ended", () => {
    const argv = ["printf", "%s\\0", ...odd];
    for (const sent of [argv, tellingSignals(argv), inBash(tellingSignals(argv))]) {
      const { stdout, stderr } = inShell(shell, sent);
      expect([stdout.split("\0").slice(0, -1), stderr]).toEqual([odd, ""]);
    }
  });

  it.each([
    [["sh", "-c", "exit 7"], 7],
    [["sh", "-c", "kill -KILL $$"], 137],
    [["sh", "-c", "kill -TERM $$"], 143],
    [["sh", "-c", "kill -SEGV $$"], 139],
    [["no-such-program"], 127],
    [["/etc/passwd"], 126],
    // Not programs, but words of a shell.
    [["exit", "3"], 3],
    [["command", "-v", "sh"], 0],
    [["MARK=5", "sh", "-c", "exit $MARK"], 5],
  ])("%j ends with %i", (argv, code) => {
    for (const sent of [tellingSignals(argv), inBash(tellingSignals(argv))])
      expect(inShell(shell, sent)).toMatchObject({ status: code, signal: null });
  });

  it("has its input, its output, its complaints and its environment", () => {
    const argv = tellingSignals(["sh", "-c", 'cat; echo "$MARK" >&2'], { environment: { MARK: "a b" } });
    expect(inShell(shell, argv, "in\0")).toMatchObject({ status: 0, stdout: "in\0", stderr: "a b\n" });
  });
});

describe("a command", () => {
  it("keeps any word at all in a POSIX shell", () => {
    const word = fc.string({ unit: "binary" }).filter((text) => !text.includes("\0"));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const { stdout } = inShell("/bin/sh", tellingSignals(["printf", "%s\\0", ...words]));
        expect(stdout.split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 20 },
    );
  });

  it("says nothing of the signal that ended it: the exit code tells", () => {
    const argv = tellingSignals(["sh", "-c", "echo no >&2; kill -KILL $$"]);
    for (const sent of [argv, inBash(argv)]) expect(inShell("/bin/bash", sent).stderr).toBe("no\n");
  });

  it("is the guest's program, not what its sh has under that name", () => {
    expect(inShell("/bin/bash", tellingSignals(["echo", "-e", "a\\tb", "\\\\n"])).stdout).toBe("a\tb \\n\n");
    expect(inShell("/bin/bash", tellingSignals(["echo", "a\\n"])).stdout).toBe("a\\n\n");
  });

  it.each([
    ["echo up; sleep 60", 130],
    ["trap 'exit 3' INT; echo up; sleep 60 & wait", 3],
    ["trap '' INT; echo up; sleep 1; exit 4", 4],
  ])("at a terminal makes its own of Ctrl-C: %s ends with %i", async (script, code) => {
    const argv = tellingSignals(["sh", "-c", script], { tty: true });
    const pty = openTerminal("/bin/bash", ["-c", guestLine(argv)], {});
    const ended = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
    pty.onData((text) => {
      if (text.includes("up")) setTimeout(() => pty.write("\x03"), 300);
    });
    expect(await ended).toBe(code);
  });

  it("at a terminal hears when that is gone", async () => {
    const folder = mkdtempSync(join(tmpdir(), "hutch-command-"));
    try {
      const heard = join(folder, "heard");
      const script = `trap 'touch "$1"; exit' HUP; echo up; while :; do sleep 0.05; done`;
      const argv = tellingSignals(["sh", "-c", script, "sh", heard], { tty: true });
      const pty = openTerminal("/bin/bash", ["-c", guestLine(argv)], {});
      await new Promise<void>((resolve) => {
        pty.onData((text) => text.includes("up") && resolve());
      });
      // The connection broke: the kernel tells the first process of the session, and no other.
      pty.kill("SIGHUP");
      await expect.poll(() => existsSync(heard)).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each([
    ["TERM", "trap 'exit 3' TERM; echo up; while :; do sleep 0.05; done", 3],
    ["HUP", "trap 'exit 3' HUP; echo up; while :; do sleep 0.05; done", 3],
    ["TERM", "echo up; exec sleep 60", 143],
    ["HUP", "echo up; exec sleep 60", 129],
  ])("gets SIG%s passed on, and answers in its own way: %s ends with %i", async (signal, script, code) => {
    const mark = randomUUID();
    const argv = tellingSignals(["sh", "-c", script], { environment: { HUTCH_EXEC: mark } });
    for (const sent of [argv, inBash(argv)]) {
      const line = guestLine(sent);
      const child = spawn("/bin/bash", ["-c", line], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      const ended = once(child, "exit");
      expect(spawnSync("sh", [PASS_SIGNAL, signal, mark]).status).toBe(0);
      expect((await ended)[0]).toBe(code);
    }
  });
});
