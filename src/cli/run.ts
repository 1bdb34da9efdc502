/** From the words on the command line to an exit code. Nothing here ends the process. */
import { asHutchError, type HutchError } from "../core/errors.ts";
import { Cli } from "./cli.ts";
import type { Entry } from "./commands/table.ts";
import { choose } from "./dispatch.ts";
import { faultText } from "./faults.ts";
import type { Globals } from "./globals.ts";
import { GLOBAL_FLAGS, wantedFormat } from "./globals.ts";
import { nounHelp, programHelp } from "./help.ts";
import { paintFor } from "./render/paint.ts";
import type { Terminal } from "./terminal.ts";

/** Help is as wide as the terminal, within reason. */
const NARROWEST = 60;
const WIDEST = 100;
const USUAL = 80;

/** SIGTERM's own exit code; SIGINT's is that of a cancel. */
const TERMINATED = 143;

/** Runs one command to its end; resolves to the exit code. Never rejects. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const choice = choose(argv);
    switch (choice.kind) {
      case "help":
        terminal.stdout.write(choice.noun === null ? programHelp() : nounHelp(choice.noun));
        return 0;
      case "version":
        terminal.stdout.write(`hutch ${terminal.version()}\n`);
        return 0;
      case "command-help":
        return await runEntry(choice.entry, ["--help"], terminal);
      case "command":
        return await runEntry(choice.entry, choice.args, terminal);
      case "bare": {
        const { BARE } = await import("./commands/table.ts");
        return await runEntry(BARE, choice.args, terminal);
      }
    }
  } catch (thrown) {
    const error = asHutchError(thrown);
    return fail(error, error.exitCode, argv, terminal, argv.includes("--verbose"));
  }
}

async function runEntry(entry: Entry, args: readonly string[], terminal: Terminal): Promise<number> {
  const [{ parseWords }, command] = await Promise.all([import("./parse.ts"), entry.load()]);
  const codeOf = (error: HutchError) => command.failsWith ?? error.exitCode;
  let cli: Cli | null = null;
  try {
    const words = parseWords(entry, command, args, columnsOf(terminal));
    if ("help" in words) {
      terminal.stdout.write(words.help);
      return 0;
    }
    const read = Object.entries(GLOBAL_FLAGS).map(([key, flag]) => [key, words.read<unknown>(flag)]);
    cli = new Cli(terminal, Object.fromEntries(read) as Globals);
    return (await command.run(cli, words)) ?? 0;
  } catch (thrown) {
    const error = asHutchError(thrown);
    const terminated = error.code === "E_CANCELLED" && cli?.stoppedBy === "SIGTERM";
    return fail(error, terminated ? TERMINATED : codeOf(error), args, terminal, cli?.globals.verbose ?? false);
  } finally {
    await cli?.close();
  }
}

function fail(
  error: HutchError,
  exitCode: number,
  argv: readonly string[],
  terminal: Terminal,
  verbose: boolean,
): number {
  const paint = paintFor(terminal.stderr, terminal.env, argv.includes("--no-color"));
  terminal.stderr.write(faultText(error, { format: wantedFormat(argv), paint, verbose, exitCode }));
  return exitCode;
}

function columnsOf({ stdout }: Terminal): number {
  return Math.min(WIDEST, Math.max(NARROWEST, stdout.columns ?? USUAL));
}
