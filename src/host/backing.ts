/** Which volumes of the pool stand on which others: what no record tells, as a clone that somebody made with other tools. */
import type { LibvirtClient } from "#ffi";
import type { Pool } from "./pool.ts";
import { parseXml, textAt } from "./xml.ts";

/** Names of the volumes that stand directly on each path. A volume that vanishes meanwhile is left out. */
export async function volumesByBacking(
  client: LibvirtClient,
  pool: Pool,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const { name } of await client.call("volume.list", { pool: pool.name })) {
    const { xml } = await client.call("volume.xml", { pool: pool.name, name }).catch(() => ({ xml: "" }));
    const path = xml === "" ? null : textAt(parseXml(xml, `the volume ${name}`), "backingStore", "path");
    if (path !== null) found.set(path, [...(found.get(path) ?? []), name]);
  }
  return found;
}
