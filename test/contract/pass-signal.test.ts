/** How a signal finds a command in a guest, tried on processes of this machine: marks are made up for each test. */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";

const SCRIPT = fileURLToPath(new URL("../../cloud-init/guest/pass-signal.sh", import.meta.url));

const started: ChildProcess[] = [];
afterEach(() => {
  for (const { pid } of started.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, "SIGKILL");
    } catch {
      // Ended, as it was to.
    }
  }
});

type Marked = { readonly child: ChildProcess; readonly said: string };

/** As sshd starts a command: in a session of its own. Resolves once it has said something. */
async function marked(mark: string, command: string): Promise<Marked> {
  const child = spawn("sh", ["-c", command], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, HUTCH_EXEC: mark },
  });
  started.push(child);
  const [said] = await once(child.stdout, "data");
  return { child, said: String(said) };
}

async function pass(signal: string, mark: string): Promise<number> {
  const [code] = await once(spawn("sh", [SCRIPT, signal, mark], { stdio: "inherit" }), "close");
  return code;
}

const ended = async (child: ChildProcess) => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  return child.signalCode ?? child.exitCode;
};

/** An orphan that nobody has buried yet does not. */
function runs(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe("pass-signal.sh", () => {
  it.each(["TERM", "HUP"])("sends %s to the command and to what it started", async (signal) => {
    const mark = randomUUID();
    const { child, said } = await marked(mark, "sleep 60 & echo $!; wait");
    const { child: other } = await marked(randomUUID(), "echo; exec sleep 60");
    expect(await pass(signal, mark)).toBe(0);
    expect(await ended(child)).toBe(`SIG${signal}`);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    await expect.poll(() => runs(Number(said))).toBe(false);
  });

  it("lets the command answer in its own way", async () => {
    const mark = randomUUID();
    const { child } = await marked(mark, 'trap "exit 3" TERM; echo; while :; do sleep 0.05; done');
    expect(await pass("TERM", mark)).toBe(0);
    expect(await ended(child)).toBe(3);
  });

  it("leaves alone what the command put into a session of its own", async () => {
    const mark = randomUUID();
    const { child, said } = await marked(mark, 'setsid sh -c "echo \\$\\$; exec sleep 60" & wait');
    const apart = Number(said);
    expect(await pass("TERM", mark)).toBe(0);
    expect(await ended(child)).toBe("SIGTERM");
    expect(runs(apart)).toBe(true);
    process.kill(apart, "SIGKILL");
  });

  it("says when there is no such command", async () => {
    expect(await pass("TERM", randomUUID())).toBe(1);
  });
});
