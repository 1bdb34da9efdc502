import { ImageError } from "../errors.ts";
import { type RunOptions, run } from "../process.ts";

/** Runs one program of a build; fails with `disk-full` or `program`, with its last words. */
export type BuildStep = (
  program: string,
  argv: readonly [string, ...string[]],
  options?: Omit<RunOptions, "signal">,
) => Promise<string>;

/** Steps of one build: all end when the signal fires, and see the same environment. Each resolves to what it printed. */
export function buildSteps(signal: AbortSignal | undefined, env: NodeJS.ProcessEnv): BuildStep {
  return async (program, argv, options = {}) => {
    const { code, stdout, stderr } = await run(argv, { ...options, signal, env: { ...env, ...options.env } });
    if (code === 0) return stdout;
    const full = /No space left on device/.test(stderr);
    throw new ImageError(
      full ? "disk-full" : "program",
      `Building the image failed in ${program} (exit code ${code}).`,
      {
        why: stderr,
        next: full ? ["Free some space: a build needs about 2 GB."] : [],
      },
    );
  };
}
