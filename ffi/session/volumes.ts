import { VirErrorNumber } from "../generated/enums.gen.ts";
import { virStorageVolInfo } from "../generated/structs.gen.ts";
import { reader } from "../native/memory.ts";
import type { Handle } from "../native/types.ts";
import type { MethodName, VolumeRow } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { orIf } from "./connection.ts";
import type { Handlers } from "./handlers.ts";
import { withPool, withVolume } from "./objects.ts";
import { scoped, withAll } from "./scope.ts";
import type { Transfers } from "./transfers.ts";

type Volume = Handle<"virStorageVol">;

export const volumeHandlers: Handlers<Exclude<Extract<MethodName, `volume.${string}`>, Transfers>> = {
  "volume.list": (c, { pool }) =>
    withPool(c, pool, (handle) =>
      withAll<"virStorageVol", VolumeRow[]>(
        c,
        "virStorageVolFree",
        (out) => c.call("virStoragePoolListAllVolumes", handle, out, 0),
        (volumes) => volumes.flatMap((volume) => orIf([VirErrorNumber.NO_STORAGE_VOL], () => [readRow(c, volume)], [])),
      ),
    ),
  "volume.lookup": (c, ref) =>
    orIf([VirErrorNumber.NO_STORAGE_VOL], () => withVolume(c, ref, (volume) => readRow(c, volume)), null),
  "volume.xml": (c, ref) => withVolume(c, ref, (volume) => ({ xml: c.call("virStorageVolGetXMLDesc", volume, 0) })),
  "volume.create": (c, { pool, xml, flags }) =>
    withPool(c, pool, (handle) =>
      scoped(c, (own) => readRow(c, own("virStorageVolFree", c.call("virStorageVolCreateXML", handle, xml, flags)))),
    ),
  "volume.clone": (c, { pool, xml, from, flags }) =>
    withVolume(c, { pool, name: from }, (source, handle) =>
      scoped(c, (own) =>
        readRow(c, own("virStorageVolFree", c.call("virStorageVolCreateXMLFrom", handle, xml, source, flags))),
      ),
    ),
  "volume.resize": (c, { bytes, flags, ...ref }) =>
    withVolume(c, ref, (volume) => {
      c.call("virStorageVolResize", volume, bytes, flags);
      return null;
    }),
  "volume.delete": (c, ref) =>
    withVolume(c, ref, (volume) => {
      c.call("virStorageVolDelete", volume, 0);
      return null;
    }),
};

function readRow(c: Connection, volume: Volume): VolumeRow {
  const bytes = Buffer.alloc(virStorageVolInfo.size);
  c.call("virStorageVolGetInfo", volume, bytes);
  const info = reader(virStorageVolInfo, bytes);
  return {
    name: c.call("virStorageVolGetName", volume),
    path: c.call("virStorageVolGetPath", volume),
    type: info("type"),
    capacityBytes: info("capacity"),
    allocationBytes: info("allocation"),
  };
}
