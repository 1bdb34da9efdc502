/** How changes of a made VM are taken back; see `undo-actions.ts` for the rules. */
import { rmSync } from "node:fs";
import type { MachineRecord, Upkeep } from "../core/machine/record.ts";
import { restoredRecord } from "../core/machine/restored.ts";
import { isActive } from "../core/machine/status.ts";
import { plugCpus, type Sizes, setLiveMemory, sizesIn } from "../host/domain-sizes.ts";
import { defineDomain, startDomain } from "../host/domains.ts";
import { findMachineByUuid } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import { dropSnapshot, listSnapshots, revertTo } from "../host/snapshots.ts";
import { deleteVolume } from "../host/volumes.ts";
import { parseXml, textAt } from "../host/xml.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import type { Context } from "./context.ts";
import { type OwnedMachine, ownedByUuid } from "./guest.ts";
import { letGo } from "./quiesce.ts";
import { type RootDisk, resizeDisk } from "./root-disk.ts";

type Subject = Pick<OwnedMachine, "uuid" | "name">;

type SettingsBefore = {
  readonly machine: OwnedMachine;
  readonly inactiveXml: string;
  /** null while it is off. */
  readonly liveXml: string | null;
  readonly autostart: boolean;
};

/** A resize itself is a write: what comes this much later is somebody else's, in milliseconds. */
const OWN_WRITE_MS = 60_000;

export const undoChange = {
  /** `nowMs` keeps one of the same name that others took earlier. */
  snapshot: ({ uuid, name }: Subject, snapshot: string, nowMs: number): UndoEntry => ({
    action: "snapshot.drop",
    args: { uuid, snapshot, since: String(Math.floor(nowMs / 1000)) },
    what: `the snapshot ${snapshot} of ${name}`,
    command: `hutch snapshot rm ${name} ${snapshot}`,
  }),
  /** Back to the state that was kept before a restore. */
  restored: ({ uuid, name, status }: OwnedMachine, safety: string): UndoEntry => ({
    action: "snapshot.return",
    args: { uuid, safety, running: String(isActive(status)) },
    what: `the restore of ${name}`,
    command: `hutch snapshot restore ${name} ${safety}`,
  }),
  settings: ({ machine: { uuid, name, record }, inactiveXml, liveXml, autostart }: SettingsBefore): UndoEntry => {
    const { spec, description, tags, startOrder, startDelay, pending } = record;
    const before = { spec, description, tags, protected: record.protected, startOrder, startDelay, pending };
    return {
      action: "settings.return",
      args: {
        uuid,
        xml: inactiveXml,
        record: JSON.stringify(before),
        autostart: String(autostart),
        live: liveXml === null ? "" : JSON.stringify(sizesIn(liveXml)),
      },
      what: `the settings of ${name}`,
      command: `hutch info ${name}`,
    };
  },
  definition: ({ uuid, name }: Subject, xml: string): UndoEntry => ({
    action: "definition.return",
    args: { uuid, xml },
    what: `the new definition of ${name}`,
    command: `hutch edit ${name}`,
  }),
  grownDisk: ({ uuid, name }: Subject, root: RootDisk, bytes: number, nowMs: number): UndoEntry => ({
    action: "disk.shrink",
    args: {
      uuid,
      pool: root.pool,
      volume: root.volume,
      target: root.target,
      from: String(root.bytes),
      to: String(bytes),
      at: String(nowMs),
    },
    what: `the growth of the disk ${root.target} of ${name}`,
    command: `hutch info ${name}`,
  }),
  /** A file of hutch's own that only this operation needs. */
  file: (path: string): UndoEntry => ({
    action: "file.remove",
    args: { path },
    what: `the file ${path}`,
    command: `rm ${path}`,
  }),
  /** A volume that only this operation needs. */
  helperVolume: (pool: string, volume: string): UndoEntry => ({
    action: "volume.remove",
    args: { pool, volume },
    what: `the volume ${volume}`,
    command: `virsh vol-delete --pool ${pool} ${volume}`,
  }),
  frozen: ({ uuid, name }: Subject): UndoEntry => ({
    action: "guest.thaw",
    args: { uuid },
    what: `the stillness of the file systems of ${name}`,
    command: `virsh domfsthaw ${name}`,
  }),
};

export function changeUndoActions(ctx: Context): UndoActions {
  const { client } = ctx;
  return {
    // One that the VM does not stand on any more is the only way back from what came after it.
    "snapshot.drop": async ({ uuid = "", snapshot = "", since = "0" }) => {
      if ((await findMachineByUuid(client, uuid)) === null) return;
      const found = (await listSnapshots(client, uuid)).find(({ name }) => name === snapshot);
      if (found === undefined || Date.parse(found.createdAt) < Number(since) * 1000) return;
      if (found.current) await dropSnapshot(client, uuid, snapshot);
    },
    "snapshot.return": async ({ uuid = "", safety = "", running }) => {
      if ((await findMachineByUuid(client, uuid)) === null) return;
      const found = (await listSnapshots(client, uuid)).find(({ name }) => name === safety);
      if (found === undefined) return;
      const { record } = await ownedByUuid(ctx, uuid);
      await revertTo(client, uuid, safety);
      await updateRecord(client, ctx.paths, uuid, (now) => restoredRecord(now, record));
      if (running === "true" && !isActive((await ownedByUuid(ctx, uuid)).status)) await startDomain(client, uuid);
      await dropSnapshot(client, uuid, safety);
    },
    "settings.return": async ({ uuid = "", xml = "", record = "{}", autostart, live = "" }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null) return;
      await defineDomain(client, xml);
      const before = JSON.parse(record) as Pick<MachineRecord, "spec" | keyof Upkeep | "pending">;
      await updateRecord(client, ctx.paths, uuid, (now) => ({
        ...now,
        ...before,
        // Disk and ports have a way back of their own.
        spec: { ...before.spec, diskBytes: now.spec.diskBytes, publish: now.spec.publish },
      }));
      await client.call("domain.setAutostart", { uuid, autostart: autostart === "true" });
      if (live === "" || !isActive(machine.status)) return;
      const had = JSON.parse(live) as Sizes;
      const now = sizesIn((await client.call("domain.detail", { ref: { uuid } })).xml);
      if (now.memoryMiB !== had.memoryMiB) await setLiveMemory(client, uuid, had.memoryMiB);
      if (now.cpus !== had.cpus) await plugCpus(client, uuid, had.cpus);
    },
    "definition.return": async ({ uuid = "", xml = "" }) => {
      if ((await findMachineByUuid(client, uuid)) === null) return;
      await defineDomain(client, xml);
      const { cpus, memoryMiB } = sizesIn(xml);
      await updateRecord(client, ctx.paths, uuid, (now) => ({ ...now, spec: { ...now.spec, cpus, memoryMiB } }));
    },
    // Only while nothing can have been written to what was added: a guest that has grown into it keeps it.
    "disk.shrink": async ({ uuid = "", pool = "", volume = "", target = "", from = "", to = "", at = "" }) => {
      const machine = await findMachineByUuid(client, uuid);
      const row = await client.call("volume.lookup", { pool, name: volume });
      if (!machine?.record || row === null) return;
      await client.call("pool.refresh", { name: pool });
      const active = isActive(machine.status);
      if (active ? machine.record.spec.diskBytes === Number(to) : await wasWritten(ctx, pool, volume, Number(at)))
        throw new Error("the VM may have written to it already");
      await resizeDisk(ctx, machine, { pool, volume, target }, Number(from));
      await updateRecord(client, ctx.paths, uuid, (now) => ({
        ...now,
        spec: { ...now.spec, diskBytes: Number(from) },
      }));
    },
    "file.remove": async ({ path = "" }) => rmSync(path, { recursive: true, force: true }),
    "volume.remove": ({ pool = "", volume = "" }) => deleteVolume(client, pool, volume),
    "guest.thaw": async ({ uuid = "" }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine !== null && isActive(machine.status)) await letGo(ctx, uuid);
    },
  };
}

async function wasWritten(ctx: Context, pool: string, volume: string, since: number): Promise<boolean> {
  const { xml } = await ctx.client.call("volume.xml", { pool, name: volume });
  const written = textAt(parseXml(xml, "a volume"), "target", "timestamps", "mtime");
  return written === null || Number(written) * 1000 > since + OWN_WRITE_MS;
}
