/** Into a VM: a shell, or one command with its exit code. */
import type { EnterOptions } from "../core/enter.ts";
import { cancelled } from "../core/errors.ts";
import { sshInteractive } from "../host/ssh/interactive.ts";
import type { Context } from "./context.ts";
import { enter } from "./enter.ts";

type Ends = { readonly signal?: AbortSignal; readonly entering?: EnterOptions };

/**
 * Runs argv in the guest on the caller's own stdio, quoted exactly; resolves to its exit code, 128 + n for signal n; 255 is
 * also that of a connection that was lost. E_NOT_FOUND, E_CONFLICT (foreign, stopped), E_GUEST when ssh refuses or does not
 * answer, E_CANCELLED by an abort before it began; a later one ends it.
 */
export async function exec(
  ctx: Context,
  name: string,
  argv: readonly string[],
  { tty, ...ends }: Ends & { readonly tty: boolean },
): Promise<number> {
  return onTerminal(ctx, name, argv, tty, ends);
}

/** The login shell on the caller's terminal; resolves to its exit code. Fails as `exec`. */
export async function shell(ctx: Context, name: string, ends: Ends = {}): Promise<number> {
  return onTerminal(ctx, name, [], true, ends);
}

async function onTerminal(
  ctx: Context,
  name: string,
  argv: readonly string[],
  tty: boolean,
  { signal, entering = {} }: Ends,
): Promise<number> {
  const given = AbortSignal.any([signal, entering.signal].filter((each) => each !== undefined));
  try {
    const { target } = await enter(ctx, name, { ...entering, asks: tty, signal: given });
    given.throwIfAborted();
    return await sshInteractive(ctx.paths, target, argv, { tty, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    throw error === given.reason ? cancelled(`Getting into ${name}`) : error;
  }
}
