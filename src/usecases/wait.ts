import type { LaunchResult, Readiness } from "../core/requests.ts";
import { findMachine } from "../host/machines.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { finishFirstBoot } from "./first-boot.ts";
import { ownedBy, ownedByUuid } from "./guest.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { readyTimeout } from "./prepare.ts";
import { becomeReady } from "./ready.ts";

/** Follows a VM of ours up to a stage, and settles what its first boot left pending. Errors as `becomeReady`'s. */
export function wait(
  ctx: Context,
  name: string,
  options: { readonly for: Readiness; readonly timeoutMs?: number },
): Operation<LaunchResult> {
  return startOperation(
    operationEnvironment(ctx),
    { kind: "wait", title: `Wait for ${name}`, subject: name },
    async (op) => {
      const { uuid, record } = ownedBy(await findMachine(ctx.client, name));
      const { stages, warnings } = await becomeReady(ctx, op, uuid, {
        until: options.for,
        timeoutMs: readyTimeout(options, record.accel),
      });
      if (record.pending.length > 0) await finishFirstBoot(ctx, op, uuid);
      return { machine: await ownedByUuid(ctx, uuid), stages, warnings };
    },
  );
}
