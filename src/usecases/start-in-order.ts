/** Starts the VMs that have a place in the order of the host's start: what the unit of `autostart enable` runs. */
import { setTimeout } from "node:timers/promises";
import { asHutchError } from "../core/errors.ts";
import type { PowerResult } from "../core/requests.ts";
import { turnsOf } from "../core/start-order.ts";
import { formatDuration } from "../core/units.ts";
import { listMachines } from "../host/machines.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { powerOn } from "./power.ts";

/** One that cannot be started is told in its result, and keeps nobody else from starting. */
export function startInOrder(ctx: Context): Operation<readonly PowerResult[]> {
  const about = { kind: "start", title: "Start the VMs that start with the host", subject: "" };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    const results: PowerResult[] = [];
    for (const { machine, afterMs } of turnsOf(await listMachines(ctx.client))) {
      const { name } = machine;
      const begin = async (): Promise<PowerResult> => {
        const warnings = await op.step(`start ${name}`, `Start ${name}`, async (step) => {
          if (afterMs > 0) {
            step.note(`Waits ${formatDuration(afterMs)} for the one before.`);
            await setTimeout(afterMs, undefined, { signal: step.signal });
          }
          return powerOn(ctx, machine, step);
        });
        return { name, done: true, message: "running", warnings };
      };
      const failed = (error: unknown): PowerResult => {
        if (op.signal.aborted) throw error;
        return { name, done: false, message: asHutchError(error).message, warnings: [] };
      };
      results.push(await begin().catch(failed));
    }
    return results;
  });
}
