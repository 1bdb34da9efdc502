import { VirErrorNumber } from "../generated/enums.gen.ts";
import { virStoragePoolInfo } from "../generated/structs.gen.ts";
import { reader } from "../native/memory.ts";
import type { Handle, OutNumber } from "../native/types.ts";
import type { PoolRow } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { orIf } from "./connection.ts";
import type { HandlersOf } from "./handlers.ts";
import { uuidText, withPool } from "./objects.ts";
import { scoped, withAll } from "./scope.ts";

type Pool = Handle<"virStoragePool">;

/** A handler that looks one pool up, acts on it and has nothing to tell. */
const on =
  <I extends { readonly name: string }>(act: (call: Connection["call"], pool: Pool, input: I) => unknown) =>
  (c: Connection, input: I): null => {
    withPool(c, input.name, (pool) => act(c.call, pool, input));
    return null;
  };

export const poolHandlers: HandlersOf<"pool"> = {
  "pool.list": (c) =>
    withAll<"virStoragePool", PoolRow[]>(
      c,
      "virStoragePoolFree",
      (out) => c.call("virConnectListAllStoragePools", c.handle, out, 0),
      (pools) => pools.flatMap((pool) => orIf([VirErrorNumber.NO_STORAGE_POOL], () => [readRow(c, pool)], [])),
    ),
  "pool.lookup": (c, { name }) =>
    orIf([VirErrorNumber.NO_STORAGE_POOL], () => withPool(c, name, (pool) => readRow(c, pool)), null),
  "pool.define": (c, { xml }) =>
    scoped(c, (own) => {
      const pool = own("virStoragePoolFree", c.call("virStoragePoolDefineXML", c.handle, xml, 0));
      return { name: c.call("virStoragePoolGetName", pool) };
    }),
  "pool.undefine": on((call, pool) => call("virStoragePoolUndefine", pool)),
  "pool.build": on((call, pool, { flags }) => call("virStoragePoolBuild", pool, flags)),
  "pool.start": on((call, pool) => call("virStoragePoolCreate", pool, 0)),
  "pool.destroy": on((call, pool) => call("virStoragePoolDestroy", pool)),
  "pool.delete": on((call, pool) => call("virStoragePoolDelete", pool, 0)),
  "pool.refresh": on((call, pool) => call("virStoragePoolRefresh", pool, 0)),
  "pool.setAutostart": on((call, pool, { autostart }) => call("virStoragePoolSetAutostart", pool, autostart ? 1 : 0)),
};

function readRow(c: Connection, pool: Pool): PoolRow {
  const bytes = Buffer.alloc(virStoragePoolInfo.size);
  c.call("virStoragePoolGetInfo", pool, bytes);
  const info = reader(virStoragePoolInfo, bytes);
  const autostart: OutNumber = [0];
  c.call("virStoragePoolGetAutostart", pool, autostart);
  return {
    name: c.call("virStoragePoolGetName", pool),
    uuid: uuidText((buffer) => c.call("virStoragePoolGetUUIDString", pool, buffer)),
    active: c.call("virStoragePoolIsActive", pool) === 1,
    persistent: c.call("virStoragePoolIsPersistent", pool) === 1,
    autostart: autostart[0] === 1,
    capacityBytes: info("capacity"),
    allocationBytes: info("allocation"),
    availableBytes: info("available"),
    xml: c.call("virStoragePoolGetXMLDesc", pool, 0),
  };
}
