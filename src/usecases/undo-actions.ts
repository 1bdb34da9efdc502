/**
 * How each thing that hutch makes is taken back. Every action is idempotent and touches only what is still there and
 * still ours, for it may run in another process, long after.
 */

import { isActive } from "../core/machine/status.ts";
import { removeDomain, startDomain } from "../host/domains.ts";
import { findMachineByUuid } from "../host/machines.ts";
import { releaseAddress } from "../host/reservations.ts";
import { forgetHost } from "../host/ssh/known-hosts.ts";
import { deleteVolume } from "../host/volumes.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import type { Context } from "./context.ts";
import { bringBack } from "./trash.ts";

const purge = (name: string) => `hutch purge ${name} --yes`;

const DOCTOR = "hutch doctor --fix";

export const undoOf = {
  domain: (uuid: string, name: string, op: string): UndoEntry => ({
    action: "domain.remove",
    args: { uuid, op },
    what: `the VM ${name}`,
    command: purge(name),
  }),
  volume: (pool: string, volume: string, name: string): UndoEntry => ({
    action: "volume.delete",
    args: { pool, volume },
    what: `the disk ${volume}`,
    command: purge(name),
  }),
  address: (network: string, mac: string, name: string): UndoEntry => ({
    action: "address.release",
    args: { network, mac },
    what: `the address kept for ${name} in network ${network}`,
    command: DOCTOR,
  }),
  discard: (
    uuid: string,
    name: string,
    was: { readonly autostart: boolean; readonly running: boolean },
  ): UndoEntry => ({
    action: "trash.recover",
    args: { uuid, name, autostart: String(was.autostart), running: String(was.running) },
    what: `${name}, half deleted`,
    command: `hutch recover ${name}`,
  }),
  knownHost: (uuid: string, name: string): UndoEntry => ({
    action: "known-host.forget",
    args: { uuid },
    what: `the host key of ${name} in hutch's known_hosts`,
    command: DOCTOR,
  }),
};

export function undoActions(ctx: Context): UndoActions {
  const { client } = ctx;
  return {
    "domain.remove": async ({ uuid = "", op = "" }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine?.record?.state === "making" && machine.record.op === op) await removeDomain(client, uuid);
    },
    "volume.delete": async ({ pool = "", volume = "" }) => deleteVolume(client, pool, volume),
    "address.release": async ({ network = "", mac = "" }) => releaseAddress(client, network, mac),
    // A guest that was shut down on the way to the trash is started again: it ran before.
    "trash.recover": async ({ uuid = "", name = "", autostart, running }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (!machine?.record) return;
      await bringBack(ctx, uuid, { ...machine.record, trash: { at: "", name, autostart: autostart === "true" } });
      if (running === "true" && !isActive(machine.status)) await startDomain(client, uuid);
    },
    "known-host.forget": async ({ uuid = "" }) => forgetHost(ctx.paths, uuid),
  };
}
