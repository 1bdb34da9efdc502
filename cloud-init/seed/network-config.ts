import { guestYaml } from "./guest-yaml.ts";

export type SeedInterface =
  | { readonly mac: string; readonly dhcp: true }
  | {
      readonly mac: string;
      /** With the prefix length: `10.0.0.5/24`, `fd00::5/64`. */
      readonly address: string;
      readonly gateway?: string;
      readonly nameservers: readonly string[];
    };

/**
 * cloud-init's network configuration, version 2. An interface is found by its MAC and called `eth0`, `eth1`, … in the order
 * given: older renderers take the name that is written here, whatever the kernel called it.
 */
export function networkConfig(interfaces: readonly SeedInterface[]): string {
  const ethernets = interfaces.map((nic, index) => {
    const name = `eth${index}`;
    return [name, { match: { macaddress: nic.mac.toLowerCase() }, "set-name": name, ...addressing(nic) }];
  });
  return guestYaml({ version: 2, ethernets: Object.fromEntries(ethernets) });
}

function addressing(nic: SeedInterface): Record<string, unknown> {
  if ("dhcp" in nic) return { dhcp4: true };
  const { address, gateway, nameservers } = nic;
  return {
    dhcp4: false,
    addresses: [address],
    // `gateway4` is deprecated, and the word "default" is not known to every renderer.
    ...(gateway === undefined ? {} : { routes: [{ to: gateway.includes(":") ? "::/0" : "0.0.0.0/0", via: gateway }] }),
    ...(nameservers.length === 0 ? {} : { nameservers: { addresses: [...nameservers] } }),
  };
}
