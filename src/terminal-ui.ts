/** The terminal UI put together with the command line, so that every command can be given in it: the only place that knows both. */
import { Writable } from "node:stream";
import { TABLE } from "./cli/commands/table.ts";
import { runCli } from "./cli/run.ts";
import type { KeyFault, Terminal, UiStart } from "./cli/terminal.ts";
import { connect, connectDemo, uiSettings } from "./index.ts";

/** Resolves to the exit code. */
export async function openUi(start: UiStart, terminal: Terminal): Promise<number> {
  // Decides which React is loaded from a checkout: the other one takes more than twice the time.
  const own: NodeJS.ProcessEnv = process.env;
  own["NODE_ENV"] ??= "production";
  const { runUi } = await import("./tui/main.ts");
  const { demo, uri, noColor } = start;
  const { env } = terminal;
  const reread = () => uiSettings({ env });
  const said = await reread();
  const host = demo ? "test:///default" : uri;
  const same = host === undefined ? [] : ["--connect", host];
  return runUi({
    demo,
    noColor,
    // What the command line says counts before what the config says.
    readonly: start.readonly || said.readonly === true,
    ascii: start.ascii ?? said.ascii,
    theme: start.theme ?? said.theme,
    mouse: start.mouse && said.mouse !== false,
    screenReader: start.screenReader || (env["INK_SCREEN_READER"] ?? `${said.screenReader === true}`) === "true",
    uri: host ?? "",
    env,
    streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    settings: said,
    reread,
    open: () => (demo ? connectDemo({ env }) : connect({ env, ...(uri === undefined ? {} : { uri }) })),
    commands: new Set(TABLE.map(({ words }) => words.join(" "))),
    run: async (words, onLine, signal) => {
      const [out, talk] = [new Lines(onLine), new Lines(onLine)];
      const code = await runCli([...same, ...words], unattended(terminal, out, talk, signal));
      out.finish();
      talk.finish();
      return code;
    },
    attach: (words) => runCli([...same, ...words], terminal),
  });
}

/** What of the keys that the config asks for cannot be. */
export async function keyFaults(asked: Readonly<Record<string, readonly string[]>>): Promise<readonly KeyFault[]> {
  return (await import("./tui/actions/keymap.ts")).keymapOf(asked).faults;
}

/** A terminal that nobody sits at: what is written comes by the line, and `signal` is its Ctrl-C. */
function unattended(terminal: Terminal, stdout: Lines, stderr: Lines, signal: AbortSignal): Terminal {
  return {
    ...terminal,
    stdin: { ...terminal.stdin, isTTY: false },
    stdout,
    stderr,
    onSignal: (name, handler) => {
      if (name === "SIGINT") signal.addEventListener("abort", handler);
      return () => signal.removeEventListener("abort", handler);
    },
    unread: new AbortController().signal,
    ui: async () => 0,
  };
}

/** What is written, line by line and without escapes. */
class Lines extends Writable {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    super({ decodeStrings: false });
    this.#onLine = onLine;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const lines = (this.#rest + chunk.toString()).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) this.#tell(line);
    done();
  }

  /** A last line that nothing ended. */
  finish(): void {
    if (this.#rest !== "") this.#tell(this.#rest);
    this.#rest = "";
  }

  #tell(line: string): void {
    this.#onLine(line.replace(/\x1b\[[\d;?]*[A-Za-z]/g, ""));
  }
}
