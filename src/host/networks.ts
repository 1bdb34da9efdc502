/** The network a VM is on: there, started, and with an address kept for it. */
import { existsSync } from "node:fs";
import { type LibvirtClient, type NetworkRow, VirErrorNumber } from "#ffi";
import { HutchError } from "../core/errors.ts";
import type { MachineSpec, NetworkSpec } from "../core/machine/spec.ts";
import { nearNames } from "../core/near.ts";
import { libvirtCode } from "./faults.ts";
import type { Home } from "./home.ts";
import { el, render } from "./xml-emit.ts";

const DEFAULT = "default";
/** Where distributions put the definition of the NAT network. */
export const SHIPPED_NETWORK = "/usr/share/libvirt/networks/default.xml";

/** The libvirt network that this VM uses; null when it uses none (user-mode networking, a bridge). */
export function networkOf(spec: NetworkSpec, home: Home): string | null {
  if (spec.kind === "network") return spec.network;
  return spec.kind === "default" && (home.mode === "system" || home.driver === "test") ? DEFAULT : null;
}

/** Looks and changes nothing: E_NOT_FOUND for a network or bridge that is not there, E_HOST where this home has none. */
export async function assertNetwork(client: LibvirtClient, spec: NetworkSpec, home: Home): Promise<void> {
  if (spec.kind === "bridge" && !home.remote && !existsSync(`/sys/class/net/${spec.bridge}/bridge`)) {
    throw new HutchError({
      code: "E_NOT_FOUND",
      message: `There is no bridge "${spec.bridge}" on this host.`,
      next: ["ip link show type bridge", "hutch network ls: networks that need no bridge of yours"],
    });
  }
  const network = networkOf(spec, home);
  if (network === null) return;
  assertNetworksHere(home, ["Leave --network out: the VM is reached through ports of this host."]);
  if (network !== DEFAULT) await find(client, network);
  else if (await isRemoved(client, home)) throw removedByOthers();
}

/** E_HOST in a session, which has no networks; `next` is what helps besides. */
export function assertNetworksHere(home: Home, next: readonly string[] = []): void {
  if (home.mode !== "session") return;
  throw new HutchError({
    code: "E_HOST",
    message: "libvirt's networks belong to the system's daemon; a session has none.",
    next: [...next, "hutch --connect qemu:///system network ls"],
  });
}

/**
 * Starts the network if it is not running. `default` is defined where the distribution ships none; where it does and
 * somebody removed it, that is respected: E_HOST with the way back. E_HOST too when its addresses or dnsmasq are missing.
 */
export async function ensureNetwork(client: LibvirtClient, spec: NetworkSpec, home: Home): Promise<void> {
  const name = networkOf(spec, home);
  if (name === null) return;
  if (name === DEFAULT && (await client.call("network.lookup", { name })) === null) {
    if (await isRemoved(client, home)) throw removedByOthers();
    await defineDefaultNetwork(client);
  }
  if (!(await find(client, name)).active) await startNetwork(client, name);
}

/** The same for every card of a VM. */
export async function ensureNetworks(
  client: LibvirtClient,
  { network, networks = [] }: Pick<MachineSpec, "network" | "networks">,
  home: Home,
): Promise<void> {
  for (const spec of [network, ...networks.map((card) => card.network)]) await ensureNetwork(client, spec, home);
}

/** Running already, by another process in the same moment, is no failure. */
export async function startNetwork(client: LibvirtClient, name: string): Promise<void> {
  try {
    await client.call("network.start", { name });
  } catch (error) {
    if ((await client.call("network.lookup", { name }))?.active !== true) throw error;
  }
}

/** The NAT network as libvirt ships it. */
export async function defineDefaultNetwork(client: LibvirtClient): Promise<void> {
  const xml = render(
    el(
      "network",
      {},
      el("name", {}, DEFAULT),
      el("forward", { mode: "nat" }),
      el("bridge", { name: "virbr0", stp: "on", delay: 0 }),
      el(
        "ip",
        { address: "192.168.122.1", netmask: "255.255.255.0" },
        el("dhcp", {}, el("range", { start: "192.168.122.2", end: "192.168.122.254" })),
      ),
    ),
  );
  try {
    await client.call("network.define", { xml });
  } catch (error) {
    if ((await client.call("network.lookup", { name: DEFAULT })) === null) throw error;
  }
}

export async function find(client: LibvirtClient, name: string): Promise<NetworkRow> {
  const row = await client.call("network.lookup", { name });
  if (row !== null) return row;
  const names = (await client.call("network.list", {})).map((network) => network.name);
  throw new HutchError({
    code: "E_NOT_FOUND",
    message: `There is no network "${name}".`,
    next: [
      ...nearNames(name, names).map((near) => `Did you mean "${near}"?`),
      names.length === 0 ? "hutch network create NAME" : `There are: ${names.join(", ")}`,
    ],
  });
}

/** Where the distribution ships it, somebody took it away. */
async function isRemoved(client: LibvirtClient, home: Home): Promise<boolean> {
  if (home.remote || !existsSync(SHIPPED_NETWORK)) return false;
  return (await client.call("network.lookup", { name: DEFAULT })) === null;
}

function removedByOthers(): HutchError {
  return new HutchError({
    code: "E_HOST",
    message: "The network default is not defined.",
    why: "Your distribution ships it, and somebody removed it; hutch does not put it back unasked.",
    next: [
      "hutch doctor --fix",
      `virsh net-define ${SHIPPED_NETWORK}`,
      "hutch network ls: those that a VM can have in its place",
    ],
  });
}

/** Whether libvirt refused something because the driver has no such thing (its test driver has no reservations). */
export function isUnsupported(error: unknown): boolean {
  const code = libvirtCode(error);
  return code === VirErrorNumber.NO_SUPPORT || code === VirErrorNumber.OPERATION_UNSUPPORTED;
}
