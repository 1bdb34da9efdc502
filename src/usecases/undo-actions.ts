/**
 * How each thing that hutch makes is taken back. Every action is idempotent and touches only what is still there and
 * still ours, for it may run in another process, long after.
 */

import { rmSync } from "node:fs";
import { basename, dirname } from "node:path";
import { isActive } from "../core/machine/status.ts";
import { listBases, takeBackImport } from "../host/base-images.ts";
import { removeDomain, startDomain } from "../host/domains.ts";
import { settleForwards } from "../host/live-forwards.ts";
import { findMachineByUuid, listMachines } from "../host/machines.ts";
import { findPool } from "../host/pool.ts";
import { forgetLock } from "../host/records.ts";
import { releaseAddress } from "../host/reservations.ts";
import { detachFolder, type SharedFolder } from "../host/shared-folder.ts";
import { forgetHost } from "../host/ssh/known-hosts.ts";
import { deleteVolume } from "../host/volumes.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import { changeUndoActions } from "./change-undo.ts";
import type { Context } from "./context.ts";
import { diskUndoActions } from "./disk-undo.ts";
import { driveUndoActions } from "./drive-undo.ts";
import { forwarderUndoActions } from "./forwarder.ts";
import { refreshNames } from "./host-names.ts";
import { identityUndoActions } from "./identity-undo.ts";
import { cardUndoActions } from "./network-card-undo.ts";
import { bringBack } from "./trash.ts";
import { surroundingsUndo, undoOfSurroundings } from "./undo-surroundings.ts";

const purge = (name: string) => `hutch purge ${name} --yes`;

const DOCTOR = "hutch doctor --fix";

/** A VM and the operation that makes it: once that is through, nothing of the VM is taken back any more. */
export type Making = { readonly uuid: string; readonly name: string; readonly op: string };

export const undoOf = {
  ...undoOfSurroundings,
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
  forwards: (uuid: string, name: string): UndoEntry => ({
    action: "forwards.settle",
    args: { uuid },
    what: `ports of ${name}, half changed`,
    command: `hutch restart ${name}`,
  }),
  folder: (uuid: string, name: string, { hostPath, guestPath, by }: SharedFolder): UndoEntry => ({
    action: "folder.detach",
    args: { uuid, hostPath, guestPath, by },
    what: `the folder ${hostPath} in ${name}`,
    command: `hutch umount ${name}:${guestPath}`,
  }),
  knownHost: ({ uuid, name, op }: Making): UndoEntry => ({
    action: "known-host.forget",
    args: { uuid, op },
    what: `the host key of ${name} in hutch's known_hosts`,
    command: DOCTOR,
  }),
  /** `replaces`: the volumes of images that go once this one is whole. */
  image: (image: { readonly name: string; readonly sha256: string }, replaces: readonly string[]): UndoEntry => ({
    action: "image.remove",
    args: { name: image.name, sha256: image.sha256, replaces: replaces.join(",") },
    what: `the image ${image.name}`,
    command: `hutch image rm ${image.name}@sha256:${image.sha256} --yes`,
  }),
  workFolder: (path: string): UndoEntry => ({
    action: "work-folder.remove",
    args: { path },
    what: `the folder ${path}`,
    command: DOCTOR,
  }),
};

/** What the name of a folder for an operation's own files begins with, in the cache of images. */
export const WORK_FOLDER = "work-";

type Args = Readonly<Record<string, string>>;

export function undoActions(ctx: Context): UndoActions {
  const { client } = ctx;
  const unlessMade = (takeBack: (args: Args) => Promise<void>) => async (args: Args) => {
    const machine = await findMachineByUuid(client, args["uuid"] ?? "");
    const unmade = machine === null || (machine.record?.state === "making" && machine.record.op === args["op"]);
    if (unmade) await takeBack(args);
  };
  return {
    ...surroundingsUndo(client),
    ...changeUndoActions(ctx),
    ...diskUndoActions(ctx),
    ...driveUndoActions(ctx),
    ...forwarderUndoActions(ctx),
    ...cardUndoActions(ctx),
    ...identityUndoActions(ctx),
    "domain.remove": unlessMade(async ({ uuid = "" }) => {
      await removeDomain(client, uuid);
      forgetLock(ctx.paths, uuid);
      await refreshNames(ctx, { note: () => undefined });
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
    // Once what it replaces is going, it stays; and so it does under a VM.
    "image.remove": async ({ name = "", sha256 = "", replaces = "" }) => {
      const pool = await findPool(client);
      if (pool === null) return;
      const volumes = (await listBases(client, pool)).map(({ volume }) => volume);
      const replaced = replaces.split(",").some((volume) => volume !== "" && !volumes.includes(volume));
      const digest = `sha256:${sha256}`;
      const used = (await listMachines(client)).some(({ record }) => record?.image?.digest === digest);
      if (!replaced && !used) await takeBackImport(client, pool, { name, sha256, format: "qcow2" }, ctx.paths);
    },
    "work-folder.remove": async ({ path = "" }) => {
      const ours = dirname(path) === ctx.paths.imageCache && basename(path).startsWith(WORK_FOLDER);
      if (ours) rmSync(path, { recursive: true, force: true });
    },
    // Back to what the record says, for that is written last.
    "forwards.settle": async ({ uuid = "" }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine?.record) await settleForwards(client, machine, machine.record.forwards);
    },
    "folder.detach": async ({ uuid = "", hostPath = "", guestPath = "", by }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null || machine.record?.mounts.some((mount) => mount.guestPath === guestPath)) return;
      const kind = by === "9p" ? "9p" : "virtiofs";
      await detachFolder(client, uuid, { hostPath, guestPath, by: kind, readonly: false });
    },
    "known-host.forget": unlessMade(({ uuid = "" }) => forgetHost(ctx.paths, uuid)),
  };
}
