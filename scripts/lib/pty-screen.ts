/** A program on a pseudo-terminal, and what it shows there. */
import xterm from "@xterm/headless";
import { type IPty, spawn } from "node-pty";

export type PtyOptions = {
  readonly columns: number;
  readonly rows: number;
  readonly env: Readonly<Record<string, string>>;
};

export class PtyScreen implements AsyncDisposable {
  readonly pty: IPty;
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  readonly exit: Promise<number>;
  #ended = false;

  constructor([file, ...args]: readonly [string, ...string[]], { columns, rows, env }: PtyOptions) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.pty = spawn(file, args, { cols: columns, rows, env: { ...env } });
    // What the program asks the terminal, the terminal answers.
    this.terminal.onData((data) => this.pty.write(data));
    this.pty.onData((data) => this.terminal.write(data));
    this.exit = new Promise((resolve) =>
      this.pty.onExit(({ exitCode }) => {
        this.#ended = true;
        resolve(exitCode);
      }),
    );
  }

  screen(): string {
    const { active } = this.terminal.buffer;
    const line = (row: number) => active.getLine(active.viewportY + row)?.translateToString(true) ?? "";
    return Array.from({ length: this.terminal.rows }, (_, row) => line(row)).join("\n");
  }

  /** Fails with the screen when that does not come in time. Milliseconds. */
  async shows(pattern: string | RegExp, timeoutMs = 30_000): Promise<void> {
    const found = () => (typeof pattern === "string" ? this.screen().includes(pattern) : pattern.test(this.screen()));
    const end = performance.now() + timeoutMs;
    while (!found()) {
      if (performance.now() > end) throw new Error(`${pattern} is not on the screen:\n${this.screen()}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) this.pty.kill("SIGKILL");
    await this.exit;
    this.terminal.dispose();
  }
}
