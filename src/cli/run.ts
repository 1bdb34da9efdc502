/** From the words on the command line to an exit code. Nothing here ends the process. */
import { asHutchError, HutchError } from "../core/errors.ts";
import { Cli } from "./cli.ts";
import { type Command, missingOperands, wordOf } from "./command.ts";
import type { Entry } from "./commands/entry.ts";
import { BARE } from "./commands/table.ts";
import { choose } from "./dispatch.ts";
import { faultText } from "./faults.ts";
import { type Given, GLOBAL_FLAGS, type Globals, splitGlobals, wantedFormat } from "./globals.ts";
import { nounHelp, programHelp } from "./help.ts";
import type { Parsed } from "./parse.ts";
import { paintFor } from "./render/paint.ts";
import type { Terminal } from "./terminal.ts";

/** Help is as wide as the terminal, within reason. */
const NARROWEST = 60;
const WIDEST = 100;
const USUAL = 80;

/** What the shells' completion scripts call: everything after it, and the last word is the one to complete. */
const COMPLETE = "__complete";

/** SIGTERM's own exit code; SIGINT's is that of a cancel. */
const TERMINATED = 143;

/** Runs one command to its end; resolves to the exit code. Never rejects. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  if (argv[0] === COMPLETE) {
    const { candidates } = await import("./completion/candidates.ts");
    terminal.stdout.write(await candidates(argv.slice(1), terminal));
    return 0;
  }
  const { given, words } = splitGlobals(argv);
  try {
    const choice = choose(words);
    switch (choice.kind) {
      case "help":
        terminal.stdout.write(choice.noun === null ? programHelp() : nounHelp(choice.noun));
        return 0;
      case "version":
        terminal.stdout.write(`hutch ${terminal.version()}\n`);
        return 0;
      case "command-help":
        return await runEntry(choice.entry, ["--help"], given, terminal);
      case "command":
        return await runEntry(choice.entry, choice.args, given, terminal);
      case "bare":
        return await runEntry(BARE, choice.args, given, terminal);
    }
  } catch (thrown) {
    const error = asHutchError(thrown);
    return fail(error, error.exitCode, given, terminal);
  }
}

async function runEntry(entry: Entry, args: readonly string[], given: Given, terminal: Terminal): Promise<number> {
  const command = await entry.load();
  let cli: Cli | null = null;
  try {
    const words = await wordsOf(entry, command, args, given, terminal);
    if ("help" in words) {
      terminal.stdout.write(words.help);
      return 0;
    }
    const read = Object.entries(GLOBAL_FLAGS).map(([key, flag]) => [key, words.read<unknown>(flag)]);
    cli = new Cli(terminal, Object.fromEntries(read) as Globals);
    const operands =
      missingOperands(command, words.operands).length === 0
        ? words.operands
        : await complete(cli, entry, command, words.operands);
    return (await command.run(cli, { ...words, operands })) ?? 0;
  } catch (thrown) {
    const error = asHutchError(thrown);
    const terminated = error.code === "E_CANCELLED" && cli?.stoppedBy === "SIGTERM";
    const exitCode = terminated ? TERMINATED : (command.failsWith ?? error.exitCode);
    return fail(error, exitCode, given, terminal);
  } finally {
    await cli?.close();
  }
}

/** What a person at a terminal is asked for; E_USAGE elsewhere. */
async function complete(
  cli: Cli,
  entry: Entry,
  command: Command,
  given: readonly string[],
): Promise<readonly string[]> {
  const missing = missingOperands(command, given);
  const [first] = missing;
  if (first === undefined || !cli.interactive || cli.globals.yes) {
    throw new HutchError({
      code: "E_USAGE",
      message: `Missing required argument '${first === undefined ? "" : wordOf(first)}'.`,
      next: [`hutch ${entry.words.join(" ")} --help`],
    });
  }
  const { askForOperands } = await import("./operands.ts");
  return [...given, ...(await askForOperands(cli, missing))];
}

/** Without words there is nothing to parse, and loading the parser is a fifth of the time of `hutch list`. */
async function wordsOf(
  entry: Entry,
  command: Command,
  args: readonly string[],
  given: Given,
  terminal: Terminal,
): Promise<Parsed> {
  if (args.length === 0 && command.operands.every(({ syntax }) => syntax.startsWith("["))) {
    return { operands: [], rest: null, read: (flag) => flag.read(given.get(flag) ?? []) };
  }
  const { parseWords } = await import("./parse.ts");
  return parseWords(entry, command, args, given, columnsOf(terminal));
}

function fail(error: HutchError, exitCode: number, given: Given, terminal: Terminal): number {
  const { noColor, verbose } = GLOBAL_FLAGS;
  const paint = paintFor(terminal.stderr, terminal.env, noColor.read(given.get(noColor) ?? []));
  const style = { format: wantedFormat(given), paint, verbose: verbose.read(given.get(verbose) ?? []), exitCode };
  terminal.stderr.write(faultText(error, style));
  return exitCode;
}

function columnsOf({ stdout }: Terminal): number {
  return Math.min(WIDEST, Math.max(NARROWEST, stdout.columns ?? USUAL));
}
