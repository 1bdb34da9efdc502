/** The figures of the terminal UI: the bundle on a pseudo-terminal of 160×50, with a thousand VMs of the demo whose loads change every second. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type IPty, spawn } from "node-pty";
import { type Figure, HUTCH, NODE, ROUNDS } from "./figures.ts";
import { interleaved, median, process } from "./measure.ts";

const CLEAR = /\x1b\[[0-3]?J/g;
const TICK_MS = 10;
const KEYS = 60;
/** Down and up again in so few rows that the list stands still. */
const STEPS = 8;
/** More rows than any list has on this screen. */
const ROOM = 50;
/** The demo's forty VMs so many times. */
const TIMES = 25;

/** hutch's terminal UI on a terminal, and what it has written. */
class Screen {
  readonly #pty: IPty;
  raw = "";
  #heard: () => void = () => undefined;

  constructor(times: number) {
    const { CI: _, NO_COLOR: __, ...env } = globalThis.process.env;
    const [command = "", ...args] = HUTCH;
    this.#pty = spawn(command, [...args, "ui", "--demo"], {
      cols: 160,
      rows: 50,
      env: { ...env, TERM: "xterm-256color", COLORTERM: "truecolor", LANG: "C.UTF-8", HUTCH_DEMO_TIMES: `${times}` },
    });
    this.#pty.onData((data) => {
      this.raw += data;
      this.#heard();
    });
  }

  /** Until it has written something in which `done` is true. */
  async until(done: (raw: string) => boolean): Promise<void> {
    while (!done(this.raw)) await this.heard();
  }

  heard(): Promise<void> {
    return new Promise((resolve) => {
      this.#heard = resolve;
    });
  }

  type(keys: string): void {
    this.#pty.write(keys);
  }

  /** Milliseconds of processor time, of all its threads. */
  cpu(): number {
    const fields = readFileSync(`/proc/${this.#pty.pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  }

  residentMiB(): number {
    const [, kib = "0"] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${this.#pty.pid}/status`, "utf8")) ?? [];
    return Number(kib) / 1024;
  }

  end(): Promise<void> {
    return new Promise((resolve) => {
      this.#pty.onExit(() => resolve());
      this.#pty.kill("SIGKILL");
    });
  }
}

const ms = (value: number) => `${value.toFixed(0)} ms`;
const bytesOf = (text: string) => Buffer.byteLength(text);

export const tuiFigures: readonly Figure[] = [
  {
    what: "tui, first paint",
    run: async () => {
      const paint = async () => {
        const screen = new Screen(1);
        await screen.until((raw) => /VMs/.test(raw) && /quit/.test(raw));
        await screen.end();
      };
      const { tui, node } = await interleaved({ tui: paint, node: process(NODE) }, ROUNDS);
      return [{ yardstick: "node -e 0", value: tui / node, reach: 10, detail: `${ms(tui)} against ${ms(node)}` }];
    },
  },
  {
    what: "tui, 1,000 VMs",
    run: async () => {
      const screen = new Screen(TIMES);
      await screen.until((raw) => raw.includes("1000"));
      await sleep(8_000);
      const first = screen.raw.length;
      screen.type("P");
      await sleep(1_500);
      const keys = await typed(screen, (key) => (key % (2 * STEPS) < STEPS ? "j" : "k"));
      screen.type("G");
      await sleep(1_000);
      screen.type("\x1b[A".repeat(ROOM));
      await sleep(1_000);
      const scrolls = await typed(screen, () => "k");
      const quiet = screen.raw.length;
      await sleep(3_000);
      const idle = bytesOf(screen.raw.slice(quiet));
      screen.type("P");
      await sleep(2_000);
      const [cpu, began] = [screen.cpu(), performance.now()];
      await sleep(20_000);
      const share = ((screen.cpu() - cpu) / (performance.now() - began)) * 100;
      const resident = screen.residentMiB();
      const clears = [...screen.raw.slice(first).matchAll(CLEAR)].length;
      await screen.end();
      const sorted = keys.times.toSorted((a, b) => a - b);
      const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? Number.POSITIVE_INFINITY;
      const moved = median(keys.bytes);
      const scrolled = median(scrolls.bytes);
      return [
        {
          yardstick: "key to bytes, p95",
          value: p95,
          reach: 30,
          unit: " ms",
          detail: `median ${median(sorted).toFixed(1)} ms of ${KEYS}`,
        },
        { yardstick: "a processor at 1 Hz", value: share, reach: 4, unit: " %", detail: "over 20 s, all threads" },
        { yardstick: "clears after the first frame", value: clears, reach: 0, unit: "", detail: "in all of it" },
        {
          yardstick: "bytes of a cursor move",
          value: moved,
          reach: 1000,
          unit: "",
          detail: `with the other VM's detail, once read; at most ${Math.max(...keys.bytes)}, ${scrolled} where the list scrolls`,
        },
        { yardstick: "bytes while idle", value: idle, reach: 0, unit: "", detail: "3 s, sampling held" },
        { yardstick: "resident", value: resident, reach: 220, unit: " MiB", detail: "after all of the above" },
      ];
    },
  },
];

/** Keys one by one, each with all that comes of it. */
async function typed(
  screen: Screen,
  keyAt: (index: number) => string,
): Promise<{ readonly times: number[]; readonly bytes: number[] }> {
  const times: number[] = [];
  const bytes: number[] = [];
  for (let key = 0; key < KEYS; key += 1) {
    const from = screen.raw.length;
    const began = performance.now();
    const heard = screen.heard();
    screen.type(keyAt(key));
    await heard;
    times.push(performance.now() - began);
    await sleep(350);
    bytes.push(bytesOf(screen.raw.slice(from)));
  }
  return { times, bytes };
}
