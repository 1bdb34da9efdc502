/** The terminal UI put together with the command line, so that every command can be given in it: the only place that knows both. */
import { Readable, Writable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { TABLE } from "./cli/commands/table.ts";
import { besideOpened, type HostToOpen, hostsToOpen } from "./cli/hosts-to-open.ts";
import { runCli } from "./cli/run.ts";
import type { KeyFault, Sink, Terminal, UiStart } from "./cli/terminal.ts";
import { HutchError } from "./core/errors.ts";
import { connect, connectDemo, settings, uiSettings, watchSettings } from "./index.ts";
import type { HostDoor } from "./tui/live/door.ts";

/**
 * Each second is megabytes of short-lived objects. Left alone V8 lets them pile up to 60 MiB and more before it looks, in a
 * program that stays open all day; kept short it takes a fifteenth more of the processor.
 */
const KEEP_SMALL = ["--semi-space-growth-factor=1", "--heap-growing-percent=30"];

/** Resolves to the exit code. */
export async function openUi(start: UiStart, terminal: Terminal): Promise<number> {
  // Decides which React is loaded from a checkout: the other one takes more than twice the time.
  const own: NodeJS.ProcessEnv = process.env;
  own["NODE_ENV"] ??= "production";
  for (const flag of KEEP_SMALL) setFlagsFromString(flag);
  const { runUi } = await import("./tui/main.ts");
  const { demo, uri, noColor } = start;
  const { env } = terminal;
  const said = await uiSettings({ env });
  const opened = demo ? [] : await hostsToOpen(terminal, uri);
  const doors = (hosts: readonly HostToOpen[]) => (demo ? [demoHost(env)] : hosts.map((host) => doorOf(host, env)));
  return runUi({
    demo,
    noColor,
    // What the command line says counts before what the config says.
    readonly: start.readonly || said.readonly === true,
    ascii: start.ascii ?? said.ascii,
    theme: start.theme ?? said.theme,
    mouse: start.mouse && said.mouse !== false,
    screenReader: start.screenReader || (env["INK_SCREEN_READER"] ?? `${said.screenReader === true}`) === "true",
    hosts: doors(opened),
    config: {
      read: async () => ({
        ...(await uiSettings({ env })),
        hosts: doors(demo ? [] : besideOpened(opened, await hostsToOpen(terminal, uri))),
      }),
      bakesByItself: async () => (await settings({ env }, "bake"))[0]?.value === "auto",
      watch: (changed) => watchSettings(changed, { env }),
    },
    env,
    streams: { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr },
    settings: said,
    commands: new Set(TABLE.map(({ words }) => words.join(" "))),
    run: async (words, onLine, signal) => {
      const [out, talk] = [new Lines(onLine), new Lines(onLine)];
      const code = await runCli(words, unattended(terminal, out, talk, signal));
      out.finish();
      talk.finish();
      return code;
    },
    attach: async (words) => {
      const [stderr, heard] = overheard(terminal.stderr);
      const code = await runCli(words, { ...terminal, stderr });
      const fault = code === 0 ? undefined : FAULT.exec(heard());
      if (fault) throw new HutchError({ code: "E_FAILED", message: (fault[1] ?? "").replace(/\s+/g, " ") });
      return code;
    },
  });
}

function doorOf({ name, uri, connect: word }: HostToOpen, env: Terminal["env"]): HostDoor {
  return {
    name,
    uri,
    connect: word,
    words: word === null ? [] : ["--connect", word],
    open: (signal) => connect({ env, uri, signal }),
  };
}

function demoHost(env: Terminal["env"]): HostDoor {
  const uri = "test:///default";
  const words = ["--connect", uri];
  return { name: "demo", uri, connect: null, words, open: (signal) => connectDemo({ env, signal }) };
}

/** What of the keys that the config asks for cannot be. */
export async function keyFaults(asked: Readonly<Record<string, readonly string[]>>): Promise<readonly KeyFault[]> {
  return (await import("./tui/actions/keymap.ts")).keymapOf(asked).faults;
}

/** A command's error as it is told at a terminal: what, and why. */
const FAULT = /^Error: (.*(?:\n {2}(?! *→).*)*)/m;
const MOST_OVERHEARD = 16 * 1024;

/** The same terminal, and what was written to it: it is gone from the screen once the terminal UI is back. */
function overheard(stderr: Sink): readonly [Sink, said: () => string] {
  let said = "";
  const write: Sink["write"] = (chunk: string | Uint8Array, ...rest: readonly unknown[]) => {
    said = (said + (typeof chunk === "string" ? chunk : Buffer.from(chunk).toString())).slice(-MOST_OVERHEARD);
    return stderr.write(chunk, ...(rest as []));
  };
  return [Object.assign(Object.create(stderr) as Sink, { write }), () => said.replace(ESCAPES, "")];
}

const ESCAPES = /\x1b\[[\d;?]*[A-Za-z]/g;

/** A terminal that nobody sits at: there is nothing to read, what is written comes by the line, and `signal` is its Ctrl-C. */
function unattended(terminal: Terminal, stdout: Lines, stderr: Lines, signal: AbortSignal): Terminal {
  return {
    ...terminal,
    stdin: { isTTY: false, open: () => Readable.from([]), setRaw: () => undefined },
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
    this.#onLine(line.replace(ESCAPES, ""));
  }
}
