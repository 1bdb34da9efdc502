/** hutch as a user types it: the bundle, run in a lane, its answer parsed. */
import type { FaultData } from "../../src/core/errors.ts";
import type { LaunchResult } from "../../src/core/requests.ts";
import type { Lane, Ran, RunOptions } from "./lane.ts";

/** Long enough for a boot and an engine's packages under emulation. */
const LONGEST_MS = 900_000;

/** What a run that did not end well said; `fault` is its JSON on stderr. */
export type Refused = Ran & { readonly fault: FaultData };

export type HutchCli = {
  /** As it comes: exit code, output, talk. */
  run(args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Must end with 0; the JSON that it printed. */
  json<T>(args: readonly string[], options?: RunOptions): Promise<T>;
  /** Must not end with 0; the error that it printed as JSON. */
  refused(args: readonly string[], options?: RunOptions): Promise<Refused>;
  launch(args: readonly string[], options?: RunOptions): Promise<LaunchResult>;
};

export function hutchIn(lane: Lane): HutchCli {
  const run = (args: readonly string[], options: RunOptions = {}) =>
    lane.hutch(args, { timeoutMs: LONGEST_MS, ...options });

  const json = async <T>(args: readonly string[], options?: RunOptions): Promise<T> => {
    const { code, stdout, stderr } = await run([...args, "-o", "json"], options);
    if (code !== 0) throw new Error(`hutch ${args.join(" ")} ended with ${code}:\n${stderr}\n${stdout}`);
    return JSON.parse(stdout) as T;
  };

  const refused = async (args: readonly string[], options?: RunOptions): Promise<Refused> => {
    const ran = await run([...args, "-o", "json"], options);
    if (ran.code === 0) throw new Error(`hutch ${args.join(" ")} was to fail, and did not:\n${ran.stdout}`);
    return { ...ran, fault: faultOn(ran.stderr) };
  };

  return { run, json, refused, launch: (args, options) => json<LaunchResult>(["launch", ...args], options) };
}

/** Talk goes to stderr too: the error is the last JSON document there. */
function faultOn(stderr: string): FaultData {
  const { error } = JSON.parse(stderr.slice(stderr.lastIndexOf("\n{\n") + 1)) as { readonly error: FaultData };
  return error;
}
