/** VMs that others made get a record of hutch's, made from what their definition says; nothing else of them is changed. */
import { HutchError } from "../core/errors.ts";
import { type MachineRecord, NO_UPKEEP, RECORD_SCHEMA } from "../core/machine/record.ts";
import type { Arch, NetworkSpec } from "../core/machine/spec.ts";
import { type DomainFacts, type InterfaceFacts, readDomain } from "../host/domain-read.ts";
import { findMachine } from "../host/machines.ts";
import { writeFirstRecord } from "../host/records.ts";
import { type Operation, startOperation } from "../ops/operation.ts";
import { replayInterrupted } from "../ops/replay.ts";
import { type Context, timestamp } from "./context.ts";
import { type OwnedMachine, ownedByUuid } from "./guest.ts";
import { undoIdentity } from "./identity-undo.ts";
import { operationEnvironment } from "./operation-environment.ts";
import { isWritable } from "./snapshots.ts";

export type AdoptOptions = {
  /** The login user in the guest; the caller's name when omitted. */
  readonly user?: string;
};

/** E_CONFLICT for a VM that has a record, one that cannot be read too; E_HOST where the driver keeps none. */
export function adopt(ctx: Context, name: string, options: AdoptOptions): Operation<OwnedMachine> {
  const about = { kind: "adopt", title: `Adopt ${name}`, subject: name };
  return startOperation(operationEnvironment(ctx), about, async (op) => {
    await replayInterrupted(operationEnvironment(ctx), name);
    const machine = await findMachine(ctx.client, name);
    if (machine.record !== null || machine.problems.length > 0) {
      throw new HutchError({
        code: "E_CONFLICT",
        message: machine.record === null ? `${name} cannot be adopted.` : `${machine.name} is hutch's already.`,
        ...(machine.problems[0] === undefined ? {} : { why: machine.problems[0] }),
        next: [`hutch info ${name}`],
      });
    }
    return op.step("adopt", "Write its record", async (step) => {
      const detail = await ctx.client.call("domain.detail", { ref: { uuid: machine.uuid } });
      const facts = readDomain(detail.inactiveXml);
      const record = await recordOf(ctx, facts, options, detail.autostart);
      await step.undo(undoIdentity.adopted(machine.uuid, machine.name));
      await writeFirstRecord(ctx.client, ctx.paths, machine.uuid, record);
      return ownedByUuid(ctx, machine.uuid);
    });
  });
}

async function recordOf(
  ctx: Context,
  facts: DomainFacts,
  { user }: AdoptOptions,
  autostart: boolean,
): Promise<MachineRecord> {
  const { pool, volumes } = await volumesOf(ctx, facts);
  const [root, ...data] = volumes;
  const [card] = facts.interfaces;
  return {
    ...NO_UPKEEP,
    schema: RECORD_SCHEMA,
    revision: 0,
    state: "made",
    createdAt: timestamp(ctx),
    spec: {
      name: facts.name,
      image: "",
      cpus: facts.vcpus,
      memoryMiB: Math.round(facts.memoryBytes / 1024 ** 2),
      diskBytes: root?.bytes ?? 0,
      dataDiskBytes: data.map(({ bytes }) => bytes),
      engine: null,
      user: user ?? ctx.caller.guestUser,
      sshKeys: [],
      network: networkOf(card),
      publish: [],
      arch: archOf(facts.arch),
      accel: facts.type === "kvm" ? "kvm" : "tcg",
      firmware: facts.firmware,
      tpm: false,
      autostart,
      ephemeral: false,
    },
    image: null,
    pool,
    volumes: volumes.map(({ name }) => name),
    seedVolume: null,
    mac: card?.mac ?? "",
    address: null,
    forwards: facts.forwards,
    hostKey: null,
    cloudInit: null,
    engine: null,
    accel: facts.type === "kvm" ? "kvm" : "tcg",
    trash: null,
    pending: [],
  };
}

/** Its writable disks, if all lie in one pool; those elsewhere are not hutch's to remove. */
async function volumesOf(ctx: Context, facts: DomainFacts) {
  const sources = facts.disks.filter(isWritable).map(({ source }) => source);
  for (const { name: pool, active } of await ctx.client.call("pool.list", {})) {
    if (!active) continue;
    const rows = await ctx.client.call("volume.list", { pool });
    const found = sources.flatMap(
      (source) => rows.find(({ path, name }) => path === source || `${pool}/${name}` === source) ?? [],
    );
    if (found.length > 0 && found.length === sources.length)
      return { pool, volumes: found.map(({ name, capacityBytes }) => ({ name, bytes: capacityBytes })) };
  }
  return { pool: "hutch", volumes: [] };
}

function networkOf(card: InterfaceFacts | undefined): NetworkSpec {
  if (card?.kind === "network" && card.source !== null) return { kind: "network", network: card.source };
  if (card?.kind === "bridge" && card.source !== null) return { kind: "bridge", bridge: card.source };
  return card?.kind === "user" ? { kind: "user" } : { kind: "default" };
}

function archOf(word: string): Arch {
  return word === "aarch64" ? "aarch64" : "x86_64";
}
