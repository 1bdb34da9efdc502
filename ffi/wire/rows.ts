/** The rows that libvirt answers with: plain data in libvirt's own terms. Sizes are bytes unless the name says otherwise. */

/** virError as data. `code` 0 is ours: the library or a symbol is missing, the thread died, the call was dropped. */
export type WireFault = {
  readonly code: number;
  readonly domain: number;
  readonly level: number;
  /** The C function that failed. */
  readonly fn: string;
  readonly message: string;
  /** errno for VIR_ERR_SYSTEM_ERROR and for kind `file`, else 0. */
  readonly errno: number;
  /** `file`: a local file that was to be sent or received; the others as LibvirtFault tells. */
  readonly kind: "libvirt" | "no-library" | "no-symbol" | "lost" | "aborted" | "file" | "bug";
};

/** A domain is addressed by UUID (unambiguous) or by name. */
export type DomainRef = { readonly uuid: string } | { readonly name: string };

export type HostFacts = {
  readonly uri: string;
  /** `QEMU`, `TEST`, `Xen`, … as virConnectGetType says it. */
  readonly driver: string;
  readonly hostname: string;
  /** major * 1,000,000 + minor * 1,000 + release. */
  readonly libVersion: number;
  /** Same encoding; null where the driver does not tell. */
  readonly hypervisorVersion: number | null;
  readonly cpus: number;
  readonly memoryBytes: number;
  /** null where the driver does not tell. */
  readonly freeMemoryBytes: number | null;
  readonly capabilitiesXml: string;
};

export type DomainRow = {
  readonly uuid: string;
  readonly name: string;
  /** -1 while not running. */
  readonly id: number;
  /** virDomainState and its reason. */
  readonly state: number;
  readonly reason: number;
  readonly persistent: boolean;
  /** The metadata element of the asked-for namespace, as XML; null where there is none or the driver has no metadata. */
  readonly metadata: string | null;
  /** Why this row is incomplete, if it is: a broken domain never breaks the list. */
  readonly fault: WireFault | null;
};

export type DomainDetail = DomainRow & {
  readonly xml: string;
  /** The definition at next start; equal to `xml` while stopped. */
  readonly inactiveXml: string;
  readonly autostart: boolean;
  readonly hasManagedSave: boolean;
  readonly maxMemoryKiB: number;
  readonly memoryKiB: number;
  readonly vcpus: number;
  readonly cpuTimeNs: number;
};

export type InterfaceAddress = {
  readonly name: string;
  readonly mac: string | null;
  readonly addresses: readonly {
    readonly family: "ipv4" | "ipv6";
    readonly address: string;
    readonly prefix: number;
  }[];
};

export type DhcpLease = {
  readonly interface: string;
  /** Epoch seconds; 0 is "never". */
  readonly expiry: number;
  readonly family: "ipv4" | "ipv6";
  readonly mac: string | null;
  readonly address: string;
  readonly prefix: number;
  readonly hostname: string | null;
  readonly clientId: string | null;
};

export type NetworkRow = {
  readonly name: string;
  readonly uuid: string;
  readonly active: boolean;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly xml: string;
};

export type PoolRow = {
  readonly name: string;
  readonly uuid: string;
  readonly active: boolean;
  readonly persistent: boolean;
  readonly autostart: boolean;
  readonly capacityBytes: number;
  readonly allocationBytes: number;
  readonly availableBytes: number;
  readonly xml: string;
};

export type VolumeRow = {
  readonly name: string;
  readonly path: string;
  readonly type: number;
  readonly capacityBytes: number;
  readonly allocationBytes: number;
};

export type SnapshotRow = {
  readonly name: string;
  readonly parent: string | null;
  readonly current: boolean;
  readonly xml: string;
};

/** One domain's typed parameters as libvirt names them (`cpu.time`, `balloon.current`, `block.0.rd.bytes`, …). */
export type StatsRecord = {
  readonly uuid: string;
  readonly name: string;
  readonly values: { readonly [key: string]: number | string | boolean };
};
export type StatsSample = {
  /** Monotonic milliseconds, taken in the thread right after the call. */ readonly at: number;
  readonly domains: readonly StatsRecord[];
};
