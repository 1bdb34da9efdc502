import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { buildSeed, seedImage } from "../../../cloud-init/index.ts";
import { iso9660 } from "../../../cloud-init/seed/iso9660.ts";
import { PLAIN } from "./seed-input.ts";

const SECTOR = 2048;

/** What a Linux kernel sees of an image: label, size, and files by their Rock Ridge names. */
function mounted(image: Uint8Array) {
  const disk = Buffer.from(image);
  const volume = disk.subarray(16 * SECTOR);
  expect(volume.toString("latin1", 1, 6)).toBe("CD001");
  const root = volume.subarray(156);
  const folder = disk.subarray(root.readUInt32LE(2) * SECTOR, root.readUInt32LE(2) * SECTOR + root.readUInt32LE(10));
  const files: Record<string, string> = {};
  for (let at = 0; (folder[at] ?? 0) > 0; at += folder[at] ?? 0) {
    const entry = folder.subarray(at, at + (folder[at] ?? 0));
    expect(entry.readUInt32LE(2)).toBe(entry.readUInt32BE(6));
    expect(entry.readUInt32LE(10)).toBe(entry.readUInt32BE(14));
    const nameBytes = entry[32] ?? 0;
    const fields = systemFields(entry.subarray(33 + nameBytes + ((nameBytes + 1) % 2)));
    if (at === 0) expect(fields.get("SP")?.toString("hex")).toBe("beef00");
    const name = fields.get("NM")?.toString("utf8", 1);
    const start = entry.readUInt32LE(2) * SECTOR;
    if (name !== undefined) files[name] = disk.toString("utf8", start, start + entry.readUInt32LE(10));
  }
  return { label: volume.toString("latin1", 40, 72).trimEnd(), sectors: volume.readUInt32LE(80), files };
}

function systemFields(bytes: Buffer): ReadonlyMap<string, Buffer> {
  const fields = new Map<string, Buffer>();
  for (let at = 0; at + 4 <= bytes.length && (bytes[at + 2] ?? 0) >= 4; at += bytes[at + 2] ?? 0) {
    fields.set(bytes.toString("latin1", at, at + 2), bytes.subarray(at + 4, at + (bytes[at + 2] ?? 0)));
  }
  return fields;
}

describe("seedImage", () => {
  it("is found by its label and holds the documents under their own names", () => {
    const documents = buildSeed(PLAIN);
    const { label, files } = mounted(seedImage(documents));
    expect(label).toBe("cidata");
    expect(files).toEqual(documents);
  });

  it("makes the same bytes every time", () => {
    const digest = createHash("sha256")
      .update(seedImage(buildSeed(PLAIN)))
      .digest("hex");
    expect(digest).toBe("966a58db23866c25a78bdffb12df9b9d7e761830b114d73f8f81f0159ec2a304");
  });

  it("can be as long as the image whose place it takes, and not shorter than its files", () => {
    const documents = buildSeed(PLAIN);
    const longer = seedImage(documents, { sizeBytes: 100_000 });
    expect(longer).toHaveLength(100_000);
    expect(mounted(longer)).toMatchObject({ sectors: 48, files: documents });
    expect(() => seedImage(documents, { sizeBytes: 40_000 })).toThrow(RangeError);
  });
});

describe("iso9660", () => {
  const files = {
    empty: "",
    "one-byte": "x",
    exactly: "y".repeat(SECTOR),
    large: "é".repeat(1_500_000),
    "user-data": "#!/bin/sh\n",
  };

  it("carries files of any length, with nothing of one in another", () => {
    const image = iso9660("cidata", files);
    expect(mounted(image)).toMatchObject({ sectors: image.length / SECTOR, files });
  });

  it("refuses names that readers without Rock Ridge could not tell apart", () => {
    expect(() => iso9660("cidata", { "user-data-1": "", "user-data-2": "" })).toThrow("same first eight letters");
  });

  it("refuses more files than one folder sector holds", () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}-file`, ""]));
    expect(() => iso9660("cidata", many)).toThrow("Too many files");
  });

  it("is read by another implementation", () => {
    const dir = mkdtempSync(join(tmpdir(), "t-iso-"));
    try {
      writeFileSync(join(dir, "seed.iso"), iso9660("cidata", files));
      const out = join(dir, "out");
      execFileSync("xorriso", ["-osirrox", "on", "-indev", join(dir, "seed.iso"), "-extract", "/", out], {
        stdio: "pipe",
      });
      expect(readdirSync(out).toSorted()).toEqual(Object.keys(files).toSorted());
      for (const [name, text] of Object.entries(files))
        expect(readFileSync(join(out, name), "utf8") === text, name).toBe(true);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
