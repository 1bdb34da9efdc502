/** What every command works with: its global flags, the connection, and the two ways to speak: data and talk. */
import { shellWord } from "../core/shell-word.ts";
import type { ConnectOptions, Hutch } from "../index.ts";
import type { Globals } from "./globals.ts";
import { type Document, rendered } from "./render/document.ts";
import { type Paint, paintFor } from "./render/paint.ts";
import { plain } from "./render/plain.ts";
import type { Sink, StopSignal, Terminal } from "./terminal.ts";

export type Typed = { readonly verb: readonly string[]; readonly args: readonly string[] };

export class Cli {
  readonly terminal: Terminal;
  readonly globals: Globals;
  /** The signal that a running operation was cancelled by. */
  stoppedBy: StopSignal | null = null;
  readonly #typed: Typed;
  #hutch: Promise<Hutch> | null = null;
  readonly #warned = new Set<string>();

  /** `typed`: the command's words, then what was typed after them. */
  constructor(terminal: Terminal, globals: Globals, typed: Typed) {
    this.terminal = terminal;
    this.globals = globals;
    this.#typed = typed;
  }

  /** What was typed, with one more flag, for a shell. */
  line(flag: string): string {
    const { connect } = this.globals;
    const host = connect === undefined ? [] : ["-c", connect];
    const { verb, args } = this.#typed;
    return ["hutch", ...verb, flag, ...host, ...args].map(shellWord).join(" ");
  }

  /** For stderr: the talk. */
  get paint(): Paint {
    return paintFor(this.terminal.stderr, this.terminal.env, this.globals.noColor);
  }

  get format() {
    return this.globals.output ?? "table";
  }

  /** How wide a line of data may be: a pipe takes any. */
  get columns(): number {
    const { stdout } = this.terminal;
    // A terminal that does not know its size says 0.
    return stdout.isTTY === true ? stdout.columns || 80 : Number.POSITIVE_INFINITY;
  }

  /** Whether somebody is there to be asked. */
  get interactive(): boolean {
    const { stdin, stderr, env } = this.terminal;
    const ci = env["CI"] ?? "";
    return stdin.isTTY && stderr.isTTY === true && (ci === "" || ci === "false");
  }

  /** Whether the terminal UI can be shown: keys, a screen, and no wish for data. */
  get hasScreen(): boolean {
    const { stdin, stdout, env } = this.terminal;
    return stdin.isTTY && stdout.isTTY === true && env["TERM"] !== "dumb" && this.globals.output === undefined;
  }

  /** The libvirt host, opened once; `readonly` starts faster and serves reads only. Errors as `connect`'s. */
  hutch(options: { readonly readonly?: boolean } = {}): Promise<Hutch> {
    this.#hutch ??= this.#open(options);
    return this.#hutch;
  }

  /** A look at the host on a connection of its own, before the command opens the one that it needs; `uri`: at another host. */
  async looking<T>(work: (hutch: Hutch) => Promise<T>, uri?: string): Promise<T> {
    const hutch = await this.#open({ readonly: true, ...(uri === undefined ? {} : { uri }) });
    try {
      return await work(hutch);
    } finally {
      await hutch.close();
    }
  }

  async #open(options: Pick<ConnectOptions, "readonly" | "uri">): Promise<Hutch> {
    const { connect } = await this.terminal.library();
    const hutch = await connect({ ...this.host, ...options });
    for (const note of hutch.notes) this.warn(note);
    return hutch;
  }

  /** Which libvirt is meant, for the library. */
  get host(): Pick<ConnectOptions, "uri" | "env"> {
    const { connect: uri } = this.globals;
    return { env: this.terminal.env, ...(uri === undefined ? {} : { uri }) };
  }

  async close(): Promise<void> {
    const hutch = await this.#hutch?.catch(() => null);
    await hutch?.close();
  }

  /** Data, to stdout, in the format asked for. */
  async print(document: Document): Promise<void> {
    await this.write(await rendered(document, this.format, this.columns));
  }

  /** Text or bytes to stdout as they are; waits for a slow reader, and is dropped once nobody reads. */
  async write(data: string | Uint8Array): Promise<void> {
    const { stdout, unread } = this.terminal;
    if (data.length === 0 || unread.aborted) return;
    if (!stdout.write(data)) await drained(stdout, unread);
  }

  /** Talk, to stderr; not with --quiet. */
  say(text: string): void {
    if (!this.globals.quiet) this.terminal.stderr.write(`${text}\n`);
  }

  /** Said once, however many tell it. */
  warn(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.say(`${this.paint.yellow("Warning:")} ${plain(text)}`);
  }
}

function drained(sink: Sink, unread: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    sink.once("drain", resolve);
    unread.addEventListener("abort", () => resolve(), { once: true });
  });
}
