import { isActive } from "../core/machine/status.ts";
import type { LaunchResult, Readiness } from "../core/requests.ts";
import { findMachine } from "../host/machines.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { finishFirstBoot } from "./first-boot.ts";
import { assertRuns, ownedBy, ownedByUuid } from "./guest.ts";
import { wrongState } from "./living.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { readyTimeout } from "./prepare.ts";
import { becomeReady } from "./ready.ts";

/**
 * Follows a VM of ours up to a stage, and settles what its first boot left pending. E_CONFLICT for one that is off or paused; else
 * errors as `becomeReady`'s.
 */
export function wait(
  ctx: Context,
  name: string,
  options: { readonly for: Readiness; readonly timeoutMs?: number },
): Operation<LaunchResult> {
  return startOperation(
    operationEnvironment(ctx),
    { kind: "wait", title: `Wait for ${name}`, subject: name },
    async (op) => {
      const machine = ownedBy(await findMachine(ctx.client, name));
      const { uuid, record } = machine;
      if (!isActive(machine.status))
        throw wrongState(
          machine,
          "nothing comes of waiting for it.",
          `hutch start ${machine.name} --wait-for ${options.for}`,
        );
      // One that is still being made is held for a moment only.
      if (machine.status.power === "paused" && record.state === "made") assertRuns(machine);
      const { stages, warnings } = await becomeReady(ctx, op, uuid, {
        until: options.for,
        timeoutMs: readyTimeout(options, record.accel),
      });
      if (record.pending.length > 0) await finishFirstBoot(ctx, op, uuid);
      return { machine: await ownedByUuid(ctx, uuid), stages, warnings };
    },
  );
}
