/** Measures side by side: the contestants take turns in one run, and medians are compared, so that a noisy machine is noisy for all. */
import { spawn } from "node:child_process";
import { performance } from "node:perf_hooks";

export type Contestants<K extends string> = Readonly<Record<K, () => Promise<void>>>;

/** Both outside of a contestant's time. */
export type Around<K extends string> = {
  readonly before?: (name: K) => Promise<void>;
  /** Takes away what one left. */
  readonly clear?: (name: K) => Promise<void>;
};

/** Median milliseconds of each, after one round that does not count. */
export async function interleaved<K extends string>(
  contestants: Contestants<K>,
  rounds: number,
  { before, clear }: Around<K> = {},
): Promise<Record<K, number>> {
  const names = Object.keys(contestants) as K[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<K, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      await before?.(name);
      const began = performance.now();
      await contestants[name]();
      if (round >= 0) times[name].push(performance.now() - began);
      await clear?.(name);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<K, number>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error("nothing was measured");
  return middle;
}

/** A whole process, its output thrown away; fails when it does. */
export function process(argv: readonly string[], env: NodeJS.ProcessEnv = globalThis.process.env): () => Promise<void> {
  const [command = "", ...args] = argv;
  return () =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"], env });
      let said = "";
      child.stderr.on("data", (chunk) => {
        said += chunk;
      });
      child.once("error", reject);
      child.once("close", (code) =>
        code === 0 ? resolve() : reject(new Error(`${argv.join(" ")}: exit ${code}: ${said.slice(-500)}`)),
      );
    });
}
