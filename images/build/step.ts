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
        why: faultsIn(stderr),
        next: [
          ...(full ? ["Free some space: a build needs about 2 GB."] : []),
          ...(UNREACHED.test(stderr)
            ? ["Look at the Debian mirror: it is the one of this host's apt, if that has one."]
            : []),
        ],
      },
    );
  };
}

const UNREACHED = /Could not (resolve|connect)|Unable to connect|Temporary failure resolving|Failed to fetch/;
const FAULT = /^(E:|Err:|error\b|fatal\b|\S+: (error|fatal|cannot)\b)/i;
const LINES_MAX = 5;

/** What is wrong stands somewhere in much else: the lines that say so, else the last ones. */
function faultsIn(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line.trim() !== "");
  const faults = lines.filter((line) => FAULT.test(line));
  return (faults.length > 0 ? faults : lines).slice(-LINES_MAX).join("\n");
}
