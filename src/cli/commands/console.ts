/** `console`: a VM's serial line on this terminal. */

import type { ConsoleSession } from "../../core/enter.ts";
import { HutchError } from "../../core/errors.ts";
import type { Hutch } from "../../index.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { type ToldWindow, toldWindow } from "../console-window.ts";
import { toggle } from "../flags.ts";

/** Ctrl-], as telnet and virsh have it: no shell or editor needs it. */
const LEAVE = 0x1d;
/** SIGTERM's own exit code. */
const TERMINATED = 143;

export const console: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID", of: "vm" }],
  flags: { force: toggle("--force", "take it from whoever is at it") },
  examples: ["hutch console web", "hutch console web --force"],
  notes:
    "Ctrl-] leaves it. A serial line works without a network, but it carries no window size: hutch tells the guest yours through its agent or by ssh, and where there is neither, stty rows and cols set it there. To log in there, the user needs a password: hutch console-password.",
  run: async (cli, { force }, { operands: [name = ""] }) => {
    const { stdin, stdout } = cli.terminal;
    if (!stdin.isTTY || stdout.isTTY !== true) {
      throw new HutchError({
        code: "E_USAGE",
        message: "A console needs a terminal.",
        next: [`hutch logs ${name} -f`, `hutch exec ${name} -- COMMAND`],
      });
    }
    // Not for reading only: a guest that thinks about its window must not hold up what is typed.
    return sit(cli, await cli.hutch(), name, force);
  },
});

async function sit(cli: Cli, hutch: Hutch, name: string, force: boolean): Promise<number> {
  const { stdin, stdout } = cli.terminal;
  let window: ToldWindow | null = null;
  const onData = (data: Uint8Array) => {
    void cli.write(data);
    window?.seen(data);
  };
  const session = await hutch.console(name, { force, onData });
  const size = `stty rows ${stdout.rows ?? 24} cols ${stdout.columns ?? 80}`;
  const hint = session.canResize ? "" : ` hutch cannot tell it how large your window is: ${size}`;
  cli.say(`You are at the console of ${name}: Ctrl-] leaves, Enter wakes it.${hint}`);
  const released: (() => void)[] = [];
  try {
    // Also where there is no way yet: a VM that boots may have one later.
    window = toldWindow(cli, session);
    released.push(window.release);
    const left = new Promise<"left">((resolve) => released.push(typing(cli, session, () => resolve("left"))));
    const stopped = new Promise<"stopped">((resolve) =>
      released.push(cli.terminal.onSignal("SIGTERM", () => resolve("stopped"))),
    );
    const how = await Promise.race([left, stopped, session.ended.then(() => "ended" as const)]);
    if (how !== "ended") await session.close();
    await cli.write("\r\n");
    if (how === "ended") cli.say(`The console has ended: ${name} stopped, or somebody took it over.`);
    return how === "stopped" ? TERMINATED : 0;
  } finally {
    for (const release of released) release();
    stdin.setRaw(false);
  }
}

/** Sends what is typed until Ctrl-] or the end of the input. Returns a function that leaves the keyboard as it was. */
function typing(cli: Cli, session: ConsoleSession, leave: () => void): () => void {
  const input = cli.terminal.stdin.open();
  const onData = (chunk: Buffer | string) => {
    const typed = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    const end = typed.indexOf(LEAVE);
    const keys = end === -1 ? typed : typed.subarray(0, end);
    // What can no longer be sent is told by the console's end.
    if (keys.length > 0) session.write(keys).catch(() => undefined);
    if (end !== -1) leave();
  };
  cli.terminal.stdin.setRaw(true);
  // Whoever had the keyboard before may have paused it, and asked for text.
  input.on("data", onData).once("end", leave).resume();
  return () => {
    input.off("data", onData).off("end", leave);
    input.pause();
  };
}
