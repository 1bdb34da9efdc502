import { expect, it } from "vitest";
import { FLEET } from "./fleet.ts";
import { TestTerminal } from "./terminal.ts";

/** The same keys at every run; another seed finds other ways. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const KEYS = [
  ..."jkgGhl[]JKoOPVvxyw?/:12345678n +_-",
  "\r",
  "\x1b[A",
  "\x1b[B",
  "\x1b[6~",
  "\x01",
  "\x04",
  "web",
  "\x7f",
  "\t",
  "\x1b[<0;20;8M",
  "\x1b[<65;5;5M",
];
const NAMES = ["web", "虚拟机-测试", "한국어", "é́é", "👩‍👩‍👧", "⚠️", "🇩🇪-vm", "a\u202eb", "\x1b[31mred", "x".repeat(90)];
const SIZES = [
  [80, 24],
  [120, 35],
  [60, 15],
  [200, 55],
  [100, 20],
  [50, 12],
] as const;

it.each([1, 2, 3])(
  "shows what it means after any keys, names and sizes (seed %d)",
  { timeout: 120_000 },
  async (seed) => {
    const next = random(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
    await using terminal = new TestTerminal({ columns: 120, rows: 35 });
    await terminal.pass(3);
    for (let step = 0; step < 100; step += 1) {
      const what = next();
      if (what < 0.75) await terminal.type(pick(KEYS));
      else if (what < 0.85) {
        const vm = pick(FLEET);
        terminal.host.tell({
          k: "changed",
          machines: [{ ...vm, name: pick(NAMES) }],
          gone: next() < 0.2 ? [pick(FLEET).uuid] : [],
        });
        await terminal.flush();
      } else if (what < 0.93) await terminal.pass(1);
      else {
        const [columns, rows] = pick(SIZES);
        await terminal.resize(columns, rows);
      }
      // A bare Esc waits for what may follow it.
      if (next() < 0.15) {
        terminal.program.input({ k: "key", name: "esc", text: "" });
        await terminal.flush();
      }
      await terminal.flush();
      await expect
        .poll(() => terminal.wrongLines(), { message: `step ${step}`, timeout: 5_000, interval: 10 })
        .toEqual([]);
    }
  },
);
