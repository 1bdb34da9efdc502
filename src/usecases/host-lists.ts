/** What a face that stays open lists beside VMs: networks, pools and snapshots, whoever made them. */
import { isHutchError } from "../core/errors.ts";
import type { HostNetwork, HostPool, HostSnapshot } from "../core/watching.ts";
import { listMachines } from "../host/machines.ts";
import { attribute, childAt, childrenOf, parseXml, textAt } from "../host/xml.ts";
import type { Context } from "./context.ts";

/** Those that are listed but cannot be read whole have the rest empty. */
export async function hostNetworks({ client }: Context): Promise<readonly HostNetwork[]> {
  const rows = await client.call("network.list", {});
  return Promise.all(
    rows.map(async ({ name, active, autostart, xml }): Promise<HostNetwork> => {
      const network = parseXml(xml, `the network ${name}`);
      const leases = active ? await client.call("network.leases", { name }).catch(nothing) : [];
      return {
        name,
        active,
        autostart,
        mode:
          attribute(childAt(network, "forward"), "mode") ?? (childAt(network, "forward") === null ? "isolated" : "nat"),
        bridge: attribute(childAt(network, "bridge"), "name") ?? "",
        addresses: childrenOf(network, "ip").flatMap((ip) => subnetOf(ip) ?? []),
        leases: leases.map(({ address, mac, hostname }) => ({ address, mac: mac ?? "", name: hostname ?? "" })),
      };
    }),
  );
}

function subnetOf(ip: ReturnType<typeof parseXml>): string | null {
  const address = attribute(ip, "address");
  const prefix = attribute(ip, "prefix") ?? prefixOf(attribute(ip, "netmask"));
  return address === null ? null : prefix === null ? address : `${address}/${prefix}`;
}

function prefixOf(netmask: string | null): string | null {
  if (netmask === null) return null;
  const bits = netmask.split(".").map((byte) => Number(byte).toString(2));
  return `${bits.join("").replaceAll("0", "").length}`;
}

export async function hostPools({ client }: Context): Promise<readonly HostPool[]> {
  const rows = await client.call("pool.list", {});
  return Promise.all(
    rows.map(async ({ name, active, autostart, capacityBytes, availableBytes, xml }): Promise<HostPool> => {
      const pool = parseXml(xml, `the pool ${name}`);
      const volumes = active ? await client.call("volume.list", { pool: name }).catch(nothing) : [];
      return {
        name,
        active,
        autostart,
        type: attribute(pool, "type") ?? "",
        path: textAt(pool, "target", "path") ?? "",
        capacityBytes,
        availableBytes,
        volumes: volumes.map((volume) => ({
          name: volume.name,
          bytes: volume.capacityBytes,
          usedBytes: volume.allocationBytes,
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
      const rows = await client.call("snapshot.list", { uuid }).catch(nothing);
      return rows.map(({ name, parent, current, xml }): HostSnapshot => {
        const snapshot = parseXml(xml, `the snapshot ${name}`);
        const made = textAt(snapshot, "creationTime");
        const memory = attribute(childAt(snapshot, "memory"), "snapshot");
        return {
          machine,
          uuid,
          name,
          parent,
          current,
          createdAt: made === null ? null : Number(made) * 1000,
          withMemory: memory !== null && memory !== "no",
        };
      });
    }),
  );
  return found.flat();
}

/** What this driver has not, or what went meanwhile, is an empty list. */
function nothing(error: unknown): readonly never[] {
  if (isHutchError(error)) return [];
  throw error;
}
