/** The NoCloud seed of a VM: full before its first boot, without keys and secrets after. */
import { buildSeed, type SeedInput, sealSeed, seedImage } from "#cloud-init";
import type { MachineRecord } from "../core/machine/record.ts";
import type { HostKeyPair } from "../host/ssh/keys.ts";
import { rewriteSeed } from "../host/volumes.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";

export type SeedSecrets = {
  readonly hostKey: HostKeyPair;
  readonly userData: string | undefined;
  readonly passwordHash?: string;
};

export function seedDocuments(uuid: string, record: MachineRecord, secrets: SeedSecrets) {
  return buildSeed(seedInput(uuid, record, secrets));
}

export function seedBytes(uuid: string, record: MachineRecord, secrets: SeedSecrets): Uint8Array {
  return seedImage(seedDocuments(uuid, record, secrets));
}

/** Same instance-id, same length, nothing secret: it stays attached, for snapshots refer to it. */
export async function sealSeedOf(ctx: Context, machine: OwnedMachine): Promise<void> {
  const { record, uuid } = machine;
  if (record.seedVolume === null) return;
  const documents = sealedDocuments(uuid, record);
  await rewriteSeed(ctx.client, record.pool, record.seedVolume, (sizeBytes) => seedImage(documents, { sizeBytes }));
}

/** For a VM that has had its first boot elsewhere. */
export function sealedSeedBytes(uuid: string, record: MachineRecord): Uint8Array {
  return seedImage(sealedDocuments(uuid, record));
}

function sealedDocuments(uuid: string, record: MachineRecord) {
  const nothing: SeedSecrets = { hostKey: { privateKey: "", publicKey: record.hostKey ?? "" }, userData: undefined };
  return sealSeed(seedInput(uuid, record, nothing));
}

function seedInput(uuid: string, record: MachineRecord, secrets: SeedSecrets): SeedInput {
  const { spec } = record;
  return {
    instanceId: `iid-${uuid}`,
    hostname: spec.name,
    user: {
      name: spec.user,
      sshKeys: [...spec.sshKeys],
      ...(secrets.passwordHash === undefined ? {} : { passwordHash: secrets.passwordHash }),
    },
    hostKey: secrets.hostKey,
    network: { interfaces: [interfaceOf(record)] },
    ...(secrets.userData === undefined ? {} : { userData: secrets.userData }),
  };
}

/** Only a bridge's static address is written into the guest; every other address comes by DHCP. */
function interfaceOf({ mac, spec: { network } }: MachineRecord): SeedInput["network"]["interfaces"][number] {
  if (network.kind !== "bridge" || network.address === undefined) return { mac, dhcp: true };
  return {
    mac,
    address: network.address,
    ...(network.gateway === undefined ? {} : { gateway: network.gateway }),
    nameservers: [...(network.nameservers ?? [])],
  };
}
