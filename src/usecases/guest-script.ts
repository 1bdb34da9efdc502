/** One of our shell files, run by root in a guest, its progress told line by line. */
import { parseEngineReport } from "#cloud-init";
import { HutchError } from "../core/errors.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";

export type GuestReport = ReturnType<typeof parseEngineReport>;

export type GuestTask = {
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What is said when it fails, before the exit code: "The engine could not be installed in web". */
  readonly failure: string;
  readonly next: readonly string[];
};

/** Lines of a failed script that an error carries. */
const LAST_LINES = 15;

/** Fails with E_GUEST, carrying the script's last lines. Cancellable. */
export async function runInGuest(
  ctx: Context,
  target: SshTarget,
  { script, environment, failure, next }: GuestTask,
  step: Pick<StepScope, "note">,
  signal: AbortSignal | undefined,
): Promise<GuestReport> {
  const settings = Object.entries(environment).map(([key, value]) => `${key}=${value}`);
  const last: string[] = [];
  const tell = (line: string): void => {
    last.push(line);
    if (last.length > LAST_LINES) last.shift();
    if (!line.startsWith("@hutch fact")) step.note(line.replace(/^@hutch (step|note|warning)[= ]?/, ""), "guest");
  };
  // Not in the login user's home, which a script may remove.
  const inRoot = ["sh", "-c", 'cd / && exec "$@"', "sh"];
  const answer = await sshRun(ctx.paths, target, [...inRoot, "sudo", "-n", "env", ...settings, "sh", "-s"], {
    stdin: script,
    onLine: tell,
    ...(signal === undefined ? {} : { signal }),
  });
  if (answer.code === 0) return parseEngineReport(answer.stdout);
  throw new HutchError({
    code: "E_GUEST",
    message: `${failure} (exit ${answer.code}).`,
    why: last.at(-1) ?? "The guest said nothing.",
    details: { log: last },
    next,
  });
}
