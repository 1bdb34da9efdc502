/** Looks at the host and at operations that died; with `fix`, finishes their clean-up and repairs what is safe to repair. */
import { asHutchError } from "../core/errors.ts";
import type { DoctorReport } from "../core/requests.ts";
import { runChecks, runFixes } from "../host/checks/index.ts";
import { findInterrupted, replayInterrupted } from "../ops/replay.ts";
import { type Context, type ContextOptions, groundOf, openContext } from "./context.ts";
import { operationEnvironment } from "./operation-environment.ts";

export type DoctorOptions = { readonly fix?: boolean };

/** A libvirt that cannot be opened is a finding too, not a failure. */
export async function examine(options: ContextOptions & DoctorOptions): Promise<DoctorReport> {
  const ground = await groundOf(options);
  let ctx: Context;
  try {
    ctx = await openContext(options);
  } catch (fault) {
    const without = { ...ground, client: null, fault: asHutchError(fault) };
    const fixed = options.fix === true ? await runFixes(without) : [];
    return { uri: ground.home.uri, checks: await runChecks(without), fixed, interrupted: [] };
  }
  try {
    const env = operationEnvironment(ctx);
    const fixed = options.fix === true ? await runFixes(ctx) : [];
    const interrupted = options.fix === true ? await replayInterrupted(env) : findInterrupted(env);
    return { uri: ctx.home.uri, checks: await runChecks(ctx), fixed, interrupted };
  } finally {
    await ctx.client.close();
  }
}
