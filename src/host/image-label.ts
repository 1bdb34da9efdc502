/** The small volume beside a base image that says what it is. */
import { type LibvirtClient, VirErrorNumber } from "#ffi";
import type { ImageOrigin } from "../core/image.ts";
import type { Arch } from "../core/machine/spec.ts";
import { libvirtCode } from "./faults.ts";
import type { Pool } from "./pool.ts";

export type BaseImage = {
  readonly name: string;
  /** Of the image's bytes, in hexadecimal. */
  readonly sha256: string;
  readonly volume: string;
  /** Absolute, on the hypervisor's host. */
  readonly path: string;
  readonly format: "qcow2" | "raw";
  /** Length of the file. */
  readonly bytes: number;
  /** Size of the disk that it is. */
  readonly virtualBytes: number;
  readonly trust: string;
  /** null when unknown. */
  readonly arch: Arch | null;
  /** null when unknown. */
  readonly origin: ImageOrigin | null;
  /** ISO 8601; empty when unknown. */
  readonly addedAt: string;
};

/** What stands in the label: all but where the image lies. */
export type Label = Omit<BaseImage, "path">;

const LABEL = /^(?<stem>.+-[0-9a-f]{12})\.json$/;

/** All of the pool, by name, the newest first; the path is null where the image is not there. */
export async function listLabelled(
  client: LibvirtClient,
  pool: Pool,
): Promise<readonly (Label & { readonly path: string | null })[]> {
  const rows = await client.call("volume.list", { pool: pool.name });
  const found: (Label & { path: string | null })[] = [];
  for (const { name, capacityBytes } of rows) {
    const stem = LABEL.exec(name)?.groups?.["stem"];
    if (stem === undefined) continue;
    const label = await readLabel(client, pool, name, capacityBytes, stem);
    if (label !== null) found.push({ ...label, path: rows.find((row) => row.name === label.volume)?.path ?? null });
  }
  return found.sort((a, b) => a.name.localeCompare(b.name) || b.addedAt.localeCompare(a.addedAt));
}

/** The part of a label that is known before the bytes are there; of an object with more fields than that. */
export function labelOf(about: Omit<Label, "volume" | "bytes">): Omit<Label, "volume" | "bytes"> {
  const { name, sha256, format, virtualBytes, trust, arch, origin, addedAt } = about;
  return { name, sha256, format, virtualBytes, trust, arch, origin, addedAt };
}

/** Null when the volume is gone, or does not hold a label (yet). */
export async function readLabel(
  client: LibvirtClient,
  pool: Pool,
  name: string,
  length: number,
  stem: string,
): Promise<Label | null> {
  try {
    const { data } = await client.call("volume.read", { pool: pool.name, name, offset: 0, length });
    const value: unknown = JSON.parse(Buffer.from(data).toString("utf8"));
    return isLabel(value) ? { ...value, arch: value.arch ?? null, origin: value.origin ?? null } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    const code = libvirtCode(error);
    if (code === VirErrorNumber.NO_STORAGE_VOL) return null;
    if (code !== VirErrorNumber.NO_SUPPORT) throw error;
    // The test driver: the names alone carry what is known.
    return {
      name: stem.slice(0, -13),
      sha256: stem.slice(-12),
      volume: `${stem}.qcow2`,
      format: "qcow2",
      bytes: 0,
      virtualBytes: 0,
      trust: "",
      arch: null,
      origin: null,
      addedAt: "",
    };
  }
}

/** The bytes of a label's volume, at least so many. */
export function encodeLabel(label: Label, leastBytes = 0): Buffer {
  const text = Buffer.from(`${JSON.stringify(label)}\n`);
  return Buffer.concat([text, Buffer.alloc(Math.max(0, leastBytes - text.length), " ")]);
}

function isLabel(value: unknown): value is Label {
  if (typeof value !== "object" || value === null) return false;
  const { name, sha256, volume: image, format, bytes, virtualBytes, trust, addedAt } = value as Record<string, unknown>;
  return (
    [name, sha256, image, trust, addedAt].every((text) => typeof text === "string") &&
    [bytes, virtualBytes].every((size) => typeof size === "number") &&
    (format === "qcow2" || format === "raw")
  );
}
