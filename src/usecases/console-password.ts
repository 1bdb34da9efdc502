/** A password for the serial console: made here, told once, and only its hash goes into the guest. */
import type { ConsolePassword } from "../core/enter.ts";
import { HutchError } from "../core/errors.ts";
import { makePassword, makeSalt, sha512Crypt } from "../host/sha512-crypt.ts";
import { sshRun } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import { enter } from "./enter.ts";

export type NewPassword = { readonly password: string; readonly hash: string };

export function newPassword(): NewPassword {
  const password = makePassword();
  return { password, hash: sha512Crypt(password, makeSalt()) };
}

/** Gives the login user a new one; the old one is gone. ssh takes no passwords. Errors as `exec`'s; E_GUEST when the guest refuses. */
export async function consolePassword(ctx: Context, name: string): Promise<ConsolePassword> {
  const { machine, target } = await enter(ctx, name);
  const { password, hash } = newPassword();
  const answer = await sshRun(ctx.paths, target, ["sudo", "-n", "chpasswd", "-e"], {
    stdin: `${target.user}:${hash}\n`,
  });
  if (answer.code === 0) return { name: machine.name, user: target.user, password };
  throw new HutchError({
    code: "E_GUEST",
    message: `${machine.name} did not take the password.`,
    why: answer.stderr.trim() || `chpasswd ended with ${answer.code}.`,
    next: [`hutch exec ${machine.name} -- sudo true`],
  });
}
