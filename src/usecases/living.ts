/** VMs of ours that may be changed now, and what is said where they may not. */
import { HutchError } from "../core/errors.ts";
import { waysOff } from "../core/machine/power-button.ts";
import { findMachine } from "../host/machines.ts";
import type { OpScope } from "../ops/operation.ts";
import { replayInterrupted } from "../ops/replay.ts";
import type { Context } from "./context.ts";
import { type OwnedMachine, ownedBy } from "./guest.ts";
import { operationEnvironment } from "./operation-environment.ts";

/** By name or UUID, after what an earlier command left open is settled. E_NOT_FOUND; E_CONFLICT for foreign and unfinished ones. */
export async function livingMachine(ctx: Context, op: OpScope, name: string): Promise<OwnedMachine> {
  return op.step("check", "Check the order", async (step) => {
    for (const { title, undone } of await replayInterrupted(operationEnvironment(ctx), name))
      step.note(`Cleaned up after an interrupted "${title}": ${undone.join(", ")}.`);
    return findLiving(ctx, name);
  });
}

/** The same without settling anything: for plans. */
export async function findLiving(ctx: Context, name: string): Promise<OwnedMachine> {
  const machine = ownedBy(await findMachine(ctx.client, name));
  if (machine.record.state === "made") return machine;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${machine.name} is still being made.`,
    why: "Another hutch is at work on it, or died doing so.",
    next: ["hutch doctor --fix", `hutch delete ${machine.name} --purge`],
  });
}

/** E_CONFLICT, exit 5: the verb in words, what the VM is instead, what to type first. */
export function wrongState(machine: OwnedMachine, cannot: string, ...next: readonly string[]): HutchError {
  return new HutchError({
    code: "E_CONFLICT",
    message: `${machine.name} is ${machine.status.power}: ${cannot}`,
    next,
  });
}

/** E_CONFLICT for a VM whose memory lies saved on the disk: it comes back with what it had then, whatever is defined. */
export function assertNotSaved(
  machine: OwnedMachine,
  { hasManagedSave }: { readonly hasManagedSave: boolean },
  cannot = "what it runs with is in its saved memory.",
): void {
  if (!hasManagedSave) return;
  const { name, status } = machine;
  throw wrongState(
    { ...machine, status: { ...status, power: "saved" } },
    cannot,
    `hutch start ${name}`,
    `hutch save ${name} --discard`,
  );
}

/** E_CONFLICT for a paused VM: taking a device out is a request to its guest. */
export function assertAwake(machine: OwnedMachine, device: string): void {
  if (machine.status.power !== "paused") return;
  throw wrongState(machine, `its guest would not let go of ${device}.`, ...waysOff(machine));
}

/** E_CONFLICT for a VM that its owner protects. */
export function assertUnprotected({ name, record }: Pick<OwnedMachine, "name" | "record">, verb: string): void {
  if (!record.protected) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${name} is protected: it is not ${verb}.`,
    next: [`hutch set ${name} protect=off`],
  });
}
