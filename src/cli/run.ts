/** From the words on the command line to an exit code. Nothing here ends the process. */
import { asHutchError, HutchError } from "../core/errors.ts";
import { Cli } from "./cli.ts";
import { type Command, missingOperands, type Words, wordOf } from "./command.ts";
import type { Entry } from "./commands/entry.ts";
import { BARE } from "./commands/table.ts";
import { choose } from "./dispatch.ts";
import { faultText } from "./faults.ts";
import { type Given, GLOBAL_FLAGS, type Globals, splitGlobals, wantedFormat } from "./globals.ts";
import { nounHelp, programHelp } from "./help.ts";
import type { Parsed } from "./parse.ts";
import { paintFor } from "./render/paint.ts";
import type { StopSignal, Terminal } from "./terminal.ts";

/** Help is as wide as the terminal, within reason. */
const NARROWEST = 60;
const WIDEST = 100;
const USUAL = 80;

/** What the shells' completion scripts call: everything after it, and the last word is the one to complete. */
const COMPLETE = "__complete";

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** Of what a signal cancelled. */
const STOPPED: Readonly<Record<StopSignal, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

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
    return fail(error, error.exitCode, given, terminal, words);
  }
}

async function runEntry(entry: Entry, args: readonly string[], given: Given, terminal: Terminal): Promise<number> {
  const command = await entry.load();
  let cli: Cli | null = null;
  let understood = false;
  try {
    const words = await wordsOf(entry, command, args, given, terminal);
    if ("help" in words) {
      terminal.stdout.write(words.help);
      return 0;
    }
    const read = Object.entries(GLOBAL_FLAGS).map(([key, flag]) => [key, words.read<unknown>(flag)]);
    cli = new Cli(terminal, Object.fromEntries(read) as Globals, { verb: entry.words, args });
    const whole = { ...words, ...(await completed(cli, entry, command, words)) };
    understood = true;
    return (await command.run(cli, whole)) ?? 0;
  } catch (thrown) {
    const error = asHutchError(thrown);
    const own = (understood ? command.failsWith : undefined) ?? error.exitCode;
    const exitCode = error.code === "E_CANCELLED" ? STOPPED[cli?.stoppedBy ?? "SIGINT"] : own;
    return fail(error, exitCode, given, terminal, [...args, ...(await namesOf(args, error, cli))]);
  } finally {
    await cli?.close();
  }
}

/** VMs that were typed by their UUID are told by their name, which may need quotes. */
async function namesOf(words: readonly string[], error: HutchError, cli: Cli | null): Promise<readonly string[]> {
  const uuids = words.filter((word) => UUID.test(word)).map((word) => word.toLowerCase());
  if (cli === null || uuids.length === 0 || error.next.length === 0) return [];
  try {
    const machines = await (await cli.hutch()).list();
    return machines.filter(({ uuid }) => uuids.includes(uuid)).map(({ name }) => name);
  } catch {
    // What went wrong is told as it is.
    return [];
  }
}

/** The words with those that were missing. */
async function completed(
  cli: Cli,
  entry: Entry,
  command: Command,
  { operands, rest }: Pick<Words, "operands" | "rest">,
): Promise<Pick<Words, "operands" | "rest">> {
  const missing = missingOperands(command, operands);
  const wanting = command.rest !== undefined && (rest ?? []).length === 0 ? command.rest : null;
  if (missing.length === 0 && wanting === null) return { operands, rest };
  const verb = `hutch ${entry.words.join(" ")}`;
  const beyond = operands.slice(command.operands.length);
  if (wanting !== null && beyond.length > 0) {
    throw new HutchError({
      code: "E_USAGE",
      message: `Missing required argument '${wordOf(wanting)}'.`,
      why: "It goes after --, so that its own flags are not taken for hutch's.",
      next: [`${verb} ${[...operands.slice(0, -beyond.length), "--", ...beyond].join(" ")}`],
    });
  }
  const { required, shellLine } = await import("./required.ts");
  const next = [`${verb} --help`];
  const found = [...operands, ...(await required(cli, missing, { next, before: operands }))];
  if (wanting === null) return { operands: found, rest };
  const [line = ""] = await required(cli, [{ ...wanting, syntax: "<command>" }], { next });
  return { operands: found, rest: shellLine(line) };
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

function fail(error: HutchError, exitCode: number, given: Given, terminal: Terminal, words: readonly string[]): number {
  const { noColor, verbose } = GLOBAL_FLAGS;
  const paint = paintFor(terminal.stderr, terminal.env, noColor.read(given.get(noColor) ?? []));
  const style = { format: wantedFormat(given), paint, verbose: verbose.read(given.get(verbose) ?? []), exitCode };
  terminal.stderr.write(faultText(error, { ...style, words }));
  return exitCode;
}

function columnsOf({ stdout }: Terminal): number {
  return Math.min(WIDEST, Math.max(NARROWEST, stdout.columns ?? USUAL));
}
