/** How disks that were attached or detached are put back. */
import { VirDomainModificationImpact as Impact } from "#ffi";
import { isActive } from "../core/machine/status.ts";
import { deviceXml, waitUntilGone } from "../host/devices.ts";
import { findMachineByUuid } from "../host/machines.ts";
import { updateRecord } from "../host/records.ts";
import { deleteVolume } from "../host/volumes.ts";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";

export const undoDisk = {
  attached: (
    { uuid, name, record }: OwnedMachine,
    { volume, target, made }: { readonly volume: string; readonly target: string; readonly made: boolean },
  ): UndoEntry => ({
    action: "disk.takeOut",
    args: {
      uuid,
      volume,
      target,
      pool: record.pool,
      made: String(made),
      volumes: JSON.stringify(record.volumes),
      sizes: JSON.stringify(record.spec.dataDiskBytes),
    },
    what: `the disk ${target} of ${name}`,
    command: `hutch disk detach ${name} ${target} --purge`,
  }),
  detached: (
    { uuid, name, record }: OwnedMachine,
    {
      volume,
      xml,
      live,
    }: { readonly volume: string; readonly bytes: number; readonly xml: string; readonly live: boolean },
  ): UndoEntry => ({
    action: "disk.putBack",
    args: {
      uuid,
      xml,
      live: String(live),
      volumes: JSON.stringify(record.volumes),
      sizes: JSON.stringify(record.spec.dataDiskBytes),
    },
    what: `the disk ${volume} of ${name}, detached`,
    command: `hutch disk attach ${name} ${volume}`,
  }),
};

export function diskUndoActions(ctx: Context): UndoActions {
  const { client } = ctx;
  const remember = (uuid: string, volumes: string, sizes: string) =>
    updateRecord(client, ctx.paths, uuid, (now) => ({
      ...now,
      volumes: JSON.parse(volumes) as string[],
      spec: { ...now.spec, dataDiskBytes: JSON.parse(sizes) as number[] },
    }));
  return {
    "disk.takeOut": async (
      { uuid = "", volume = "", target = "", pool = "", made, volumes = "[]", sizes = "[]" },
      signal,
    ) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null) return;
      const detail = await client.call("domain.detail", { ref: { uuid } });
      const stored = deviceXml(detail.inactiveXml, "disk", target);
      const live = isActive(machine.status) ? deviceXml(detail.xml, "disk", target) : "";
      if (live !== "") {
        await client.call("domain.detachDevice", { uuid, xml: live, flags: Impact.LIVE });
        // While the guest keeps it, it stays in the definition too, and its volume there.
        await waitUntilGone(client, machine, target, signal);
      }
      if (stored !== "") await client.call("domain.detachDevice", { uuid, xml: stored, flags: Impact.CONFIG });
      if (stored !== "" || live !== "") await remember(uuid, volumes, sizes);
      if (made === "true") await deleteVolume(client, pool, volume);
    },
    "disk.putBack": async ({ uuid = "", xml = "", live, volumes = "[]", sizes = "[]" }) => {
      const machine = await findMachineByUuid(client, uuid);
      if (machine === null) return;
      const target = /<target dev="([^"]+)"/.exec(xml)?.[1] ?? "";
      const detail = await client.call("domain.detail", { ref: { uuid } });
      if (deviceXml(detail.inactiveXml, "disk", target) === "")
        await client.call("domain.attachDevice", { uuid, xml, flags: Impact.CONFIG });
      if (live === "true" && isActive(machine.status) && deviceXml(detail.xml, "disk", target) === "")
        await client.call("domain.attachDevice", { uuid, xml, flags: Impact.LIVE });
      await remember(uuid, volumes, sizes);
    },
  };
}
