import xterm from "@xterm/headless";
import { type IPty, spawn } from "node-pty";
import { expect } from "vitest";

/** What a program on a terminal of its own is started with. */
export type SessionOptions = {
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
};

/** A program on a terminal of its own. */
export class Session implements Disposable {
  readonly pty: IPty;
  raw = "";
  readonly exit: Promise<{ exitCode: number; signal?: number }>;
  readonly #term: InstanceType<typeof xterm.Terminal>;

  constructor(
    file: string,
    args: readonly string[],
    { columns = 100, rows = 30, env: more = {} }: SessionOptions = {},
  ) {
    const { CI: _, NO_COLOR: __, ...env } = process.env;
    this.#term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.pty = spawn(file, [...args], {
      cols: columns,
      rows,
      env: { ...env, TERM: "xterm-256color", LANG: "C.UTF-8", ...more },
    });
    this.#term.onData((data) => this.pty.write(data));
    this.pty.onData((data) => {
      this.raw += data;
      this.#term.write(data);
    });
    this.exit = new Promise((resolve) => this.pty.onExit(resolve));
  }

  screen(): string {
    const { active } = this.#term.buffer;
    return Array.from(
      { length: this.#term.rows },
      (_, row) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "",
    ).join("\n");
  }

  resize(columns: number, rows: number): void {
    this.#term.resize(columns, rows);
    this.pty.resize(columns, rows);
  }

  /** The terminal itself goes away, as a window does that is closed. */
  hangUp(): void {
    (this.pty as IPty & { destroy(): void }).destroy();
  }

  async shows(text: string): Promise<void> {
    await expect.poll(() => this.screen(), { timeout: 30_000, interval: 50 }).toContain(text);
  }

  /** Alternate screen, mouse and cursor are as they were. */
  expectRestored(): void {
    const last = (pattern: RegExp) => [...this.raw.matchAll(pattern)].at(-1)?.[1];
    expect({
      screen: last(/\x1b\[\?1049([hl])/g),
      mouse: last(/\x1b\[\?1000([hl])/g),
      cursor: last(/\x1b\[\?25([hl])/g),
      wrap: last(/\x1b\[\?7([hl])/g),
    }).toEqual({
      screen: "l",
      mouse: "l",
      cursor: "h",
      wrap: "h",
    });
  }

  /** What stands on the screen that was there before, after the other was left. */
  afterwards(): string {
    return this.raw.slice(this.raw.lastIndexOf("\x1b[?1049l"));
  }

  [Symbol.dispose](): void {
    try {
      this.pty.kill("SIGKILL");
    } catch {
      // Ended already.
    }
    this.#term.dispose();
  }
}
