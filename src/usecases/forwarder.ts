/** Ports of the host for VMs that have an address of their own: which can be led there, and how that is taken back. */
import { HutchError } from "../core/errors.ts";
import type { MachineRecord } from "../core/machine/record.ts";
import type { PortForward } from "../core/machine/spec.ts";
import { canForward, forwardersOf, settleForwarders, socketProxy } from "../host/forwarders.ts";
import { findMachineByUuid } from "../host/machines.ts";
import type { StepScope } from "../ops/operation.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import type { Context } from "./context.ts";
import { type OwnedMachine, ownedByUuid } from "./guest.ts";

type Subject = { readonly uuid: string; readonly name: string };

export const undoForwarder = {
  /** Back to what the record says. */
  settled: ({ uuid, name }: Subject): UndoEntry => ({
    action: "forwarder.settle",
    args: { uuid },
    what: `the units that lead ports into ${name}`,
    command: "sudo hutch doctor --fix",
  }),
};

export function forwarderUndoActions(ctx: Context): UndoActions {
  return {
    "forwarder.settle": async ({ uuid = "" }) => {
      const machine = await findMachineByUuid(ctx.client, uuid);
      const record = machine?.record?.state === "making" ? null : (machine?.record ?? null);
      await settle(uuid, machine?.name ?? "", record, record === null ? [] : ledByUnits(record));
    },
  };
}

/** What is published by units, not by the VM's own network. */
export function ledByUnits({ forwards, spec }: MachineRecord): readonly PortForward[] {
  return forwards.length > 0 ? [] : spec.publish;
}

/** All that lead into it, whoever leads them. */
export function portsOf(record: MachineRecord): readonly PortForward[] {
  return [...record.forwards, ...ledByUnits(record)];
}

/** E_USAGE for what is not TCP; E_HOST where systemd has no proxy. */
export function assertForwardable(wanted: readonly PortForward[]): void {
  socketProxy();
  const other = wanted.find(({ protocol }) => protocol !== "tcp");
  if (other === undefined) return;
  throw new HutchError({
    code: "E_USAGE",
    message: `${other.hostPort}/${other.protocol}: systemd's proxy leads TCP only.`,
    why: "A VM on a network is reached by everything else at its own address.",
  });
}

/** Leads these ports into it, and no others; the record is the caller's to write, afterwards. */
export async function leadByUnits(
  { uuid, name, record }: OwnedMachine,
  wanted: readonly PortForward[],
  step: StepScope,
): Promise<void> {
  await step.undo(undoForwarder.settled({ uuid, name }));
  await settle(uuid, name, record, wanted);
}

/** What a VM in the making publishes, once an address is kept for it. */
export async function leadPublished(ctx: Context, uuid: string, step: StepScope): Promise<void> {
  const machine = await ownedByUuid(ctx, uuid);
  const wanted = ledByUnits(machine.record);
  if (wanted.length > 0) await leadByUnits(machine, wanted, step);
}

/** E_HOST when they cannot be taken away from here, before anything else is. */
export async function closeAll({ home }: Context, { uuid, name, record }: OwnedMachine): Promise<void> {
  if (home.remote && ledByUnits(record).length > 0) {
    throw new HutchError({
      code: "E_HOST",
      message: `Ports of its host lead into ${name}, by units of that host's systemd, which cannot be removed from here.`,
      next: [`On that host: sudo hutch purge ${name}`],
    });
  }
  if (!home.remote && forwardersOf(uuid).length > 0) await settleForwarders(uuid, null, []);
}

/** Whether ports can be led into VMs of this home so. */
export function leadsPorts({ home }: Pick<Context, "home">): boolean {
  return canForward(home);
}

async function settle(
  uuid: string,
  name: string,
  record: MachineRecord | null,
  wanted: readonly PortForward[],
): Promise<void> {
  if (wanted.length === 0 || record === null) return settleForwarders(uuid, null, []);
  if (record.address === null) throw noAddress(name);
  await settleForwarders(uuid, { uuid, name, address: record.address }, wanted);
}

/** E_CONFLICT. */
export function noAddress(name: string): HutchError {
  return new HutchError({
    code: "E_CONFLICT",
    message: `No address is kept for ${name}: a port that leads to it would soon lead nowhere.`,
    why: "Its network's DHCP gives it whichever is free.",
    next: ["hutch launch --network bridge=br0,ip=192.168.1.20/24,gw=192.168.1.1: an address of its own"],
  });
}
