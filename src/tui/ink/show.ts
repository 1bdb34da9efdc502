/** The program on a terminal: drawn by Ink, and the terminal given back as it was, whatever happens. */
import { writeSync } from "node:fs";
import type { Hands } from "../live/door.ts";
import type { Program } from "../program.ts";
import type { Look } from "../theme/look.ts";
import type { Grip } from "./app.ts";
import { Canvas } from "./canvas.ts";
import { type Modes, modes } from "./modes.ts";
import { picture } from "./picture.ts";

/** 128 and the signal's number, as shells say it. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 } as const;
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
  readonly #canvas: Canvas;
  readonly #modes: Modes;
  #grip: Grip | null = null;
  /** Whether the screen is ours. */
  #ours = false;
  #fault: unknown = null;
  #end: (code: number) => void = () => undefined;

  constructor(options: ShowOptions) {
    this.#options = options;
    this.#canvas = new Canvas(options.streams.stdout);
    this.#modes = modes(options.mouse);
  }

  /**
   * Draws until somebody quits or a signal comes; resolves to the exit code. The terminal is whole then. The first frame is
   * there when this returns its promise: Ink and React take longer to load than everything else together.
   */
  async show(program: Program): Promise<number> {
    const { streams, look, maxFps } = this.#options;
    const ended = new Promise<number>((resolve) => {
      this.#end = resolve;
    });
    const release = this.#catchEnds();
    const lines = picture(program, look);
    const resized = () => this.#resized(program, lines);
    const resumed = () => this.#resumed(lines);
    this.#take();
    this.#canvas.draw(lines());
    streams.stdout.on("resize", resized);
    process.on("SIGCONT", resumed);
    const { drawWithInk } = await import("./app.ts");
    const drawing = drawWithInk(
      { program, picture: lines, maxFps, onGrip: this.#hold },
      { ...streams, canvas: this.#canvas },
    );
    const broke = drawing.ended.then(
      () => 0,
      (error: unknown) => {
        this.#fault ??= error;
        return BUG;
      },
    );
    const code = await Promise.race([ended, broke]);
    streams.stdout.off("resize", resized);
    process.off("SIGCONT", resumed);
    this.#leave();
    drawing.end();
    await broke;
    release();
    this.#tellFault();
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
    this.#leave();
    await grip.suspendTerminal(async () => {
      await letGo(this.#options.streams.stdin);
      try {
        result = { value: await work() };
      } finally {
        this.#take();
        // Before anything is drawn: who sees the screen may type at it.
        grip.listen(true);
      }
    });
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
            askSize();
            resolve();
          });
          process.kill(process.pid, "SIGTSTP");
        }),
    );
  }

  readonly #hold = (grip: Grip): void => {
    this.#grip = grip;
  };

  /** A terminal that changes its size moves and cuts what is on it as it likes: the screen is drawn anew, and at once. */
  #resized(program: Program, lines: () => readonly string[]): void {
    const { columns, rows } = this.#canvas;
    this.#canvas.forget();
    program.store.send({ m: "size", size: { columns, rows } });
    if (this.#ours) this.#canvas.draw(lines());
  }

  /** Stopped by others, it was not asked to give the terminal back: whoever had it meanwhile has made it theirs. */
  #resumed(lines: () => readonly string[]): void {
    if (!this.#ours) return;
    const { stdin } = this.#options.streams;
    // Node sets only what it thinks is not set.
    stdin.setRawMode(false);
    stdin.setRawMode(true);
    askSize();
    this.#take();
    this.#canvas.draw(lines());
  }

  #take(): void {
    this.#ours = true;
    this.#canvas.forget();
    this.write(this.#modes.on);
  }

  #leave(): void {
    this.#ours = false;
    this.write(this.#modes.off);
  }

  /** Once the terminal is whole: on the screen that is left nobody would see it. */
  #tellFault(): void {
    const fault = this.#fault;
    if (fault === null) return;
    this.#options.streams.stderr.write(`${fault instanceof Error ? fault.stack : String(fault)}\n`);
  }

  /** Signals and faults end the show; whoever ends the process otherwise still leaves the terminal whole. */
  #catchEnds(): () => void {
    const { stdout } = this.#options.streams;
    const handlers = Object.entries(SIGNALS).map(([signal, code]) => [signal, () => this.#end(code)] as const);
    const crash = (error: unknown) => {
      this.#fault ??= error;
      this.#end(BUG);
    };
    const atExit = () => {
      if (this.#ours && typeof stdout.fd === "number" && stdout.isTTY) writeSync(stdout.fd, this.#modes.off);
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

/** Who is not in the foreground is not told of another size: Node looks anew at this signal. */
function askSize(): void {
  process.kill(process.pid, "SIGWINCH");
}

/** Nothing of what is typed from now on is read here: it is for the one who has the terminal. */
async function letGo(stdin: NodeJS.ReadStream): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  stdin.resume();
  stdin.pause();
}
