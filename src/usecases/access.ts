/** Into a VM: a shell, or one command with its exit code. */
import { sshInteractive } from "../host/ssh/interactive.ts";
import type { Context } from "./context.ts";
import { reach } from "./guest.ts";

/** Runs argv in the guest on the caller's own stdio, quoted exactly; resolves to its exit code. 255 is ssh's own failure. An abort ends it. */
export async function exec(
  ctx: Context,
  name: string,
  argv: readonly string[],
  options: { readonly tty: boolean; readonly signal?: AbortSignal },
): Promise<number> {
  const { target } = await reach(ctx, name);
  return sshInteractive(ctx.paths, target, argv, options);
}

/** The login shell on the caller's terminal; resolves to its exit code. An abort ends it. */
export async function shell(
  ctx: Context,
  name: string,
  options: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  const { target } = await reach(ctx, name);
  return sshInteractive(ctx.paths, target, [], { ...options, tty: true });
}
