/** What the first cluster of a qcow2 file says. Offsets and sizes are bytes. */
export type Qcow2Header = {
  readonly version: number;
  readonly virtualSizeBytes: number;
  readonly clusterBytes: number;
  readonly encrypted: boolean;
  /** The name of another file that this one is a difference to. */
  readonly backingFile: string | null;
  /** The name of another file that holds the data; empty when the header asks for one without naming it. */
  readonly dataFile: string | null;
  /** Marked corrupt by QEMU, or self-contradictory. */
  readonly corrupt: boolean;
  /** Where the header's own tables end: a shorter file is cut off. */
  readonly tablesEnd: number;
  /** How wide the count of references is that each cluster has. */
  readonly refcountBits: number;
};

/** As much as the header, its extensions and the backing file's name can take. */
export const HEADER_READ_BYTES = 64 * 1024;

const MAGIC = 0x514649fb;
const V2_BYTES = 72;
const V3_BYTES = 104;
/** The only width that version 2 knows. */
const V2_REFCOUNT_ORDER = 4;
const REFCOUNT_ORDER_MAX = 6;
const INCOMPATIBLE_CORRUPT = 1n << 1n;
const INCOMPATIBLE_DATA_FILE = 1n << 2n;
const EXTENSION_END = 0;
const EXTENSION_DATA_FILE = 0x44415441;
const BACKING_NAME_MAX = 1023;

export function isQcow2(start: Uint8Array): boolean {
  return start.length >= 4 && viewOf(start).getUint32(0) === MAGIC;
}

/**
 * Reads a qcow2 header from the first bytes of a file (`HEADER_READ_BYTES` of them, or the whole file). Undefined when it is
 * none, is cut off inside the header, or has a version other than 2 and 3.
 */
export function readQcow2Header(start: Uint8Array): Qcow2Header | undefined {
  if (!isQcow2(start) || start.length < V2_BYTES) return undefined;
  const view = viewOf(start);
  const version = view.getUint32(4);
  if (version !== 2 && version !== 3) return undefined;
  if (version === 3 && start.length < V3_BYTES) return undefined;

  const clusterBits = view.getUint32(20);
  const clusterBytes = clusterBits >= 9 && clusterBits <= 21 ? 2 ** clusterBits : 0;
  const incompatible = version === 3 ? view.getBigUint64(72) : 0n;
  const headerBytes = version === 3 ? view.getUint32(100) : V2_BYTES;
  const refcountOrder = version === 3 ? view.getUint32(96) : V2_REFCOUNT_ORDER;
  const l1End = Number(view.getBigUint64(40)) + view.getUint32(36) * 8;
  const refcountEnd = Number(view.getBigUint64(48)) + view.getUint32(56) * clusterBytes;
  const wantsDataFile = (incompatible & INCOMPATIBLE_DATA_FILE) !== 0n;

  return {
    version,
    virtualSizeBytes: Number(view.getBigUint64(24)),
    clusterBytes,
    encrypted: view.getUint32(32) !== 0,
    backingFile: backingFile(start, Number(view.getBigUint64(8)), view.getUint32(16)),
    dataFile: wantsDataFile ? (extension(start, headerBytes, EXTENSION_DATA_FILE) ?? "") : null,
    corrupt: clusterBytes === 0 || refcountOrder > REFCOUNT_ORDER_MAX || (incompatible & INCOMPATIBLE_CORRUPT) !== 0n,
    tablesEnd: Math.max(l1End, refcountEnd),
    refcountBits: 2 ** Math.min(refcountOrder, REFCOUNT_ORDER_MAX),
  };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const textAt = (bytes: Uint8Array, offset: number, length: number): string =>
  new TextDecoder().decode(bytes.subarray(offset, offset + length));

function backingFile(start: Uint8Array, offset: number, length: number): string | null {
  return offset === 0 ? null : textAt(start, offset, Math.min(length, BACKING_NAME_MAX));
}

/** Header extensions: a type and a length (32 bits each), then the data, padded to 8 bytes. */
function extension(start: Uint8Array, from: number, wanted: number): string | undefined {
  const view = viewOf(start);
  for (let at = from; at + 8 <= start.length; ) {
    const type = view.getUint32(at);
    const length = view.getUint32(at + 4);
    if (type === EXTENSION_END) return undefined;
    if (type === wanted) return textAt(start, at + 8, length);
    at += 8 + Math.ceil(length / 8) * 8;
  }
  return undefined;
}

/**
 * The same first bytes of a qcow2 file, with another name for the file that it is a difference to. Undefined when it names
 * none, or when there is no room for the name in its first cluster.
 */
export function withBackingFile(start: Uint8Array, path: string): Uint8Array | undefined {
  const header = readQcow2Header(start);
  if (header === undefined || header.backingFile === null) return undefined;
  const name = new TextEncoder().encode(path);
  const changed = Uint8Array.from(start);
  const view = viewOf(changed);
  const offset = Number(view.getBigUint64(8));
  if (name.length > BACKING_NAME_MAX || offset + name.length > Math.min(header.clusterBytes, start.length))
    return undefined;
  changed.fill(0, offset, offset + view.getUint32(16));
  changed.set(name, offset);
  view.setUint32(16, name.length);
  return changed;
}
