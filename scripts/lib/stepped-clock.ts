/**
 * Loaded before hutch when it is recorded: time goes on a second at each SIGUSR2 and not otherwise, and nobody waits long.
 * So a recording shows what it showed before.
 */
import { isMainThread } from "node:worker_threads";

const BEGAN = Date.UTC(2026, 0, 15, 9, 30);
const STEP_MS = 1_000;
/** Pauses from here on, which are those between two looks at a host, are a tenth. */
const LONG_MS = 500;

if (isMainThread) {
  let steps = 0;
  Date.now = () => BEGAN + steps * STEP_MS;
  performance.now = () => steps * STEP_MS;
  const wait = globalThis.setTimeout;
  const shortened: typeof wait = Object.assign(
    (done: () => void, ms = 0, ...args: []) => wait(done, ms >= LONG_MS ? ms / 10 : ms, ...args),
    wait,
  );
  globalThis.setTimeout = shortened;
  process.on("SIGUSR2", () => {
    steps += 1;
  });
}
