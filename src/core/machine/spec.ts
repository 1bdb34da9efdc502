/** What the user wrote, with every default filled in: the complete order for one VM. Plain data, stored in the domain's metadata. */

export type Accel = "auto" | "kvm" | "tcg";
export type Firmware = "auto" | "bios" | "uefi";
export type Arch = "x86_64" | "aarch64";

/** How the VM meets the world. */
export type NetworkSpec =
  /** The home's own: user-mode networking in session mode, the NAT network `default` in system mode. */
  | { readonly kind: "default" }
  /** User-mode networking, reached through forwards on 127.0.0.1. */
  | { readonly kind: "user" }
  /** A libvirt network; `address` asks for one address of it. */
  | { readonly kind: "network"; readonly network: string; readonly address?: string }
  /** A bridge of the host; `address` (with prefix, `192.168.1.20/24`) is static, else the LAN's DHCP gives one. */
  | {
      readonly kind: "bridge";
      readonly bridge: string;
      readonly address?: string;
      readonly gateway?: string;
      readonly nameservers?: readonly string[];
    };

/** `hostAddress:hostPort` on the host leads to `guestPort` in the VM. */
export type PortForward = {
  readonly protocol: "tcp" | "udp";
  readonly hostAddress: string;
  readonly hostPort: number;
  readonly guestPort: number;
};

/** A network card beside the first. */
export type CardSpec = { readonly mac: string; readonly network: NetworkSpec };

export type MachineSpec = {
  readonly name: string;
  /** A catalogue name (`debian-13`), a file's path or an image of the store: as the user said it. */
  readonly image: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly diskBytes: number;
  /** Empty disks beside the root disk, in bytes. */
  readonly dataDiskBytes: readonly number[];
  /** The container engine to install, `docker`, or null. */
  readonly engine: string | null;
  /** The login user made in the guest. */
  readonly user: string;
  /** Public keys that may log in, as lines of authorized_keys. */
  readonly sshKeys: readonly string[];
  readonly network: NetworkSpec;
  /** Cards beside the first; left out when there are none. */
  readonly networks?: readonly CardSpec[];
  readonly publish: readonly PortForward[];
  readonly arch: Arch;
  readonly accel: Accel;
  readonly firmware: Firmware;
  readonly tpm: boolean;
  readonly autostart: boolean;
  /** Thrown away when it stops. */
  readonly ephemeral: boolean;
  /** A screen to look at over VNC; left out: none. */
  readonly display?: boolean;
};

/** Defaults of DESIGN's table: enough for an engine, thin on disk. */
export const DEFAULTS = {
  image: "debian-13",
  /** The login user of a caller whose own name cannot be one. */
  user: "hutch",
  cpus: 2,
  memoryMiB: 2048,
  diskBytes: 20 * 1024 ** 3,
  /** Milliseconds to ready, under hardware acceleration. */
  readyTimeoutMs: 10 * 60_000,
} as const;
