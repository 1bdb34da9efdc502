/** The disks of a VM that can be copied. */
import { HutchError } from "../core/errors.ts";
import { readDomain } from "../host/domain-read.ts";
import type { Context } from "./context.ts";
import type { OwnedMachine } from "./guest.ts";
import { isWritable } from "./snapshots.ts";

export type SourceDisk = { readonly volume: string; readonly bytes: number };

/** Root first. E_CONFLICT for disks outside the pool. */
export async function disksOf(
  ctx: Context,
  { name, record }: OwnedMachine,
  xml: string,
): Promise<readonly SourceDisk[]> {
  const rows = await ctx.client.call("volume.list", { pool: record.pool });
  return readDomain(xml)
    .disks.filter(isWritable)
    .map(({ source, target }) => {
      const row = rows.find(({ path }) => path === source);
      if (row !== undefined) return { volume: row.name, bytes: row.capacityBytes };
      throw new HutchError({
        code: "E_CONFLICT",
        message: `The disk ${target} of ${name} lies outside the pool ${record.pool}, and cannot be copied.`,
        next: [`hutch disk detach ${name} ${target}`],
      });
    });
}
