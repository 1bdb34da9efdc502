/** The guest's part in a shared folder: its scripts, and what their exit codes say. */
import { guestScript } from "#cloud-init";
import { type ErrorCode, HutchError } from "../core/errors.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";

/** Of the scripts' exit codes. */
export const PLACE_TAKEN = 41;

const MOST_LINES = 4;

type Script = "mount-sshfs.sh" | "mount-device.sh" | "unmount.sh";

export function asRoot(script: Script, words: readonly string[]): readonly string[] {
  return ["sudo", "-n", "sh", "-c", guestScript(script), script, ...words];
}

export async function inGuest(
  ctx: Context,
  target: SshTarget,
  script: Script,
  words: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const { code, stderr } = await sshRun(ctx.paths, target, asRoot(script, words), signal && { signal });
  if (code !== 0) throw guestFault(target.name, code, stderr);
}

export async function isMounted(ctx: Context, target: SshTarget, path: string): Promise<boolean> {
  return (await sshRun(ctx.paths, target, ["mountpoint", "-q", "--", path])).code === 0;
}

/** The scripts' exit codes. */
const WORDS: Readonly<Record<number, readonly [ErrorCode, string]>> = {
  40: ["E_GUEST", "sshfs is not in the guest, and could not be installed there"],
  [PLACE_TAKEN]: ["E_CONFLICT", "something is mounted there already"],
  42: ["E_CONFLICT", "the place is no folder, and none can be made there"],
  43: ["E_GUEST", "the guest's kernel has no FUSE"],
  44: ["E_GUEST", "the guest's kernel has no driver for it"],
  45: ["E_CONFLICT", "it is in use in the guest"],
};

export function guestFault(name: string, code: number, stderr: string): HutchError {
  const [error, message] = WORDS[code] ?? ["E_GUEST", `the guest ended it with ${code}`];
  return new HutchError({
    code: error,
    message: `The folder cannot be mounted or unmounted in ${name}: ${message}.`,
    ...lastWords(stderr),
    next: code === 45 ? [`hutch exec ${name} -- sudo fuser -vm PATH`] : [`hutch exec ${name} -- mount`],
  });
}

/** What a fault says of a program's complaints: a package manager has many. */
export function lastWords(stderr: string): { readonly why?: string } {
  const lines = stderr.split(/[\r\n]+/).filter((line) => line.trim() !== "");
  return lines.length === 0 ? {} : { why: lines.slice(-MOST_LINES).join("\n") };
}
