/**
 * Ports of the host that lead into a VM: seen, added and taken away while it runs. In user-mode networking the VM's own
 * network has them; into a VM on a network systemd leads them.
 */
import type { PortRow } from "../core/enter.ts";
import { HutchError } from "../core/errors.ts";
import { formatForward } from "../core/forward-syntax.ts";
import type { MachineRecord } from "../core/machine/record.ts";
import type { PortForward } from "../core/machine/spec.ts";
import type { PowerResult } from "../core/requests.ts";
import { settleForwards } from "../host/live-forwards.ts";
import { findMachine, listMachines } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import type { Operation, StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { eachMachine } from "./each-machine.ts";
import { assertForwardable, leadByUnits, leadsPorts, noAddress, portsOf } from "./forwarder.ts";
import { type OwnedMachine, ownedBy } from "./guest.ts";
import { assertNotSaved } from "./living.ts";
import { assertPortFree } from "./port-claims.ts";
import { undoOf } from "./undo-actions.ts";

const SSH_PORT = 22;

/** E_NOT_FOUND, E_CONFLICT for a VM that others made. */
export async function ports(ctx: Context, name: string): Promise<readonly PortRow[]> {
  const { record } = ownedBy(await findMachine(ctx.client, name));
  return portsOf(record).map((forward) => ({ ...forward, purpose: isSsh(record, forward) ? "ssh" : "published" }));
}

/** At once where QEMU itself forwards, else from the next start, and it says which. E_CONFLICT for a port that is taken. */
export function addPorts(
  ctx: Context,
  name: string,
  wanted: readonly PortForward[],
): Operation<readonly PowerResult[]> {
  return change(ctx, "port-add", "Publish ports of", name, async (machine) => {
    await assertPublishable(ctx, machine, wanted);
    return {
      after: withPublished(machine, wanted),
      message: `published ${wanted.map(formatForward).join(", ")}`,
    };
  });
}

/** `gone` are host ports. E_NOT_FOUND for one that leads nowhere; ssh's own stays. */
export function removePorts(
  ctx: Context,
  name: string,
  gone: readonly Pick<PortForward, "protocol" | "hostPort">[],
): Operation<readonly PowerResult[]> {
  return change(ctx, "port-rm", "Close ports of", name, async ({ name: known, record }) => {
    const there = portsOf(record);
    for (const each of gone) {
      const found = there.find((forward) => sameHostPort(forward, each));
      if (found === undefined) {
        throw new HutchError({
          code: "E_NOT_FOUND",
          message: `Port ${each.hostPort}/${each.protocol} does not lead into ${known}.`,
          next: [`hutch port ls ${known}`],
        });
      }
      if (isSsh(record, found)) {
        throw new HutchError({
          code: "E_CONFLICT",
          message: `Port ${each.hostPort} is the way in to ${known} itself: hutch needs it for ssh.`,
        });
      }
    }
    return {
      after: there.filter((forward) => !gone.some((each) => sameHostPort(forward, each))),
      message: `closed ${gone.map(({ hostPort, protocol }) => `${hostPort}/${protocol}`).join(", ")}`,
    };
  });
}

type Change = { readonly after: readonly PortForward[]; readonly message: string };

function change(
  ctx: Context,
  kind: string,
  verb: string,
  name: string,
  decide: (machine: OwnedMachine) => Promise<Change>,
): Operation<readonly PowerResult[]> {
  return eachMachine(ctx, kind, verb, [name], async (op, found) => {
    const machine = ownedBy(found);
    assertLed(ctx, machine);
    return op.step(kind, `${verb} ${machine.name}`, async (step) => {
      const { after, message } = await decide(machine);
      const warnings = await leadPorts(ctx, machine, after, step);
      return { name: machine.name, done: true, message, warnings };
    });
  });
}

/** E_USAGE for one given twice, E_CONFLICT for one that is taken or a VM that nothing is forwarded to. */
export async function assertPublishable(
  ctx: Context,
  machine: OwnedMachine,
  wanted: readonly PortForward[],
): Promise<void> {
  assertLed(ctx, machine);
  if (machine.record.forwards.length === 0) {
    assertForwardable(wanted);
    if (machine.record.address === null) throw noAddress(machine.name);
  }
  const machines = await listMachines(ctx.client);
  for (const forward of wanted) await assertPortFree(forward, machines, "port");
  const twice = wanted.find((forward, index) => wanted.findIndex((each) => sameHostPort(each, forward)) !== index);
  if (twice !== undefined)
    throw new HutchError({ code: "E_USAGE", message: `port ${twice.hostPort}/${twice.protocol} is given twice.` });
}

/** All that lead into it once these do too. */
export function withPublished({ record }: OwnedMachine, wanted: readonly PortForward[]): readonly PortForward[] {
  const there = portsOf(record).map(formatForward);
  return [...portsOf(record), ...wanted.filter((forward) => !there.includes(formatForward(forward)))];
}

/** Exactly these lead into it afterwards. Resolves to warnings. E_CONFLICT for a saved VM whose own QEMU forwards. */
export async function leadPorts(
  ctx: Context,
  machine: OwnedMachine,
  after: readonly PortForward[],
  step: StepScope,
): Promise<readonly string[]> {
  const { uuid, name, status, record } = machine;
  const publish = after.filter((forward) => !isSsh(record, forward));
  if (record.forwards.length === 0) {
    await leadByUnits(machine, publish, step);
    await updateRecord(ctx.client, ctx.paths, uuid, (now) => ({ ...now, spec: { ...now.spec, publish } }));
    return [];
  }
  assertNotSaved(
    machine,
    await ctx.client.call("domain.detail", { ref: { uuid } }),
    "the ports that it comes back with are in its saved memory.",
  );
  await step.undo(undoOf.forwards(uuid, name));
  const settled = await settleForwards(ctx.client, { uuid, status }, after);
  await updateRecord(ctx.client, ctx.paths, uuid, (now) => ({
    ...now,
    forwards: after,
    spec: { ...now.spec, publish },
  }));
  return settled === "now" ? [] : [`passt takes its ports when it starts: this holds from the next start of ${name}.`];
}

/** A VM on a network has an address of its own: only systemd leads ports there. */
function assertLed(ctx: Context, { name, record }: OwnedMachine): void {
  if (record.forwards.length > 0 || leadsPorts(ctx)) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${name} is on a network and has an address of its own: nothing is forwarded to it.`,
    why: "This host reaches all of its ports at that address. Leading a port of this host there needs a forwarder that runs by itself: hutch has systemd keep one, where systemd runs the VM's host.",
    next: [
      `hutch info ${name}`,
      "With --network bridge=br0 at its launch a VM is on the LAN itself.",
      `ssh -NL 8080:127.0.0.1:80 ${name}: forwards while it runs, after hutch ssh-config --install`,
    ],
  });
}

/** ssh's own is the first of the VM's own network. */
function isSsh({ forwards: [first] }: MachineRecord, forward: PortForward): boolean {
  return first !== undefined && first.guestPort === SSH_PORT && sameHostPort(first, forward);
}

function sameHostPort(a: Pick<PortForward, "protocol" | "hostPort">, b: Pick<PortForward, "protocol" | "hostPort">) {
  return a.protocol === b.protocol && a.hostPort === b.hostPort;
}
