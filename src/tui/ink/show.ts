/** The program on a terminal: drawn by Ink, and the terminal given back as it was, whatever happens. */
import { writeSync } from "node:fs";
import { render } from "ink";
import { createElement } from "react";
import type { Hands } from "../live/door.ts";
import type { Program } from "../program.ts";
import type { Look } from "../theme/look.ts";
import { App, type Grip } from "./app.ts";

const WIPE = "\x1b[2J\x1b[H";
/** A line that is too long must not scroll the screen. */
const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";
const MOUSE_ON = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF = "\x1b[?1006l\x1b[?1000l";

/** 128 and the signal's number, as shells say it. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const BUG = 70;

export type Streams = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream & { readonly fd?: number };
  readonly stderr: NodeJS.WritableStream;
};

export type ShowOptions = {
  readonly streams: Streams;
  readonly look: Look;
  readonly mouse: boolean;
  /** As many frames a second as are drawn at most. */
  readonly maxFps: number;
};

/** Hands for a program that is shown later: what it asks of the terminal before that waits for nothing and does nothing. */
export class Stage implements Hands {
  readonly #options: ShowOptions;
  #grip: Grip | null = null;
  #clear: () => void = () => undefined;
  #away = false;
  #end: (code: number) => void = () => undefined;

  constructor(options: ShowOptions) {
    this.#options = options;
  }

  /** Draws until somebody quits or a signal comes; resolves to the exit code. The terminal is whole then. */
  async show(program: Program): Promise<number> {
    const { streams, look, maxFps } = this.#options;
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    const release = this.#catchEnds();
    this.#modes(true);
    const instance = render(createElement(App, { program, look, onGrip: this.#hold, onResize: this.#wipe }), {
      ...streams,
      interactive: true,
      alternateScreen: true,
      incrementalRendering: true,
      exitOnCtrlC: false,
      patchConsole: false,
      maxFps,
    });
    this.#clear = () => instance.clear();
    let fault: unknown;
    const broke = instance.waitUntilExit().then(
      () => 0,
      (error: unknown) => {
        fault = error;
        return BUG;
      },
    );
    const code = await Promise.race([ended, broke]);
    this.#modes(false);
    instance.unmount();
    await broke;
    release();
    if (fault !== undefined) streams.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`);
    return code;
  }

  quit(): void {
    this.#end(0);
  }

  write(text: string): void {
    this.#options.streams.stdout.write(text);
  }

  async handOver<T>(work: () => Promise<T>): Promise<T> {
    const grip = this.#grip;
    if (grip === null) return work();
    let result: { readonly value: T } | null = null;
    grip.listen(false);
    this.#modes(false);
    this.#away = true;
    try {
      await grip.suspendTerminal(async () => {
        await letGo(this.#options.streams.stdin);
        try {
          result = { value: await work() };
        } finally {
          // Before anything is drawn: who sees the screen may type at it.
          grip.listen(true);
        }
      });
    } finally {
      this.#away = false;
      this.#modes(true);
    }
    if (result === null) throw new Error("The terminal was not given away.");
    return (result as { readonly value: T }).value;
  }

  /** As Ctrl-Z does outside of raw mode: the shell gets the terminal until `fg`. */
  async suspend(): Promise<void> {
    await this.handOver(
      () =>
        new Promise<void>((resolve) => {
          // Nothing else keeps the process alive while it is stopped.
          const alive = setInterval(() => undefined, 60_000);
          process.once("SIGCONT", () => {
            clearInterval(alive);
            resolve();
          });
          process.kill(process.pid, "SIGTSTP");
        }),
    );
  }

  readonly #hold = (grip: Grip): void => {
    this.#grip = grip;
  };

  /** A terminal that gets smaller moves and cuts what is on it as it likes: the next frame is drawn anew. */
  readonly #wipe = (): void => {
    if (this.#away) return;
    this.write(WIPE);
    this.#clear();
  };

  #modes(on: boolean): void {
    const { streams, mouse } = this.#options;
    streams.stdout.write(on ? NO_WRAP + (mouse ? MOUSE_ON : "") : (mouse ? MOUSE_OFF : "") + WRAP);
  }

  /** Signals and faults end the show; at the very end the modes are taken back once more, without the event loop. */
  #catchEnds(): () => void {
    const { streams, mouse } = this.#options;
    const handlers = Object.entries(SIGNALS).map(([signal, code]) => [signal, () => this.#end(code)] as const);
    const crash = (error: unknown) => {
      streams.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      this.#end(BUG);
    };
    const atExit = () => {
      if (typeof streams.stdout.fd === "number" && streams.stdout.isTTY)
        writeSync(streams.stdout.fd, (mouse ? MOUSE_OFF : "") + WRAP);
    };
    for (const [signal, end] of handlers) process.on(signal, end);
    process.on("uncaughtException", crash);
    process.on("exit", atExit);
    return () => {
      for (const [signal, end] of handlers) process.off(signal, end);
      process.off("uncaughtException", crash);
      process.off("exit", atExit);
    };
  }
}

/** Nothing of what is typed from now on is read here: it is for the one who has the terminal. */
async function letGo(stdin: NodeJS.ReadStream): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  stdin.resume();
  stdin.pause();
}
