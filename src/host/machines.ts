/** VMs as libvirt lists them, joined with what hutch knows of them. */
import type { DomainRow, LibvirtClient } from "#ffi";
import { HutchError } from "../core/errors.ts";
import { type MachineRecord, RECORD_NAMESPACE } from "../core/machine/record.ts";
import { statusOf } from "../core/machine/status.ts";
import { byName, type MachineView } from "../core/machine/view.ts";
import { nearNames } from "../core/near.ts";
import { decodeRecord, isUnreadable } from "./records.ts";

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** Every VM of the host by name, foreign, broken and trashed ones too. */
export async function listMachines(client: LibvirtClient): Promise<readonly MachineView[]> {
  const rows = await client.call("domain.list", { namespace: RECORD_NAMESPACE });
  return rows.map(viewOf).sort(byName);
}

/** The VM of this UUID, in the trash or not; null when there is none. */
export async function findMachineByUuid(client: LibvirtClient, uuid: string): Promise<MachineView | null> {
  const row = await client.call("domain.lookup", { ref: { uuid }, namespace: RECORD_NAMESPACE });
  return row === null ? null : viewOf(row);
}

/**
 * By name or UUID. With `trashed`, the one last put into the trash under that name comes first; without, the trash is not
 * looked into. E_NOT_FOUND, with near names.
 */
export async function findMachine(
  client: LibvirtClient,
  nameOrUuid: string,
  options: { readonly trashed?: boolean } = {},
): Promise<MachineView> {
  if (UUID.test(nameOrUuid)) {
    const found = await findMachineByUuid(client, nameOrUuid.toLowerCase());
    if (found !== null && (options.trashed === true || !isTrashed(found))) return found;
  } else if (options.trashed !== true) {
    const row = await client.call("domain.lookup", { ref: { name: nameOrUuid }, namespace: RECORD_NAMESPACE });
    const found = row === null ? null : viewOf(row);
    if (found !== null && !isTrashed(found)) return found;
  }
  const machines = await listMachines(client);
  const named = machines.filter(({ name }) => name === nameOrUuid);
  if (options.trashed === true) {
    const found = latestTrashed(named) ?? named[0];
    if (found !== undefined) return found;
  }
  throw notFound(nameOrUuid, machines, options.trashed === true, latestTrashed(named) !== undefined);
}

export function viewOf(row: DomainRow): MachineView {
  const read = row.metadata === null ? null : decodeRecord(row.metadata);
  const record = read === null || isUnreadable(read) ? null : read;
  return {
    uuid: row.uuid,
    name: record?.trash?.name ?? row.name,
    record,
    status: statusOf(row.state, row.reason, row.persistent),
    address: record === null ? null : knownAddress(record),
    problems: [
      ...(row.fault === null ? [] : [`libvirt cannot read it whole: ${row.fault.message}`]),
      ...(read !== null && isUnreadable(read) ? [read.problem] : []),
    ],
  };
}

function knownAddress({ address, forwards }: MachineRecord): string | null {
  const ssh = forwards.find(({ guestPort }) => guestPort === 22);
  return ssh === undefined ? address : `${ssh.hostAddress}:${ssh.hostPort}`;
}

function isTrashed({ record }: MachineView): boolean {
  return record?.state === "trashed";
}

function latestTrashed(machines: readonly MachineView[]): MachineView | undefined {
  const when = ({ record }: MachineView) => record?.trash?.at ?? "";
  return machines.filter(isTrashed).sort((a, b) => (when(a) < when(b) ? 1 : -1))[0];
}

function notFound(word: string, machines: readonly MachineView[], trashed: boolean, inTrash: boolean): HutchError {
  const names = machines.filter((machine) => trashed || !isTrashed(machine)).map(({ name }) => name);
  return new HutchError({
    code: "E_NOT_FOUND",
    message: `There is no VM named "${word}".`,
    ...(inTrash && !trashed ? { why: "One of that name is in the trash." } : {}),
    next: [
      ...(inTrash && !trashed ? [`hutch recover ${word}`] : []),
      ...nearNames(word, names).map((name) => `Did you mean "${name}"?`),
      "hutch list",
    ],
  });
}
