/** `exec`: one command in a VM, its argv word for word, its exit code passed through. */
import { EXIT_CODES, isHutchError } from "../../core/errors.ts";
import type { Hutch } from "../../index.ts";
import { leavingSignals } from "../child-signals.ts";
import type { Cli } from "../cli.ts";
import { type Command, defineCommand } from "../command.ts";
import { toggle } from "../flags.ts";

export const exec: Command = defineCommand({
  operands: [{ syntax: "<name>", text: "a VM's name or UUID; then -- and the command", of: "vm" }],
  flags: { agent: toggle("--agent", "through the guest agent instead of ssh: no network needed, as root") },
  examples: [
    "hutch exec web -- uname -a",
    "hutch exec web -- docker ps",
    "echo hello | hutch exec web -- cat",
    "hutch exec --agent web -- ip address",
  ],
  notes:
    "Everything after -- is the command. Its exit code is passed through, 128 + n for signal n; 125 says that it was not run (a VM that is still starting is waited for first), 2 that these words were not understood. With --agent, input and output go over as a whole when the command has ended.",
  rest: { syntax: "<command...>", text: "a line for the shell of the VM" },
  failsWith: EXIT_CODES.E_EXEC,
  run: async (cli, { agent }, { operands: [name = ""], rest }) => {
    const command = rest ?? [];
    const hutch = await cli.hutch({ readonly: true });
    if (agent) return throughAgent(cli, hutch, name, command);
    const { stdin, stdout } = cli.terminal;
    const tty = stdin.isTTY && stdout.isTTY === true;
    return leavingSignals(cli, name, (ends) => hutch.exec(name, command, { stdio: "inherit", tty, ...ends }));
  },
});

/** Ctrl-C asks the command to end; a terminal is not read, for nobody could tell where its input ends. */
async function throughAgent(cli: Cli, hutch: Hutch, name: string, argv: readonly string[]): Promise<number> {
  const { stdin, stderr } = cli.terminal;
  const stop = new AbortController();
  const release = cli.terminal.onSignal("SIGINT", () => stop.abort());
  try {
    const input = stdin.isTTY ? new Uint8Array() : await readAll(stdin.open());
    return await hutch.execByAgent(name, argv, {
      input,
      onOutput: async (stream, data) => {
        if (stream === "stdout") await cli.write(data);
        else stderr.write(data);
      },
      signal: stop.signal,
    });
  } catch (error) {
    // It was run: that is none of the failures that 125 stands for.
    if (!stop.signal.aborted || !isHutchError(error)) throw error;
    cli.say(error.message);
    return error.exitCode;
  } finally {
    release();
  }
}

async function readAll(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
