import { describe, expect, it } from "vitest";
import { isQcow2, readQcow2Header } from "../../../images/qcow2-header.ts";

type Fields = {
  version?: number;
  backing?: string;
  clusterBits?: number;
  size?: bigint;
  crypt?: number;
  l1?: readonly [entries: number, offset: bigint];
  refcounts?: readonly [offset: bigint, clusters: number];
  incompatible?: bigint;
  refcountOrder?: number;
  dataFile?: string;
};

/** A header as QEMU writes it: version 3, 104 bytes, extensions behind it. */
function header(fields: Fields = {}): Uint8Array {
  const bytes = new Uint8Array(1024);
  const view = new DataView(bytes.buffer);
  const [l1Entries, l1Offset] = fields.l1 ?? [1, 0x30000n];
  const [refcountOffset, refcountClusters] = fields.refcounts ?? [0x10000n, 1];
  view.setUint32(0, 0x514649fb);
  view.setUint32(4, fields.version ?? 3);
  if (fields.backing !== undefined) {
    view.setBigUint64(8, 512n);
    view.setUint32(16, fields.backing.length);
    bytes.set(new TextEncoder().encode(fields.backing), 512);
  }
  view.setUint32(20, fields.clusterBits ?? 16);
  view.setBigUint64(24, fields.size ?? 1n << 30n);
  view.setUint32(32, fields.crypt ?? 0);
  view.setUint32(36, l1Entries);
  view.setBigUint64(40, l1Offset);
  view.setBigUint64(48, refcountOffset);
  view.setUint32(56, refcountClusters);
  if (fields.version === 2) return bytes;
  view.setBigUint64(72, fields.incompatible ?? 0n);
  view.setUint32(96, fields.refcountOrder ?? 4);
  view.setUint32(100, 104);
  view.setUint32(104, 0x6803f857);
  view.setUint32(108, 3);
  if (fields.dataFile !== undefined) {
    view.setUint32(120, 0x44415441);
    view.setUint32(124, fields.dataFile.length);
    bytes.set(new TextEncoder().encode(fields.dataFile), 128);
  }
  return bytes;
}

describe("a qcow2 header", () => {
  it("says size, clusters and where its tables end", () => {
    expect(readQcow2Header(header())).toEqual({
      version: 3,
      virtualSizeBytes: 2 ** 30,
      clusterBytes: 65536,
      encrypted: false,
      backingFile: null,
      dataFile: null,
      corrupt: false,
      tablesEnd: 0x30000 + 8,
      refcountBits: 16,
    });
  });

  it("ends where its refcount table ends when that comes last", () => {
    expect(readQcow2Header(header({ refcounts: [0x50000n, 2] }))?.tablesEnd).toBe(0x50000 + 2 * 65536);
  });

  it("names a backing file, in version 2 as well", () => {
    expect(readQcow2Header(header({ backing: "/etc/shadow" }))?.backingFile).toBe("/etc/shadow");
    expect(readQcow2Header(header({ backing: "base.img", version: 2 }))?.backingFile).toBe("base.img");
  });

  it("names an external data file behind another extension, or says that one is missing", () => {
    expect(readQcow2Header(header({ incompatible: 4n, dataFile: "/dev/sda" }))?.dataFile).toBe("/dev/sda");
    expect(readQcow2Header(header({ incompatible: 4n }))?.dataFile).toBe("");
    expect(readQcow2Header(header({ dataFile: "ignored" }))?.dataFile).toBeNull();
  });

  it("tells encryption and QEMU's mark of corruption", () => {
    expect(readQcow2Header(header({ crypt: 2 }))?.encrypted).toBe(true);
    expect(readQcow2Header(header({ incompatible: 2n }))?.corrupt).toBe(true);
  });

  it.each([8, 22, 4_000_000_000])("takes 2^%d bytes a cluster for corruption", (clusterBits) => {
    expect(readQcow2Header(header({ clusterBits }))?.corrupt).toBe(true);
  });

  it("says how wide its reference counts are, which version 2 cannot choose", () => {
    expect(readQcow2Header(header({ refcountOrder: 6 }))?.refcountBits).toBe(64);
    expect(readQcow2Header(header({ version: 2 }))?.refcountBits).toBe(16);
    expect(readQcow2Header(header({ refcountOrder: 7 }))?.corrupt).toBe(true);
  });

  it("reads sizes beyond every disk without overflow", () => {
    expect(readQcow2Header(header({ size: 2n ** 63n }))?.virtualSizeBytes).toBe(2 ** 63);
  });

  it("is none when cut off, of another version, or another file", () => {
    expect(readQcow2Header(header().subarray(0, 100))).toBeUndefined();
    expect(readQcow2Header(header({ version: 2 }).subarray(0, 71))).toBeUndefined();
    expect(readQcow2Header(header({ version: 1 }))).toBeUndefined();
    expect(readQcow2Header(new Uint8Array(1024))).toBeUndefined();
    expect(isQcow2(new Uint8Array([0x51, 0x46, 0x49]))).toBe(false);
  });
});
