/**
 * What may cross a thread: plain data only, one message a libvirt transaction.
 *
 * Everything here speaks libvirt's own terms (XML documents, flags, states); what a machine *means* to hutch is decided
 * in `src/`. Sizes are bytes unless the name says otherwise; 64-bit counters are numbers (exact to 2^53) or, where
 * libvirt reports nanoseconds, numbers rounded to that precision.
 */

import type {
  DhcpLease,
  DomainDetail,
  DomainRef,
  DomainRow,
  HostFacts,
  InterfaceAddress,
  NetworkRow,
  PoolRow,
  SnapshotRow,
  StatsSample,
  VolumeRow,
} from "./rows.ts";

export type * from "./rows.ts";

/** The only shapes a message may have: a handle (`bigint`) does not type-check. */
export type Plain =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly Plain[]
  | { readonly [key: string]: Plain | undefined };

type NoResult = null;
type VolumeRef = { readonly pool: string; readonly name: string };

/** Each method is one transaction on one connection. Which lane it runs in is the client's business. */
export type Methods = {
  "host.facts": { in: Record<never, never>; out: HostFacts };
  /** Cheap liveness question: virConnectIsAlive. */
  "host.alive": { in: Record<never, never>; out: { readonly alive: boolean } };
  "host.domainCapabilities": {
    in: { readonly emulator?: string; readonly arch?: string; readonly machine?: string; readonly virtType?: string };
    out: { readonly xml: string };
  };

  /** All domains; `namespace` asks for the metadata element of that URI. Two bulk calls, then one a domain for metadata. */
  "domain.list": { in: { readonly namespace?: string }; out: readonly DomainRow[] };
  "domain.lookup": { in: { readonly ref: DomainRef; readonly namespace?: string }; out: DomainRow | null };
  "domain.detail": { in: { readonly ref: DomainRef; readonly namespace?: string }; out: DomainDetail };
  "domain.define": {
    in: { readonly xml: string; readonly validate: boolean };
    out: { readonly uuid: string; readonly name: string };
  };
  "domain.undefine": { in: { readonly uuid: string; readonly flags: number }; out: NoResult };
  "domain.start": { in: { readonly uuid: string; readonly flags: number }; out: NoResult };
  "domain.shutdown": { in: { readonly uuid: string; readonly flags: number }; out: NoResult };
  "domain.reboot": { in: { readonly uuid: string; readonly flags: number }; out: NoResult };
  "domain.reset": { in: { readonly uuid: string }; out: NoResult };
  "domain.destroy": { in: { readonly uuid: string; readonly flags: number }; out: NoResult };
  "domain.suspend": { in: { readonly uuid: string }; out: NoResult };
  "domain.resume": { in: { readonly uuid: string }; out: NoResult };
  "domain.managedSave": { in: { readonly uuid: string; readonly flags: number }; out: NoResult };
  "domain.managedSaveRemove": { in: { readonly uuid: string }; out: NoResult };
  "domain.rename": { in: { readonly uuid: string; readonly name: string }; out: NoResult };
  "domain.setAutostart": { in: { readonly uuid: string; readonly autostart: boolean }; out: NoResult };
  "domain.getMetadata": {
    in: { readonly uuid: string; readonly namespace: string; readonly flags: number };
    out: { readonly xml: string | null };
  };
  /** `xml: null` removes the element. `flags` is virDomainModificationImpact. */
  "domain.setMetadata": {
    in: {
      readonly uuid: string;
      readonly namespace: string;
      readonly prefix: string;
      readonly xml: string | null;
      readonly flags: number;
    };
    out: NoResult;
  };
  /** virDomainMetadataType TITLE (1) or DESCRIPTION (0). */
  "domain.setText": {
    in: { readonly uuid: string; readonly type: 0 | 1; readonly text: string | null; readonly flags: number };
    out: NoResult;
  };
  /** virDomainInterfaceAddressesSource: 0 lease, 1 agent, 2 arp. */
  "domain.addresses": { in: { readonly uuid: string; readonly source: 0 | 1 | 2 }; out: readonly InterfaceAddress[] };
  "domain.attachDevice": { in: { readonly uuid: string; readonly xml: string; readonly flags: number }; out: NoResult };
  "domain.detachDevice": { in: { readonly uuid: string; readonly xml: string; readonly flags: number }; out: NoResult };
  "domain.updateDevice": { in: { readonly uuid: string; readonly xml: string; readonly flags: number }; out: NoResult };
  "domain.setVcpus": { in: { readonly uuid: string; readonly vcpus: number; readonly flags: number }; out: NoResult };
  "domain.setMemory": {
    in: { readonly uuid: string; readonly memoryKiB: number; readonly flags: number };
    out: NoResult;
  };
  "domain.blockResize": { in: { readonly uuid: string; readonly disk: string; readonly bytes: number }; out: NoResult };
  "domain.messages": { in: { readonly uuid: string }; out: readonly string[] };
  /** The guest agent, one JSON command, answered within `timeoutSeconds`. */
  "domain.agent": {
    in: { readonly uuid: string; readonly command: string; readonly timeoutSeconds: number };
    out: { readonly result: string };
  };
  /** QEMU's monitor; `hmp` is the human form. */
  "domain.monitor": {
    in: { readonly uuid: string; readonly command: string; readonly hmp: boolean };
    out: { readonly result: string };
  };

  /** `groups` is a mask of virDomainStatsTypes (0: all). Running domains only when `active`. */
  "stats.sample": { in: { readonly groups: number; readonly active: boolean }; out: StatsSample };

  "network.list": { in: Record<never, never>; out: readonly NetworkRow[] };
  "network.lookup": { in: { readonly name: string }; out: NetworkRow | null };
  "network.define": { in: { readonly xml: string }; out: { readonly name: string } };
  "network.undefine": { in: { readonly name: string }; out: NoResult };
  "network.start": { in: { readonly name: string }; out: NoResult };
  "network.destroy": { in: { readonly name: string }; out: NoResult };
  "network.setAutostart": { in: { readonly name: string; readonly autostart: boolean }; out: NoResult };
  "network.update": {
    in: {
      readonly name: string;
      readonly command: number;
      readonly section: number;
      readonly parentIndex: number;
      readonly xml: string;
      readonly flags: number;
    };
    out: NoResult;
  };
  "network.leases": { in: { readonly name: string; readonly mac?: string }; out: readonly DhcpLease[] };

  "pool.list": { in: Record<never, never>; out: readonly PoolRow[] };
  "pool.lookup": { in: { readonly name: string }; out: PoolRow | null };
  "pool.define": { in: { readonly xml: string }; out: { readonly name: string } };
  "pool.undefine": { in: { readonly name: string }; out: NoResult };
  "pool.build": { in: { readonly name: string; readonly flags: number }; out: NoResult };
  "pool.start": { in: { readonly name: string }; out: NoResult };
  "pool.destroy": { in: { readonly name: string }; out: NoResult };
  "pool.delete": { in: { readonly name: string }; out: NoResult };
  "pool.refresh": { in: { readonly name: string }; out: NoResult };
  "pool.setAutostart": { in: { readonly name: string; readonly autostart: boolean }; out: NoResult };

  "volume.list": { in: { readonly pool: string }; out: readonly VolumeRow[] };
  "volume.lookup": { in: VolumeRef; out: VolumeRow | null };
  "volume.xml": { in: VolumeRef; out: { readonly xml: string } };
  "volume.create": { in: { readonly pool: string; readonly xml: string; readonly flags: number }; out: VolumeRow };
  "volume.clone": {
    in: { readonly pool: string; readonly xml: string; readonly from: string; readonly flags: number };
    out: VolumeRow;
  };
  "volume.resize": { in: VolumeRef & { readonly bytes: number; readonly flags: number }; out: NoResult };
  "volume.delete": { in: VolumeRef; out: NoResult };
  /** Write these bytes at `offset` (seeds, small rewrites). Large files go through `upload`. */
  "volume.write": { in: VolumeRef & { readonly offset: number; readonly data: Uint8Array }; out: NoResult };
  /** Read up to `length` bytes at `offset`. */
  "volume.read": {
    in: VolumeRef & { readonly offset: number; readonly length: number };
    out: { readonly data: Uint8Array };
  };
  /** Stream a local file into a volume; reports `progress` events. */
  "volume.upload": { in: VolumeRef & { readonly file: string }; out: { readonly bytes: number } };
  /** Stream a volume to a new local file; reports `progress` events. */
  "volume.download": { in: VolumeRef & { readonly file: string }; out: { readonly bytes: number } };

  "snapshot.list": { in: { readonly uuid: string }; out: readonly SnapshotRow[] };
  "snapshot.create": {
    in: { readonly uuid: string; readonly xml: string; readonly flags: number };
    out: { readonly name: string };
  };
  "snapshot.revert": { in: { readonly uuid: string; readonly name: string; readonly flags: number }; out: NoResult };
  "snapshot.delete": { in: { readonly uuid: string; readonly name: string; readonly flags: number }; out: NoResult };
};

export type MethodName = keyof Methods;
export type Input<M extends MethodName> = Methods[M]["in"];
export type Output<M extends MethodName> = Methods[M]["out"];

/** What the observer tells of its own accord. */
export type WireEvent =
  | {
      readonly kind: "domain";
      readonly uuid: string;
      readonly name: string;
      readonly event: number;
      readonly detail: number;
    }
  | {
      readonly kind: "domain-metadata";
      readonly uuid: string;
      readonly name: string;
      readonly namespace: string | null;
    }
  | {
      readonly kind: "domain-agent";
      readonly uuid: string;
      readonly name: string;
      readonly state: number;
      readonly reason: number;
    }
  | { readonly kind: "network"; readonly name: string; readonly event: number; readonly detail: number }
  | { readonly kind: "pool"; readonly name: string; readonly event: number; readonly detail: number }
  /** More happened than was kept: read everything again. */
  | { readonly kind: "resync" }
  | { readonly kind: "lost"; readonly reason: number };
