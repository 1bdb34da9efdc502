/** How networks and pools are taken back, or put back. */
import type { LibvirtClient } from "#ffi";
import type { UndoActions, UndoEntry } from "../ops/undo.ts";

export const undoOfSurroundings = {
  /** A network that is being made, under our own UUID: somebody else's of that name is left alone. */
  network: (uuid: string, name: string): UndoEntry => ({
    action: "network.remove",
    args: { uuid, name },
    what: `the network ${name}`,
    command: `hutch network rm ${name}`,
  }),
  /** A network that is being taken away. */
  removedNetwork: (
    name: string,
    was: { readonly xml: string; readonly active: boolean; readonly autostart: boolean },
  ): UndoEntry => ({
    action: "network.restore",
    args: { name, xml: was.xml, active: String(was.active), autostart: String(was.autostart) },
    what: `the network ${name}, half removed`,
    command: `hutch network rm ${name}`,
  }),
  /** A pool that is being made, under our own UUID, and its folder where that was not there before. */
  pool: (uuid: string, name: string, { folderMade }: { readonly folderMade: boolean }): UndoEntry => ({
    action: "pool.remove",
    args: { uuid, name, folderMade: String(folderMade) },
    what: `the pool ${name}`,
    command: `virsh pool-destroy ${name}; virsh pool-undefine ${name}`,
  }),
};

export function surroundingsUndo(client: LibvirtClient): UndoActions {
  return {
    "network.remove": async ({ uuid, name = "" }) => {
      const row = await client.call("network.lookup", { name });
      if (row === null || row.uuid !== uuid) return;
      if (row.active) await client.call("network.destroy", { name });
      await client.call("network.undefine", { name });
    },
    "network.restore": async ({ name = "", xml = "", active, autostart }) => {
      if ((await client.call("network.lookup", { name })) === null) await client.call("network.define", { xml });
      if (autostart === "true") await client.call("network.setAutostart", { name, autostart: true });
      const row = await client.call("network.lookup", { name });
      if (active === "true" && row?.active === false) await client.call("network.start", { name });
    },
    "pool.remove": async ({ uuid, name = "", folderMade }) => {
      const row = await client.call("pool.lookup", { name });
      if (row === null || row.uuid !== uuid) return;
      if (row.active) await client.call("pool.destroy", { name });
      // libvirt removes a folder only when it is empty; one that was never made is no failure.
      if (folderMade === "true") await client.call("pool.delete", { name }).catch(() => undefined);
      await client.call("pool.undefine", { name });
    },
  };
}
