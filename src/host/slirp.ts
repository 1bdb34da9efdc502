/** QEMU's arguments for a card in user-mode networking with forwards, written and read back: they are the only place that knows them. */
import type { PortForward } from "../core/machine/spec.ts";

/** A slot high enough that libvirt's own numbering never reaches it; left to QEMU, the card takes the first and the start fails. */
const SLOT = "bus=pcie.0,addr=0x1e";
export const NETDEV = "hutchnet0";

/** Argv items for QEMU, in order. */
export function slirpArguments(mac: string, forwards: readonly PortForward[]): readonly string[] {
  return ["-netdev", netdevOf(forwards), "-device", `virtio-net-pci,netdev=${NETDEV},id=hutchnic0,mac=${mac},${SLOT}`];
}

export function netdevOf(forwards: readonly PortForward[]): string {
  const rules = forwards.map(
    ({ protocol, hostAddress, hostPort, guestPort }) =>
      `hostfwd=${protocol}:${quoteComma(hostAddress)}:${hostPort}-:${guestPort}`,
  );
  return ["user", `id=${NETDEV}`, ...rules].join(",");
}

/** The forwards in a `-netdev` value; none for other kinds. */
export function forwardsOf(netdev: string): readonly PortForward[] {
  if (!isUserNetdev(netdev)) return [];
  return [...netdev.matchAll(/(?:^|,)hostfwd=(tcp|udp):([^:,]*):(\d+)-[^:,]*:(\d+)/g)].map(
    ([, protocol, address, hostPort, guestPort]) => ({
      protocol: protocol === "udp" ? "udp" : "tcp",
      hostAddress: address || "0.0.0.0",
      hostPort: Number(hostPort),
      guestPort: Number(guestPort),
    }),
  );
}

export function isUserNetdev(value: string): boolean {
  return /^user(,|$)/.test(value);
}

/** QEMU ends a value at a comma, unless it is doubled. */
function quoteComma(value: string): string {
  return value.replaceAll(",", ",,");
}
