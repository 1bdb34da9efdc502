/** What a face that stays open lists beside VMs: networks, pools and snapshots, whoever made them. */
import { isHutchError } from "../core/errors.ts";
import type { HostNetwork, HostPool, HostSnapshot } from "../core/watching.ts";
import { listMachines } from "../host/machines.ts";
import { readNetwork } from "../host/network-read.ts";
import { listSnapshots } from "../host/snapshots.ts";
import type { Context } from "./context.ts";
import { summaryOf } from "./pools.ts";

/** Those that are listed but cannot be read whole have the rest empty. */
export async function hostNetworks({ client }: Context): Promise<readonly HostNetwork[]> {
  const rows = await client.call("network.list", {});
  return Promise.all(
    inOrder(rows)
      .map(readNetwork)
      .map(async ({ name, active, autostart, mode, bridge, subnets }): Promise<HostNetwork> => {
        const leases = active ? await client.call("network.leases", { name }).catch(nothing) : [];
        return {
          name,
          active,
          autostart,
          mode,
          bridge: bridge ?? "",
          addresses: subnets,
          leases: leases.map(({ address, mac, hostname }) => ({ address, mac: mac ?? "", name: hostname ?? "" })),
        };
      }),
  );
}

export async function hostPools({ client }: Context): Promise<readonly HostPool[]> {
  const rows = await client.call("pool.list", {});
  return Promise.all(
    inOrder(rows)
      .map(summaryOf)
      .map(async ({ path, usedBytes: _, ...pool }): Promise<HostPool> => {
        const volumes = pool.active ? await client.call("volume.list", { pool: pool.name }).catch(nothing) : [];
        return {
          ...pool,
          path: path ?? "",
          volumes: volumes.map(({ name, capacityBytes, allocationBytes }) => ({
            name,
            bytes: capacityBytes,
            usedBytes: allocationBytes,
          })),
        };
      }),
  );
}

/** One call a VM: asked for when it is looked at, not every second. */
export async function hostSnapshots({ client }: Context): Promise<readonly HostSnapshot[]> {
  const machines = await listMachines(client);
  const found = await Promise.all(
    machines.map(async ({ uuid, name: machine }) => {
      const snapshots = await listSnapshots(client, uuid).catch(nothing);
      return snapshots.map(
        ({ name, parent, current, createdAt, kind }): HostSnapshot => ({
          machine,
          uuid,
          name,
          parent,
          current,
          createdAt: Date.parse(createdAt),
          withMemory: kind === "memory",
        }),
      );
    }),
  );
  return found.flat();
}

/** libvirt tells them in no order that stays. */
function inOrder<T extends { readonly name: string }>(rows: readonly T[]): readonly T[] {
  return rows.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What this driver has not, or what went meanwhile, is an empty list. */
function nothing(error: unknown): readonly never[] {
  if (isHutchError(error)) return [];
  throw error;
}
