/** A VM as one file: what it says of itself, and how far that can be believed. */
import type { MachineRecord } from "./machine/record.ts";
import type { NetworkSpec } from "./machine/spec.ts";

export const ARCHIVE_FORMAT = "hutch-vm";
export const ARCHIVE_VERSION = 1;

export type ArchiveDisk = {
  /** The name of its entry. */
  readonly file: string;
  /** Length of the entry. */
  readonly bytes: number;
  /** Of the disk that it is. */
  readonly virtualBytes: number;
  readonly sha256: string;
};

export type ArchiveManifest = {
  readonly format: typeof ARCHIVE_FORMAT;
  readonly version: number;
  readonly uuid: string;
  /** ISO 8601. */
  readonly exportedAt: string;
  readonly record: MachineRecord;
  /** The image that the first disk is a difference to, by the digest of its bytes; null when it stands alone. */
  readonly base: { readonly name: string; readonly sha256: string } | null;
  /** Root first. */
  readonly disks: readonly ArchiveDisk[];
};

export type ExportRequest = {
  /** NAME.hutch.tar in the working directory when omitted. */
  readonly file?: string;
  /** Leave the base image out, and name it by its digest: smaller, and imported only where that image is. */
  readonly withoutBase?: boolean;
  /** Replace a file that is there. */
  readonly force?: boolean;
};

export type ExportResult = { readonly name: string; readonly file: string; readonly bytes: number };

export type ImportRequest = {
  readonly file: string;
  /** Another name than its own. */
  readonly name?: string;
  /** Another network than its own. */
  readonly network?: NetworkSpec;
};

/** The name of the entry of this disk, from 0. */
export function diskEntry(index: number): string {
  return `disk${index}.qcow2`;
}

/** What is wrong with a manifest, as a sentence; null for one that can be used. */
export function manifestProblem(value: unknown): string | null {
  if (!isObject(value) || value["format"] !== ARCHIVE_FORMAT) return "It is no VM that hutch exported.";
  const { version, uuid, record, base, disks } = value;
  if (typeof version !== "number" || version < 1) return "Its manifest names no version.";
  if (version > ARCHIVE_VERSION)
    return `It was written by a newer hutch (format ${version}); this one reads up to ${ARCHIVE_VERSION}.`;
  if (typeof uuid !== "string" || !/^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/.test(uuid))
    return "Its manifest names no VM.";
  if (!isObject(record) || !isObject(record["spec"])) return "Its manifest has no record of the VM.";
  if (base !== null && !(isObject(base) && isDigest(base["sha256"]))) return "Its manifest names its image wrongly.";
  if (!Array.isArray(disks) || disks.length === 0 || disks.length > 25) return "Its manifest names no disks.";
  const wrong = disks.some(
    (disk: unknown, index) =>
      !isObject(disk) ||
      disk["file"] !== diskEntry(index) ||
      !isDigest(disk["sha256"]) ||
      !Number.isSafeInteger(disk["bytes"]) ||
      !Number.isSafeInteger(disk["virtualBytes"]),
  );
  return wrong ? "Its manifest names its disks wrongly." : null;
}

function isDigest(value: unknown): boolean {
  return typeof value === "string" && /^[\da-f]{64}$/.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
