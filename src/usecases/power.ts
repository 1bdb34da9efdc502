/** Start, stop, restart: the state wanted, reached or refused in words; a VM already there is no failure. */
import { HutchError } from "../core/errors.ts";
import { settledByStart } from "../core/machine/pending.ts";
import { assertNotPaused } from "../core/machine/power-button.ts";
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import type { PowerResult, Readiness, StopRequest } from "../core/requests.ts";
import { forceOff, resumeDomain, shutDown, startDomain } from "../host/domains.ts";
import { findMachine } from "../host/machines.ts";
import { ensureNetworks } from "../host/networks.ts";
import { updateRecord } from "../host/records.ts";
import { closeMaster } from "../host/ssh/command.ts";
import type { Operation, OpScope, StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { eachMachine, isEphemeral } from "./each-machine.ts";
import { finishFirstBoot } from "./first-boot.ts";
import { freshForwards } from "./fresh-forwards.ts";
import { ownedBy, sshTargetOf } from "./guest.ts";
import { missedMounts } from "./mount-record.ts";
import { readyTimeout } from "./prepare.ts";
import { purgeOne } from "./purge-one.ts";
import { becomeReady } from "./ready.ts";

/** A guest that ignores the power button for this long will go on ignoring it, in milliseconds. */
const SHUTDOWN_LIMIT_MS = 90_000;

export type StartOptions = { readonly waitFor?: Readiness; readonly timeoutMs?: number; readonly foreign?: boolean };

/** Starts each VM; with `waitFor`, follows it that far. */
export function start(
  ctx: Context,
  names: readonly string[],
  options: StartOptions,
): Operation<readonly PowerResult[]> {
  const act = async (op: OpScope, machine: MachineView): Promise<PowerResult> => {
    const warnings = await op.step(`start ${machine.name}`, `Start ${machine.name}`, (step) =>
      powerOn(ctx, machine, step),
    );
    if (options.waitFor !== undefined && machine.record !== null) {
      const ready = await becomeReady(ctx, op, machine.uuid, {
        until: options.waitFor,
        timeoutMs: readyTimeout(options, machine.record.accel),
      });
      if (options.waitFor === "ready") await finishFirstBoot(ctx, op, machine.uuid);
      warnings.push(...ready.warnings);
    }
    return { name: machine.name, done: true, message: "running", warnings };
  };
  return eachMachine(ctx, "start", "Start", names, act, options);
}

/** An ephemeral VM is thrown away once it is off. */
export function stop(ctx: Context, request: StopRequest): Operation<readonly PowerResult[]> {
  const act = async (op: OpScope, machine: MachineView): Promise<PowerResult> => {
    await op.step(`stop ${machine.name}`, `Stop ${machine.name}`, (step) => powerOff(ctx, machine, request, step));
    if (isEphemeral(machine)) return purgeOne(ctx, op, ownedBy(machine));
    return { name: machine.name, done: true, message: "stopped", warnings: [] };
  };
  return eachMachine(ctx, "stop", "Stop", request.names, act, request);
}

export function restart(ctx: Context, request: StopRequest): Operation<readonly PowerResult[]> {
  const act = async (op: OpScope, machine: MachineView): Promise<PowerResult> => {
    await op.step(`stop ${machine.name}`, `Stop ${machine.name}`, (step) => powerOff(ctx, machine, request, step));
    const stopped = await findMachine(ctx.client, machine.name);
    const warnings = await op.step(`start ${machine.name}`, `Start ${machine.name}`, (step) =>
      powerOn(ctx, stopped, step),
    );
    return { name: machine.name, done: true, message: "running", warnings };
  };
  return eachMachine(ctx, "restart", "Restart", request.names, act, request);
}

/** Resolves to warnings: a forward that had to move, a folder that nobody brings back. */
export async function powerOn(ctx: Context, machine: MachineView, step: StepScope): Promise<string[]> {
  if (machine.record?.state === "making") throw stillBeingMade(machine);
  if (machine.status.power === "running") {
    step.skip();
    return [];
  }
  if (isActive(machine.status)) {
    await resumeDomain(ctx.client, machine.uuid, step.signal);
    return [];
  }
  const warnings: string[] = [];
  const { hasManagedSave } = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
  if (machine.record !== null) {
    await ensureNetworks(ctx.client, machine.record.spec, ctx.home);
    warnings.push(...(await freshForwards(ctx, machine, step)));
  }
  await startDomain(ctx.client, machine.uuid, step.signal);
  if (machine.record !== null) warnings.push(...missedMounts(ctx, { ...machine, record: machine.record }));
  if (hasManagedSave) {
    await bringRecordBack(ctx, machine);
    return warnings;
  }
  const pending = machine.record?.pending ?? [];
  if (settledByStart(pending).length < pending.length) {
    await updateRecord(ctx.client, ctx.paths, machine.uuid, (record) => ({
      ...record,
      pending: settledByStart(record.pending),
    }));
  }
  return warnings;
}

/**
 * What was saved comes back with the record of that day, and without what waits for a boot: what was set meanwhile (tags,
 * protection) is written to it again.
 */
async function bringRecordBack(ctx: Context, { uuid, record }: MachineView): Promise<void> {
  if (record === null) return;
  await updateRecord(ctx.client, ctx.paths, uuid, ({ forwards }) => ({ ...record, forwards }));
}

/**
 * Presses the power button and waits; cuts the power when asked to. Resolves once it is off. E_TIMEOUT; E_CONFLICT for a
 * paused VM whose power is not cut.
 */
export async function powerOff(
  ctx: Context,
  machine: MachineView,
  request: Omit<StopRequest, "names">,
  step: StepScope,
): Promise<void> {
  if (!isActive(machine.status)) {
    step.skip();
    return;
  }
  if (machine.record !== null) {
    const target = await sshTargetOf(ctx, { ...machine, record: machine.record });
    if (target !== null) await closeMaster(ctx.paths, target);
  }
  if (request.force === true) return forceOff(ctx.client, machine.uuid, step.signal);
  assertNotPaused(machine, "stop");
  const timeoutMs = request.timeoutMs ?? SHUTDOWN_LIMIT_MS;
  if (await shutDown(ctx.client, machine.uuid, { timeoutMs, signal: step.signal })) return;
  throw new HutchError({
    code: "E_TIMEOUT",
    message: `${machine.name} did not shut down within ${Math.round(timeoutMs / 1000)} s.`,
    why: "The guest ignores the power button, or is still busy stopping. Nothing was cut off.",
    next: [`hutch logs ${machine.name} -f`, `hutch stop ${machine.name} --force`],
  });
}

function stillBeingMade(machine: MachineView): HutchError {
  return new HutchError({
    code: "E_CONFLICT",
    message: `${machine.name} is still being made.`,
    why: "Another hutch is at work on it, or died doing so.",
    next: ["hutch doctor --fix", `hutch purge ${machine.name}`],
  });
}
