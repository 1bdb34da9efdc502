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
  if (options.fix === true) await runFixes({ ...ground, client: null });
  let ctx: Context;
  try {
    ctx = await openContext(options);
  } catch (error) {
    const checks = await runChecks({ ...ground, client: null, failure: asHutchError(error).toData() });
    return { uri: ground.home.uri, checks, interrupted: [] };
  }
  try {
    return await doctor(ctx, options);
  } finally {
    await ctx.client.close();
  }
}

async function doctor(ctx: Context, options: DoctorOptions): Promise<DoctorReport> {
  const env = operationEnvironment(ctx);
  if (options.fix === true) await runFixes(ctx);
  const interrupted = options.fix === true ? await replayInterrupted(env) : findInterrupted(env);
  return { uri: ctx.home.uri, checks: await runChecks(ctx), interrupted };
}
