import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** One project a layer: `npm test` runs the fast three, `scripts/test` adds e2e. */
const project = (name: string, timeoutMs: number, files: readonly string[] = [`test/${name}/**/*.test.ts`]) => ({
  test: { name, include: [...files], testTimeout: timeoutMs, hookTimeout: timeoutMs, pool: "forks" as const },
});

/** Five boots and an engine's installation: with `scripts/test --full`, so that the rest stays well under an hour. */
const SLOWEST = ["test/e2e/bake.test.ts", "test/e2e/rebake.test.ts"];
const isFull = process.env["HUTCH_TEST_FULL"] === "1";

export default defineConfig({
  test: {
    // vitest leaves one core alone; these tests wait for processes more than they compute.
    maxWorkers: availableParallelism(),
    projects: [
      project("unit", 20_000),
      project("architecture", 60_000),
      project("contract", 60_000),
      // Ink asks the environment what it can show; times of day are those of the golden frames.
      { test: { ...project("tui", 60_000).test, env: { TZ: "UTC", NODE_ENV: "production" } } },
      project("daemon", 300_000),
      {
        test: {
          ...project("e2e", 1_800_000).test,
          exclude: isFull ? [] : SLOWEST,
          fileParallelism: false,
          sequence: { concurrent: false },
        },
      },
    ],
  },
});
