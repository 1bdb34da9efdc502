/** Into a VM: a shell, or one command with its exit code. */
import { sshInteractive } from "../host/ssh/run.ts";
import type { Context } from "./context.ts";
import { reach } from "./guest.ts";

/** Runs argv in the guest on the caller's own stdio, quoted exactly; resolves to its exit code. 255 is ssh's own failure. */
export async function exec(
  ctx: Context,
  name: string,
  argv: readonly string[],
  options: { readonly tty: boolean },
): Promise<number> {
  const { target } = await reach(ctx, name);
  return sshInteractive(ctx.paths, target, argv, options);
}

/** The login shell on the caller's terminal; resolves to its exit code. */
export async function shell(ctx: Context, name: string): Promise<number> {
  const { target } = await reach(ctx, name);
  return sshInteractive(ctx.paths, target, [], { tty: true });
}
