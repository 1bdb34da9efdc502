/** hutch's record of a VM, as it stands in the domain's `<metadata>`: one element of our namespace around JSON. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { FileLock, type LibvirtClient, VirDomainModificationImpact, VirErrorNumber } from "#ffi";
import { HutchError } from "../core/errors.ts";
import {
  type MachineRecord,
  NO_UPKEEP,
  RECORD_NAMESPACE,
  RECORD_PREFIX,
  RECORD_SCHEMA,
} from "../core/machine/record.ts";
import { libvirtCode } from "./faults.ts";
import type { Paths } from "./paths.ts";
import { claimed } from "./record-claims.ts";
import { el, render, type XmlElement } from "./xml-emit.ts";

/** Another hutch that writes the same record is done in milliseconds. */
const LOCK_LIMIT_MS = 30_000;

/** The element for a domain's definition. */
export function recordElement(record: MachineRecord): XmlElement {
  return element(`${RECORD_PREFIX}:vm`, record, { [`xmlns:${RECORD_PREFIX}`]: RECORD_NAMESPACE });
}

/** The same for `domain.setMetadata`: there libvirt itself adds the namespace, and refuses one that is there. */
export function encodeRecord(record: MachineRecord): string {
  return render(element("vm", record));
}

/** JSON escapes control characters; the two that XML forbids besides are escaped here. */
function element(name: string, record: MachineRecord, namespace: XmlElement["attributes"] = {}): XmlElement {
  const json = JSON.stringify(record).replace(
    /[\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16)}`,
  );
  return el(name, { ...namespace, schema: record.schema, revision: record.revision }, json);
}

export type UnreadableRecord = { readonly problem: string };

/** Never throws: what cannot be read is a problem in words. By hand and without a DOM, for lists read a thousand of these. */
export function decodeRecord(xml: string): MachineRecord | UnreadableRecord {
  const parts = /^\s*<(?:[\w.-]+:)?vm\b(?<attributes>[^>]*)>(?<text>[^<]*)<\//.exec(xml)?.groups;
  if (parts === undefined) return { problem: "Its record is not in a form that hutch writes." };
  const schema = Number(/\bschema=["'](\d+)["']/.exec(parts["attributes"] ?? "")?.[1]);
  if (schema > RECORD_SCHEMA)
    return {
      problem: `Its record was written by a newer hutch (schema ${schema}); this one reads up to ${RECORD_SCHEMA}. Upgrade this one.`,
    };
  try {
    const value: unknown = JSON.parse(unescapeXml(parts["text"] ?? ""));
    // Records of before there was an upkeep have none of its fields.
    return isRecord(value) ? { ...NO_UPKEEP, ...value } : { problem: "Its record is incomplete." };
  } catch {
    return { problem: "Its record is damaged." };
  }
}

export function isUnreadable(record: MachineRecord | UnreadableRecord): record is UnreadableRecord {
  return "problem" in record;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi,
    (whole, hex: string | undefined, decimal: string | undefined, name: string | undefined) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
    },
  );
}

/** The fields that everything else relies on; metadata is writable by anybody who may write the domain. */
function isRecord(value: unknown): value is MachineRecord {
  if (!isObject(value)) return false;
  const { schema, revision, state, spec, pool, volumes, mac, forwards, pending } = value;
  return (
    schema === RECORD_SCHEMA &&
    typeof revision === "number" &&
    (state === "making" || state === "made" || state === "trashed") &&
    isObject(spec) &&
    typeof spec["name"] === "string" &&
    typeof spec["user"] === "string" &&
    isObject(spec["network"]) &&
    typeof pool === "string" &&
    typeof mac === "string" &&
    Array.isArray(volumes) &&
    Array.isArray(forwards) &&
    Array.isArray(pending)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads the record anew, changes it and writes it with the next revision, into the running and the stored definition.
 * Two hutches never write over one another: of one user by a lock, of several by a claim in libvirt. E_NOT_FOUND when the
 * VM is gone, E_CONFLICT when it has no record that can be read, E_TIMEOUT when it does not come free.
 */
export async function updateRecord(
  client: LibvirtClient,
  paths: Pick<Paths, "locks">,
  uuid: string,
  change: (record: MachineRecord) => MachineRecord,
): Promise<MachineRecord> {
  mkdirSync(paths.locks, { recursive: true, mode: 0o700 });
  using _lock = await FileLock.acquire(lockOf(paths, uuid), { timeoutMs: LOCK_LIMIT_MS });
  return claimed(client, uuid, async () => {
    const before = await readRecord(client, uuid);
    const changed = change(before);
    const after: MachineRecord = { ...changed, revision: Math.max(before.revision, changed.revision) + 1 };
    await writeRecord(client, uuid, after);
    return after;
  });
}

/** For a VM that carries none. */
export async function writeFirstRecord(
  client: LibvirtClient,
  paths: Pick<Paths, "locks">,
  uuid: string,
  record: MachineRecord,
): Promise<void> {
  mkdirSync(paths.locks, { recursive: true, mode: 0o700 });
  using _lock = await FileLock.acquire(lockOf(paths, uuid), { timeoutMs: LOCK_LIMIT_MS });
  await claimed(client, uuid, () => writeRecord(client, uuid, record));
}

async function writeRecord(client: LibvirtClient, uuid: string, record: MachineRecord): Promise<void> {
  const element = { namespace: RECORD_NAMESPACE, prefix: RECORD_PREFIX, xml: encodeRecord(record) };
  const { LIVE, CONFIG } = VirDomainModificationImpact;
  try {
    await client.call("domain.setMetadata", { uuid, ...element, flags: LIVE | CONFIG });
  } catch (error) {
    // LIVE is refused for a domain that is off; CONFIG alone then says it all.
    if (libvirtCode(error) !== VirErrorNumber.OPERATION_INVALID) throw error;
    await client.call("domain.setMetadata", { uuid, ...element, flags: CONFIG });
  }
}

/** For good: of a VM that is gone, whose record nobody writes any more. */
export function forgetLock(paths: Pick<Paths, "locks">, uuid: string): void {
  rmSync(lockOf(paths, uuid), { force: true });
}

function lockOf({ locks }: Pick<Paths, "locks">, uuid: string): string {
  return join(locks, `${uuid}.lock`);
}

async function readRecord(client: LibvirtClient, uuid: string): Promise<MachineRecord> {
  const { xml } = await client.call("domain.getMetadata", { uuid, namespace: RECORD_NAMESPACE, flags: 0 });
  const record = xml === null ? { problem: "It carries no record of hutch's." } : decodeRecord(xml);
  if (!isUnreadable(record)) return record;
  throw new HutchError({
    code: "E_CONFLICT",
    message: `The record of the VM ${uuid} cannot be changed.`,
    why: record.problem,
  });
}
