/** Forwards of a user-mode network, made so in the definition and, where QEMU itself forwards, in the running VM. */
import type { LibvirtClient } from "#ffi";
import { HutchError } from "../core/errors.ts";
import type { PortForward } from "../core/machine/spec.ts";
import { isActive } from "../core/machine/status.ts";
import type { MachineView } from "../core/machine/view.ts";
import { defineDomain } from "./domains.ts";
import { replaceForwards } from "./forwards.ts";
import { NETDEV } from "./slirp.ts";

/** `later`: passt takes its ports when it starts, and so at the VM's next start. */
export type Settled = "now" | "later";

/** Whether forwards of a running VM are changed at once, as its definition says. */
export function changesLive(inactiveXml: string): boolean {
  return inactiveXml.includes(`id=${NETDEV}`);
}

/**
 * The VM has exactly these forwards afterwards. E_CONFLICT when its network is no user-mode one, or a port is taken; what
 * was changed until then stays changed.
 */
export async function settleForwards(
  client: LibvirtClient,
  machine: Pick<MachineView, "uuid" | "status">,
  wanted: readonly PortForward[],
): Promise<Settled> {
  const { inactiveXml } = await client.call("domain.detail", { ref: { uuid: machine.uuid } });
  const xml = replaceForwards(inactiveXml, wanted);
  if (!isActive(machine.status)) {
    await defineDomain(client, xml);
    return "now";
  }
  const settled = changesLive(inactiveXml) ? await settleLive(client, machine.uuid, wanted) : "later";
  await defineDomain(client, xml);
  return settled;
}

async function settleLive(client: LibvirtClient, uuid: string, wanted: readonly PortForward[]): Promise<Settled> {
  const monitor = async (command: string) =>
    (await client.call("domain.monitor", { uuid, command, hmp: true })).result.trim();
  const there = liveForwards(await monitor("info usernet"));
  for (const gone of there.filter((each) => !wanted.some((forward) => same(forward, each))))
    await monitor(`hostfwd_remove ${NETDEV} ${gone.protocol}:${gone.hostAddress}:${gone.hostPort}`);
  for (const fresh of wanted.filter((each) => !there.some((forward) => same(forward, each)))) {
    const { protocol, hostAddress, hostPort, guestPort } = fresh;
    const said = await monitor(`hostfwd_add ${NETDEV} ${protocol}:${hostAddress}:${hostPort}-:${guestPort}`);
    if (said === "") continue;
    throw new HutchError({
      code: "E_CONFLICT",
      message: `${hostAddress}:${hostPort}/${protocol} cannot be led into the VM.`,
      why: said,
      next: [`See who has it: ss -lnp 'sport = :${hostPort}'`],
    });
  }
  return "now";
}

/** From QEMU's own table of its user-mode network. */
export function liveForwards(usernet: string): readonly PortForward[] {
  const rows = usernet.matchAll(/^\s*(TCP|UDP)\[HOST_FORWARD\]\s+\S+\s+(\S+)\s+(\d+)\s+\S+\s+(\d+)/gm);
  return [...rows].map(([, protocol, address, hostPort, guestPort]) => ({
    protocol: protocol === "UDP" ? "udp" : "tcp",
    hostAddress: address === "*" || address === undefined ? "0.0.0.0" : address,
    hostPort: Number(hostPort),
    guestPort: Number(guestPort),
  }));
}

function same(a: PortForward, b: PortForward): boolean {
  return (
    a.protocol === b.protocol &&
    a.hostAddress === b.hostAddress &&
    a.hostPort === b.hostPort &&
    a.guestPort === b.guestPort
  );
}
