/**
 * Snapshots inside a VM's own qcow2 disks, listed by libvirt. libvirt before 9.9 cannot go back to snapshots outside the
 * disk, and takes none of a running VM's disks alone inside it: that is done here by QEMU's own command, and told to
 * libvirt as one of a stopped VM, which it can go back to.
 */
import {
  VirDomainSnapshotCreateFlags as Create,
  VirDomainSnapshotDeleteFlags as Delete,
  type LibvirtClient,
  VirDomainSnapshotRevertFlags as Revert,
  type SnapshotRow,
  VirErrorNumber,
} from "#ffi";
import { type MachineRecord, RECORD_NAMESPACE } from "../core/machine/record.ts";
import { isSafetyName, type SnapshotInfo, type SnapshotKind } from "../core/snapshots.ts";
import { type DiskFacts, readDomain } from "./domain-read.ts";
import { libvirtCode } from "./faults.ts";
import { decodeRecord, isUnreadable } from "./records.ts";
import {
  attribute,
  childAt,
  childrenOf,
  parseDocument,
  parseXml,
  serializeElement,
  serializeXml,
  textAt,
} from "./xml.ts";
import { el, render, type XmlElement } from "./xml-emit.ts";

export type SnapshotFacts = SnapshotInfo & {
  /** Its disks lie outside the VM's own, and libvirt before 9.9 cannot go back to it. */
  readonly external: boolean;
  /** The disks that the VM had then; null where the driver does not tell. */
  readonly disks: readonly DiskFacts[] | null;
  /** hutch's record of then. */
  readonly record: MachineRecord | null;
  readonly xml: string;
};

export type SnapshotOrder = {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  /** As the domain has them now. */
  readonly disks: readonly DiskFacts[];
};

/** The last line of the description of one that QEMU took of a running VM's disks. */
const LIVE_DISKS = "(disks of the running VM)";

/** Oldest first; of those taken in one second, what stands on another after it. */
export async function listSnapshots(client: LibvirtClient, uuid: string): Promise<readonly SnapshotFacts[]> {
  const found = (await client.call("snapshot.list", { uuid })).map(factsOf);
  const parents = new Map(found.map(({ name, parent }) => [name, parent]));
  const depth = (name: string | null): number => (name === null ? 0 : 1 + depth(parents.get(name) ?? null));
  return found.sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt) || depth(a.name) - depth(b.name));
}

/** With memory when the VM runs, which is paused meanwhile; of its disks when it is off. */
export async function takeSnapshot(client: LibvirtClient, order: SnapshotOrder, signal?: AbortSignal): Promise<void> {
  const xml = render(el("domainsnapshot", {}, ...namesOf(order, order.description), disksOf(order.disks)));
  await client.call("snapshot.create", { uuid: order.uuid, xml, flags: 0 }, signal && { signal });
}

/**
 * Of a running VM's disks at one moment, which take no part of a second. libvirt is told first: what it knows of can be
 * removed through it, whether the disks hold it already or not.
 */
export async function takeLiveDisks(
  client: LibvirtClient,
  order: SnapshotOrder & { readonly inactiveXml: string; readonly parent: string | null; readonly nowMs: number },
  signal?: AbortSignal,
): Promise<void> {
  const description = [order.description, LIVE_DISKS].filter(Boolean).join("\n");
  const about = el(
    "domainsnapshot",
    {},
    ...namesOf(order, description),
    el("state", {}, "shutoff"),
    el("creationTime", {}, Math.floor(order.nowMs / 1000)),
    order.parent === null ? null : el("parent", {}, el("name", {}, order.parent)),
    el("memory", { snapshot: "no" }),
    disksOf(order.disks),
  );
  const document = parseDocument(render(about), "a snapshot");
  const domain = parseDocument(order.inactiveXml, "a domain").documentElement;
  if (domain !== null) document.documentElement?.appendChild(document.importNode(domain, true));
  await client.call("snapshot.create", {
    uuid: order.uuid,
    xml: serializeXml(document),
    flags: Create.REDEFINE | Create.CURRENT,
  });
  const nodes = await nodesOf(client, order);
  const actions = nodes.map((device) => ({
    type: "blockdev-snapshot-internal-sync",
    data: { device, name: order.name },
  }));
  await monitor(client, order.uuid, { execute: "transaction", arguments: { actions } }, signal);
}

/** The VM's present state is lost; QEMU is started anew where it has to be. */
export async function revertTo(client: LibvirtClient, uuid: string, name: string): Promise<void> {
  await client.call("snapshot.revert", { uuid, name, flags: Revert.FORCE });
}

/** Gone already is no failure; nor is one that libvirt was told of, and that the disks do not hold. */
export async function dropSnapshot(client: LibvirtClient, uuid: string, name: string): Promise<void> {
  const drop = (flags: number) => client.call("snapshot.delete", { uuid, name, flags });
  try {
    await drop(0);
  } catch (error) {
    const code = libvirtCode(error);
    if (code === VirErrorNumber.NO_DOMAIN_SNAPSHOT || code === VirErrorNumber.NO_DOMAIN) return;
    const found = (await listSnapshots(client, uuid)).find((snapshot) => snapshot.name === name);
    if (found?.kind !== "disk") throw error;
    await drop(Delete.METADATA_ONLY);
  }
}

/** Changes the definitions that libvirt would go back to; what the disks hold stays as it is. */
export async function rewriteDefinitions(
  client: LibvirtClient,
  uuid: string,
  snapshot: Pick<SnapshotFacts, "xml" | "current">,
  change: (domainXml: string) => string,
): Promise<void> {
  const document = parseDocument(snapshot.xml, "a snapshot");
  const root = document.documentElement;
  for (const name of ["domain", "inactiveDomain"]) {
    for (const old of childrenOf(root, name)) {
      const changed = parseDocument(change(serializeElement(old)), "a domain").documentElement;
      if (changed !== null) root?.replaceChild(document.importNode(changed, true), old);
    }
  }
  const flags = Create.REDEFINE | (snapshot.current ? Create.CURRENT : 0);
  await client.call("snapshot.create", { uuid, xml: serializeXml(document), flags });
}

function namesOf({ name }: SnapshotOrder, description: string): readonly (XmlElement | null)[] {
  return [el("name", {}, name), description === "" ? null : el("description", {}, description)];
}

/** Read-only disks (the seed) stay out of it. */
function disksOf(disks: readonly DiskFacts[]): XmlElement {
  return el(
    "disks",
    {},
    ...disks
      .filter(({ device }) => device === "disk")
      .map((disk) => el("disk", { name: disk.target, snapshot: disk.readonly ? "no" : "internal" })),
  );
}

function factsOf(row: SnapshotRow): SnapshotFacts {
  const root = parseXml(row.xml, `the snapshot ${row.name}`);
  const domain = childAt(root, "domain");
  const said = textAt(root, "description") ?? "";
  const live = said.endsWith(LIVE_DISKS);
  const made = Number(textAt(root, "creationTime") ?? 0);
  return {
    name: row.name,
    kind: kindOf(textAt(root, "state"), live),
    description: live ? said.slice(0, -LIVE_DISKS.length).trimEnd() : said,
    createdAt: new Date(made * 1000).toISOString(),
    parent: row.parent,
    current: row.current,
    safety: isSafetyName(row.name),
    external:
      attribute(childAt(root, "memory"), "snapshot") === "external" ||
      childrenOf(childAt(root, "disks"), "disk").some((disk) => attribute(disk, "snapshot") === "external"),
    disks: domain === null ? null : readDomain(serializeElement(domain)).disks,
    record: domain === null ? null : recordIn(childrenOf(childAt(domain, "metadata"), "vm").map(serializeElement)),
    xml: row.xml,
  };
}

function kindOf(state: string | null, live: boolean): SnapshotKind {
  if (live) return "disk";
  if (state === "running" || state === "paused") return "memory";
  return state === "shutoff" ? "stopped" : "other";
}

function recordIn(elements: readonly string[]): MachineRecord | null {
  const ours = elements.find((xml) => xml.includes(RECORD_NAMESPACE));
  if (ours === undefined) return null;
  const record = decodeRecord(ours);
  return isUnreadable(record) ? null : record;
}

/** QEMU's names for the nodes of these disks. */
async function nodesOf(client: LibvirtClient, { uuid, disks }: SnapshotOrder): Promise<readonly string[]> {
  const { result } = await client.call("domain.monitor", {
    uuid,
    command: JSON.stringify({ execute: "query-block" }),
    hmp: false,
  });
  const answer = JSON.parse(result) as {
    readonly return: readonly { readonly inserted?: { readonly file: string; readonly "node-name": string } }[];
  };
  return disks
    .filter(({ device, readonly }) => device === "disk" && !readonly)
    .map(({ source, target }) => {
      const node = answer.return.find(({ inserted }) => inserted?.file === source)?.inserted?.["node-name"];
      if (node === undefined) throw new Error(`QEMU has no disk ${target} at ${source}`);
      return node;
    });
}

/** A command of QEMU's own; what it refuses comes as an error. */
async function monitor(client: LibvirtClient, uuid: string, command: object, signal?: AbortSignal): Promise<void> {
  const text = JSON.stringify(command);
  const { result } = await client.call("domain.monitor", { uuid, command: text, hmp: false }, signal && { signal });
  const { error } = JSON.parse(result) as { readonly error?: { readonly desc: string } };
  if (error !== undefined) throw new Error(`QEMU refused it: ${error.desc}`);
}
