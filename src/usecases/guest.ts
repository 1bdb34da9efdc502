/** How a VM is reached from here: never blind, always with the host key that hutch made. */
import { HutchError } from "../core/errors.ts";
import type { MachineRecord } from "../core/machine/record.ts";
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import { shellWord } from "../core/shell-word.ts";
import { addressesOf } from "../host/addresses.ts";
import { findMachine, findMachineByUuid } from "../host/machines.ts";
import type { SshTarget } from "../host/ssh/command.ts";
import { rememberHost } from "../host/ssh/known-hosts.ts";
import type { Context } from "./context.ts";

export type OwnedMachine = MachineView & { readonly record: MachineRecord };

export type Reachable = { readonly machine: OwnedMachine; readonly target: SshTarget };

/** A VM of ours that runs. E_NOT_FOUND, E_CONFLICT (foreign, off, paused, trashed). */
export async function runningMachine(ctx: Context, name: string): Promise<OwnedMachine> {
  const machine = ownedBy(await findMachine(ctx.client, name));
  assertRuns(machine);
  return machine;
}

/** The same with the way in, whether or not somebody answers there; E_GUEST (no address yet). */
export async function reach(ctx: Context, name: string): Promise<Reachable> {
  const machine = await runningMachine(ctx, name);
  return { machine, target: await reachTarget(ctx, machine) };
}

/** E_CONFLICT for a VM whose guest does nothing: off, saved, or held. */
export function assertRuns({ name, status }: MachineView): void {
  const held = status.power === "paused";
  if (isActive(status) && !held) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${name} is ${status.power}.`,
    ...(held && status.reason !== "" ? { why: `Why: ${status.reason}.` } : {}),
    next: [`hutch ${held ? "resume" : "start"} ${name}`],
  });
}

/** Refuses VMs that others made, and those whose record cannot be read: their users, keys and disks are unknown to hutch. */
export function ownedBy(machine: MachineView): OwnedMachine {
  if (machine.record !== null) return { ...machine, record: machine.record };
  const [problem] = machine.problems;
  throw new HutchError({
    code: "E_CONFLICT",
    message:
      problem === undefined
        ? `${machine.name} was not made by hutch, and is left alone.`
        : `${machine.name} is left alone: hutch cannot read its record.`,
    why: problem ?? "It carries no record of hutch's, so its user, keys and disks are unknown.",
    next: [
      `hutch info ${machine.name}`,
      ...(problem === undefined ? [`hutch adopt ${machine.name}`] : []),
      "start, stop and restart take it with --foreign.",
    ],
  });
}

/** null while no address is known. */
export async function sshTargetOf(ctx: Context, machine: OwnedMachine): Promise<SshTarget | null> {
  const { record } = machine;
  // A client on another machine than the one that launched it learns the host key from the record.
  if (record.hostKey !== null) await rememberHost(ctx.paths, machine.uuid, record.hostKey);
  const common = { user: record.spec.user, uuid: machine.uuid, name: machine.name };
  const forward = record.forwards.find(({ guestPort }) => guestPort === 22);
  if (forward !== undefined) return { ...common, host: forward.hostAddress, port: forward.hostPort };
  const address = record.address ?? (await addressesOf(ctx.client, machine.uuid, [record.mac]))[0]?.address;
  return address === undefined ? null : { ...common, host: address, port: 22 };
}

/** The way into a VM that is known to run; E_GUEST when it has no address. */
export async function reachTarget(ctx: Context, machine: OwnedMachine): Promise<SshTarget> {
  const target = await sshTargetOf(ctx, machine);
  if (target !== null) return target;
  if (machine.record.mac === "") throw noCard(machine.name);
  throw noAddressYet(machine.name);
}

export function noCard(name: string): HutchError {
  return new HutchError({
    code: "E_GUEST",
    message: `${name} came with no network card that hutch could reach it by.`,
    next: [`hutch console ${shellWord(name)}`],
  });
}

export function noAddressYet(name: string): HutchError {
  return new HutchError({
    code: "E_GUEST",
    message: `${name} has no address yet.`,
    why: "It may still be booting.",
    next: [`hutch wait ${shellWord(name)} --for ssh`, `hutch logs ${shellWord(name)} -f`],
  });
}

/** The VM as it is now; E_CONFLICT when somebody removed it meanwhile. */
export async function ownedByUuid(ctx: Context, uuid: string): Promise<OwnedMachine> {
  const machine = await findMachineByUuid(ctx.client, uuid);
  if (machine !== null) return ownedBy(machine);
  throw new HutchError({
    code: "E_CONFLICT",
    message: "The VM was removed by somebody else meanwhile.",
    next: ["hutch list"],
  });
}
