/** An order and a record as the domain that libvirt is to define. */
import { join } from "node:path";
import type { MachineRecord } from "../core/machine/record.ts";
import { usesForwards } from "../core/machine/resolve.ts";
import { roomFor } from "../core/machine/room.ts";
import type { NetworkSpec } from "../core/machine/spec.ts";
import { canShareFolders, chooseFirmware, hasVsock, userNetworkKind } from "../host/capabilities.ts";
import { consoleLogPath } from "../host/console-log.ts";
import type { DomainInput, DomainNetwork } from "../host/domain-xml.ts";
import type { CardPlace } from "../host/network-card.ts";
import { networkOf } from "../host/networks.ts";
import type { Pool } from "../host/pool.ts";
import type { Context } from "./context.ts";
import { type Prepared, volumesOf } from "./prepare.ts";

export function domainInputOf(ctx: Context, prepared: Prepared, record: MachineRecord, pool: Pool): DomainInput {
  const { uuid, spec, accel, capabilities } = prepared;
  const volumes = volumesOf(uuid, prepared);
  const isTest = ctx.home.driver === "test";
  const { installFrom } = prepared;
  return {
    uuid,
    name: spec.name,
    type: isTest ? "test" : accel.kind,
    arch: spec.arch,
    cpus: spec.cpus,
    memoryMiB: spec.memoryMiB,
    room: isTest ? { cpus: spec.cpus, memoryMiB: null } : roomFor(spec, accel.kind, capabilities),
    firmware: chooseFirmware(spec, capabilities),
    tpm: spec.tpm,
    vsock: hasVsock(ctx.home),
    sharedMemory: !isTest && canShareFolders(capabilities, ctx.home),
    disks: {
      root: join(pool.path, volumes.root),
      seed: record.seedVolume === null ? null : join(pool.path, record.seedVolume),
      data: volumes.data.map((name) => join(pool.path, name)),
    },
    network: networkFor(ctx, prepared),
    mac: record.mac,
    cards: (spec.networks ?? []).map(({ mac, network }) => ({ mac, place: placeOf(ctx, network) })),
    display: spec.display ?? false,
    ...(installFrom === undefined
      ? {}
      : { cdrom: installFrom.kind === "file" ? join(pool.path, volumes.install) : installFrom.path }),
    consoleLog: consoleLogPath(ctx.home, ctx.paths, uuid),
    record,
  };
}

function networkFor(ctx: Context, { spec, forwards, capabilities }: Prepared): DomainNetwork {
  if (usesForwards(spec, ctx.home.mode === "session"))
    return { kind: userNetworkKind(capabilities, ctx.home, ctx.env), forwards };
  if (spec.network.kind === "bridge") return { kind: "bridge", bridge: spec.network.bridge };
  return { kind: "network", network: spec.network.kind === "network" ? spec.network.network : "default" };
}

/** Where a card beside the first goes. */
export function placeOf(ctx: Context, spec: NetworkSpec): CardPlace {
  if (spec.kind === "bridge") return { kind: "bridge", bridge: spec.bridge };
  const network = networkOf(spec, ctx.home);
  return network === null ? { kind: "user" } : { kind: "network", network };
}
