/**
 * How each thing that hutch makes is taken back. Every action is idempotent and touches only what is still there and
 * still ours, for it may run in another process, long after.
 */

import { isActive } from "../core/machine/status.ts";
import { removeDomain, startDomain } from "../host/domains.ts";
import { findMachineByUuid } from "../host/machines.ts";
import { forgetLock } from "../host/records.ts";
import { releaseAddress } from "../host/reservations.ts";
import { forgetHost } from "../host/ssh/known-hosts.ts";
import { deleteVolume } from "../host/volumes.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import { changeUndoActions } from "./change-undo.ts";
import type { Context } from "./context.ts";
import { diskUndoActions } from "./disk-undo.ts";
import { identityUndoActions } from "./identity-undo.ts";
import { bringBack } from "./trash.ts";

const purge = (name: string) => `hutch purge ${name} --yes`;

const DOCTOR = "hutch doctor --fix";

/** A VM and the operation that makes it: once that is through, nothing of the VM is taken back any more. */
export type Making = { readonly uuid: string; readonly name: string; readonly op: string };

export const undoOf = {
  domain: ({ uuid, name, op }: Making): UndoEntry => ({
    action: "domain.remove",
    args: { uuid, op },
    what: `the VM ${name}`,
    command: purge(name),
  }),
  volume: ({ uuid, name, op }: Making, pool: string, volume: string): UndoEntry => ({
    action: "volume.delete",
    args: { uuid, op, pool, volume },
    what: `the disk ${volume}`,
    command: purge(name),
  }),
  address: ({ uuid, name, op }: Making, network: string, mac: string): UndoEntry => ({
    action: "address.release",
    args: { uuid, op, network, mac },
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
  knownHost: ({ uuid, name, op }: Making): UndoEntry => ({
    action: "known-host.forget",
    args: { uuid, op },
    what: `the host key of ${name} in hutch's known_hosts`,
    command: DOCTOR,
  }),
};

type Args = Readonly<Record<string, string>>;

export function undoActions(ctx: Context): UndoActions {
  const { client } = ctx;
  const unlessMade = (takeBack: (args: Args) => Promise<void>) => async (args: Args) => {
    const machine = await findMachineByUuid(client, args["uuid"] ?? "");
    const unmade = machine === null || (machine.record?.state === "making" && machine.record.op === args["op"]);
    if (unmade) await takeBack(args);
  };
  return {
    ...changeUndoActions(ctx),
    ...diskUndoActions(ctx),
    ...identityUndoActions(ctx),
    "domain.remove": unlessMade(async ({ uuid = "" }) => {
      await removeDomain(client, uuid);
      forgetLock(ctx.paths, uuid);
    }),
    "volume.delete": unlessMade(({ pool = "", volume = "" }) => deleteVolume(client, pool, volume)),
    "address.release": unlessMade(({ network = "", mac = "" }) => releaseAddress(client, network, mac)),
    // A guest that was shut down on the way to the trash is started again: it ran before.
    "trash.recover": async ({ uuid = "", name = "", autostart, running }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (!machine?.record) return;
      await bringBack(ctx, uuid, { ...machine.record, trash: { at: "", name, autostart: autostart === "true" } });
      if (running === "true" && !isActive(machine.status)) await startDomain(client, uuid);
    },
    "known-host.forget": unlessMade(({ uuid = "" }) => forgetHost(ctx.paths, uuid)),
  };
}
