import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Runs a program of this machine to its end and resolves to its standard output; rejects when it fails, with what it said. */
export async function runTool(
  [file, ...args]: readonly [string, ...string[]],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const env = { ...process.env, LC_ALL: "C", ...options.env };
  const { stdout } = await run(file, args, {
    env,
    maxBuffer: 64 * 1024 ** 2,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  return stdout;
}
