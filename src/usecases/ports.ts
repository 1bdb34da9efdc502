/** Ports of the host that lead into a VM in user-mode networking: seen, added and taken away while it runs. */
import type { PortRow } from "../core/enter.ts";
import { HutchError } from "../core/errors.ts";
import { formatForward } from "../core/forward-syntax.ts";
import type { PortForward } from "../core/machine/spec.ts";
import type { PowerResult } from "../core/requests.ts";
import { settleForwards } from "../host/live-forwards.ts";
import { findMachine, listMachines } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import type { Operation, StepScope } from "../ops/operation.ts";
import type { Context } from "./context.ts";
import { eachMachine } from "./each-machine.ts";
import { type OwnedMachine, ownedBy } from "./guest.ts";
import { assertPortFree } from "./port-claims.ts";
import { undoOf } from "./undo-actions.ts";

const SSH_PORT = 22;

/** E_NOT_FOUND, E_CONFLICT for a VM that others made. */
export async function ports(ctx: Context, name: string): Promise<readonly PortRow[]> {
  const { record } = ownedBy(await findMachine(ctx.client, name));
  return record.forwards.map((forward, index) => ({
    ...forward,
    purpose: isSsh(forward, index) ? "ssh" : "published",
  }));
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
  return change(ctx, "port-rm", "Close ports of", name, async ({ name: known, record: { forwards } }) => {
    for (const each of gone) {
      const index = forwards.findIndex((forward) => sameHostPort(forward, each));
      const found = forwards[index];
      if (found === undefined) {
        throw new HutchError({
          code: "E_NOT_FOUND",
          message: `Port ${each.hostPort}/${each.protocol} does not lead into ${known}.`,
          next: [`hutch port ls ${known}`],
        });
      }
      if (isSsh(found, index)) {
        throw new HutchError({
          code: "E_CONFLICT",
          message: `Port ${each.hostPort} is the way in to ${known} itself: hutch needs it for ssh.`,
        });
      }
    }
    return {
      after: forwards.filter((forward) => !gone.some((each) => sameHostPort(forward, each))),
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
    assertForwarded(machine);
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
  assertForwarded(machine);
  const machines = await listMachines(ctx.client);
  for (const forward of wanted) await assertPortFree(forward, machines, "port");
  const twice = wanted.find((forward, index) => wanted.findIndex((each) => sameHostPort(each, forward)) !== index);
  if (twice !== undefined)
    throw new HutchError({ code: "E_USAGE", message: `port ${twice.hostPort}/${twice.protocol} is given twice.` });
}

/** All that lead into it once these do too. */
export function withPublished({ record }: OwnedMachine, wanted: readonly PortForward[]): readonly PortForward[] {
  const there = record.forwards.map(formatForward);
  return [...record.forwards, ...wanted.filter((forward) => !there.includes(formatForward(forward)))];
}

/** Exactly these lead into it afterwards. Resolves to warnings. */
export async function leadPorts(
  ctx: Context,
  { uuid, name, status }: OwnedMachine,
  after: readonly PortForward[],
  step: StepScope,
): Promise<readonly string[]> {
  await step.undo(undoOf.forwards(uuid, name));
  const settled = await settleForwards(ctx.client, { uuid, status }, after);
  await updateRecord(ctx.client, ctx.paths, uuid, (record) => ({
    ...record,
    forwards: after,
    spec: { ...record.spec, publish: after.filter((forward, index) => !isSsh(forward, index)) },
  }));
  return settled === "now" ? [] : [`passt takes its ports when it starts: this holds from the next start of ${name}.`];
}

/** A VM on a network has an address of its own. */
function assertForwarded({ name, record }: OwnedMachine): void {
  if (record.forwards.length > 0) return;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `${name} is on a network and has an address of its own: nothing is forwarded to it.`,
    why: "This host reaches all of its ports at that address. Leading a port of this host there needs a forwarder that runs by itself, which hutch does not keep.",
    next: [
      `hutch info ${name}`,
      `hutch launch with --network bridge=… puts a VM on the LAN`,
      `ssh -NL 8080:127.0.0.1:80 ${name} (with hutch ssh-config --install) forwards while it runs`,
    ],
  });
}

/** ssh's own is the first. */
function isSsh({ guestPort }: PortForward, index: number): boolean {
  return index === 0 && guestPort === SSH_PORT;
}

function sameHostPort(a: Pick<PortForward, "protocol" | "hostPort">, b: Pick<PortForward, "protocol" | "hostPort">) {
  return a.protocol === b.protocol && a.hostPort === b.hostPort;
}
