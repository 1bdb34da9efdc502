/** The real thing drawn into a real terminal, without a process: Ink renders, xterm.js shows. */
import { PassThrough, Writable } from "node:stream";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import xterm from "@xterm/headless";
import type { Hutch } from "../../src/index.ts";
import { Stage } from "../../src/tui/ink/show.ts";
import { frame } from "../../src/tui/layout/frame.ts";
import type { HostDoor } from "../../src/tui/live/door.ts";
import { Program, type ProgramOptions } from "../../src/tui/program.ts";
import { type Look, lookOf } from "../../src/tui/theme/look.ts";
import { fleetHost, KVM01, NOW } from "./fleet.ts";

const COMMANDS = [
  "launch",
  "list",
  "start",
  "stop",
  "restart",
  "delete",
  "recover",
  "purge",
  "shell",
  "exec",
  "console",
  "pause",
  "resume",
  "snapshot create",
  "image pull",
  "image build",
  "image rm",
  "image bake",
  "image prune",
  "engine install",
  "logs",
];

/** Half a second. */
const LAST_TURN = 125;

export type TerminalOptions = {
  readonly columns: number;
  readonly rows: number;
  readonly look?: Look;
  readonly host?: ReturnType<typeof fleetHost>;
  /** Several hosts by name, in place of the one. */
  readonly hosts?: Readonly<Record<string, () => Promise<Hutch>>>;
  readonly settings?: ProgramOptions["settings"];
  /** Whether the config file says `bake: auto`. */
  readonly bakesByItself?: boolean;
};

export function doorAt(name: string, open: () => Promise<Hutch>): HostDoor {
  return { name, uri: `qemu+ssh://${name}/system`, connect: name, words: ["--connect", name], open };
}

export class TestTerminal implements AsyncDisposable {
  readonly host: ReturnType<typeof fleetHost>;
  readonly program: Program;
  /** Everything that was written to the terminal. */
  raw = "";
  /** Commands that were run, and how. */
  readonly ran: string[] = [];
  /** The hosts that the config file says. */
  doors: readonly HostDoor[];
  /** As somebody's editor does. */
  configChanged: () => void = () => undefined;
  readonly look: Look;
  readonly #term: InstanceType<typeof xterm.Terminal>;
  readonly #stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => undefined,
    ref: () => undefined,
    unref: () => undefined,
  });
  readonly #stdout: NodeJS.WriteStream;
  #written: Promise<void> = Promise.resolve();
  #ticks: (() => void)[] = [];
  #isHeard = false;
  readonly ended: Promise<number>;

  constructor({
    columns,
    rows,
    look = lookOf("true", "dark", false),
    host = fleetHost(),
    hosts: named,
    settings = { keys: {}, views: {} },
    bakesByItself = false,
  }: TerminalOptions) {
    this.host = host;
    const one = { ...KVM01, open: async () => host.hutch };
    this.doors = named === undefined ? [one] : Object.entries(named).map(([name, open]) => doorAt(name, open));
    this.look = look;
    this.#term = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
    this.#term.loadAddon(new Unicode11Addon());
    this.#term.unicode.activeVersion = "11";
    const take = (data: string) => {
      this.raw += data;
      this.#written = this.#written.then(() => new Promise((resolve) => this.#term.write(data, resolve)));
    };
    this.#stdout = Object.assign(
      new Writable({
        decodeStrings: false,
        write: (chunk: string | Buffer, _encoding, done) => {
          take(chunk.toString());
          done();
        },
      }),
      { isTTY: true, columns, rows },
    ) as unknown as NodeJS.WriteStream;
    const streams = {
      stdin: this.#stdin as unknown as NodeJS.ReadStream,
      stdout: this.#stdout,
      stderr: new PassThrough(),
    };
    const stage = new Stage({ streams, look, mouse: true, maxFps: 1000 });
    this.program = new Program({
      about: { size: { columns, rows }, demo: false, readonly: false, ascii: look.glyphs.ascii },
      door: {
        hosts: this.doors,
        commands: new Set(COMMANDS),
        run: async (words, onLine) => {
          this.ran.push(`run ${words.join(" ")}`);
          if (words[0] === "display") onLine("vnc://127.0.0.1:5900");
          else for (const line of ["first line", "second line"]) onLine(line);
          return 0;
        },
        config: {
          bakesByItself: async () => bakesByItself,
          read: async () => ({ ...structuredClone(settings), hosts: this.doors }),
          watch: (changed) => {
            this.configChanged = changed;
            return () => undefined;
          },
        },
        attach: async (words) => {
          this.ran.push(`attach ${words.join(" ")}`);
          return 0;
        },
      },
      hands: stage,
      settings: structuredClone(settings),
      now: () => NOW,
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve();
          this.#ticks.push(resolve);
          signal.addEventListener("abort", () => resolve(), { once: true });
        }),
    });
    this.program.start();
    this.ended = stage.show(this.program);
  }

  /** So many seconds pass. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      for (const tick of this.#ticks.splice(0)) tick();
      for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The first picture is there before anybody listens to keys. */
  async #listened(): Promise<void> {
    while (!this.#isHeard) {
      this.#isHeard = this.#stdin.listenerCount("data") > 0;
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
  }

  async type(...keys: readonly string[]): Promise<void> {
    await this.#listened();
    for (const key of keys) {
      this.#stdin.write(key);
      await this.flush();
    }
  }

  async resize(columns: number, rows: number): Promise<void> {
    Object.assign(this.#stdout, { columns, rows });
    this.#term.resize(columns, rows);
    this.#stdout.emit("resize");
    await this.flush();
    await this.flush();
  }

  /** Everything that is under way has been drawn; a busy machine takes longer over it. */
  async flush(): Promise<void> {
    for (let turn = 0; turn < 2 || (turn < LAST_TURN && this.wrongLines().length > 0); turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 4));
      await this.#written;
    }
  }

  /** Long enough for an Esc to be one. */
  async silence(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 40));
    await this.flush();
  }

  /** What reads at rest has been read. */
  async rest(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 320));
    await this.flush();
  }

  lines(): string[] {
    const { active } = this.#term.buffer;
    return Array.from(
      { length: this.#term.rows },
      (_, row) =>
        active
          .getLine(active.viewportY + row)
          // Cells beyond the last column are kept by a terminal that shrank, and not shown.
          ?.translateToString(true, 0, this.#term.cols)
          .trimEnd() ?? "",
    );
  }

  screen(): string {
    return this.lines().join("\n");
  }

  /** Runs of cells that look alike, a line each: `row:from-to what`. */
  styles(): string {
    const { active } = this.#term.buffer;
    const runs: string[] = [];
    for (let row = 0; row < this.#term.rows; row += 1) {
      const line = active.getLine(active.viewportY + row);
      let before = "";
      let from = 0;
      let to = 0;
      const end = () => {
        if (before !== "") runs.push(`${row}:${from}-${to} ${before}`);
      };
      for (let column = 0; column < this.#term.cols; column += 1) {
        const cell = line?.getCell(column);
        // Of a space only its background can be seen.
        if (cell === undefined || (cell.getChars().trim() === "" && cell.isBgDefault() && !cell.isInverse())) continue;
        const style = [
          cell.isBold() ? "bold" : "",
          cell.isDim() ? "dim" : "",
          cell.isInverse() ? "inverse" : "",
          cell.isFgDefault() ? "" : `fg=${cell.getFgColor().toString(16)}`,
          cell.isBgDefault() ? "" : `bg=${cell.getBgColor().toString(16)}`,
        ]
          .filter((word) => word !== "")
          .join(" ");
        if (style !== before) {
          end();
          before = style;
          from = column;
        }
        to = column;
      }
      end();
    }
    return runs.join("\n");
  }

  /** What the pure part says should be on the screen now. */
  meant(): readonly string[] {
    return frame({ ...this.program.ground(), look: this.look }).map((line) =>
      line.replace(/\x1b\[[\d;]*m/g, "").trimEnd(),
    );
  }

  /** Lines that are not what they should be, as they are. */
  wrongLines(): readonly string[] {
    const meant = this.meant();
    return this.lines().filter((line, row) => line !== meant[row]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.program.quit();
    await this.ended;
    await this.program.stop();
    this.#term.dispose();
  }
}
