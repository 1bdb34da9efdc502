import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, open, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertUsable, hashFile, inspectImage, isImageError } from "../../images/index.ts";

let folder: string;
const at = (name: string): string => join(folder, name);
const qemuImg = (...args: readonly string[]): void => {
  execFileSync("qemu-img", args, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
};

/** Why the image may not be used; "usable" when it may. */
async function verdict(name: string): Promise<string> {
  const facts = await inspectImage(at(name));
  try {
    assertUsable(facts);
    return "usable";
  } catch (error) {
    if (!isImageError(error)) throw error;
    expect(error.kind).toBe("unusable");
    return error.why ?? "";
  }
}

async function patch(name: string, offset: number, bytes: readonly number[]): Promise<void> {
  const handle = await open(at(name), "r+");
  await handle.write(Uint8Array.from(bytes), 0, bytes.length, offset);
  await handle.close();
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hutch-inspect-"));
  const disk = Buffer.alloc(4 * 1024 * 1024, 7);
  disk.set([0x55, 0xaa], 510);
  await writeFile(at("disk.raw"), disk);
  qemuImg("convert", "-f", "raw", "-O", "qcow2", "disk.raw", "good.qcow2");
  qemuImg("convert", "-f", "raw", "-O", "qcow2", "-c", "disk.raw", "packed.qcow2");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("an image that is whole", () => {
  it.each(["good.qcow2", "packed.qcow2", "disk.raw"])("may be used: %s", async (name) => {
    expect(await verdict(name)).toBe("usable");
  });

  it("is described as QEMU does", async () => {
    const bytes = await readFile(at("good.qcow2"));
    expect(await inspectImage(at("good.qcow2"))).toEqual({
      file: at("good.qcow2"),
      format: "qcow2",
      virtualSizeBytes: 4 * 1024 * 1024,
      fileBytes: bytes.length,
      backingFile: null,
      dataFile: null,
      encrypted: false,
      truncated: false,
      corrupt: false,
      uncheckable: false,
    });
    expect(await hashFile(at("good.qcow2"))).toBe(createHash("sha256").update(bytes).digest("hex"));
  });
});

describe("an image that is refused", () => {
  it("has a backing file", async () => {
    qemuImg("create", "-f", "qcow2", "-F", "qcow2", "-b", "good.qcow2", "overlay.qcow2");
    expect(await verdict("overlay.qcow2")).toContain("backing file");
    expect((await inspectImage(at("overlay.qcow2"))).backingFile).toBe("good.qcow2");
  });

  it("has a data file", async () => {
    qemuImg("create", "-f", "qcow2", "-o", "data_file=data.raw", "split.qcow2", "1M");
    expect(await verdict("split.qcow2")).toContain("another file");
    expect((await inspectImage(at("split.qcow2"))).dataFile).toBe("data.raw");
  });

  it("has a disk of no size", async () => {
    qemuImg("create", "-f", "qcow2", "empty.qcow2", "0");
    expect(await verdict("empty.qcow2")).toContain("size of 0");
  });

  it("claims a disk of more than 16 TiB", async () => {
    qemuImg("create", "-f", "qcow2", "-o", "cluster_size=2M", "huge.qcow2", "17T");
    expect(await verdict("huge.qcow2")).toContain("16 TiB");
  });

  it("is cut off in its tables", async () => {
    qemuImg("convert", "-f", "raw", "-O", "qcow2", "disk.raw", "cut.qcow2");
    await truncate(at("cut.qcow2"), 70_000);
    expect(await verdict("cut.qcow2")).toContain("cut off");
  });

  it("is cut off in its header", async () => {
    await writeFile(at("stub.qcow2"), (await readFile(at("good.qcow2"))).subarray(0, 60));
    expect(await verdict("stub.qcow2")).toContain("cut off");
  });

  it("is cut off in its data", async () => {
    qemuImg("convert", "-f", "raw", "-O", "qcow2", "disk.raw", "short.qcow2");
    await truncate(at("short.qcow2"), (await inspectImage(at("short.qcow2"))).fileBytes - 1024 * 1024);
    expect(await verdict("short.qcow2")).toContain("past the end of the file");
  });

  it("ends within a sector", async () => {
    await writeFile(at("cut.raw"), (await readFile(at("disk.raw"))).subarray(0, 1024 * 1024 + 100));
    expect(await verdict("cut.raw")).toContain("cut off");
  });

  it("has more clusters than can be checked", async () => {
    qemuImg("create", "-f", "qcow2", "-o", "cluster_size=512,refcount_bits=64", "fine.qcow2", "1G");
    await truncate(at("fine.qcow2"), 40 * 1024 ** 3);
    expect(await verdict("fine.qcow2")).toContain("512 MiB of memory");
  });

  it("was marked corrupt by QEMU", async () => {
    qemuImg("convert", "-f", "raw", "-O", "qcow2", "disk.raw", "marked.qcow2");
    await patch("marked.qcow2", 79, [2]);
    expect(await verdict("marked.qcow2")).toContain("damaged");
  });

  it("has entries that point nowhere", async () => {
    qemuImg("convert", "-f", "raw", "-O", "qcow2", "disk.raw", "wild.qcow2");
    const handle = await open(at("wild.qcow2"), "r");
    const { buffer } = await handle.read(Buffer.alloc(8), 0, 8, 40);
    await handle.close();
    await patch("wild.qcow2", Number(buffer.readBigUInt64BE()), [0x80, 0, 0, 0x7f, 0xff, 0xff, 0, 0]);
    expect(await verdict("wild.qcow2")).toContain("damaged");
  });

  it.each([
    ["page.qcow2", Buffer.from("<!DOCTYPE html><title>Sign in</title>"), "no disk image"],
    ["nothing.qcow2", Buffer.alloc(0), "no disk image"],
    ["disk.qcow2.xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), "compressed with xz"],
    ["disk.gz", Buffer.from([0x1f, 0x8b, 8]), "compressed with gzip"],
    ["disk.vmdk", Buffer.from('# Disk DescriptorFile\nRW 1 FLAT "/etc/shadow" 0\n'), "format is vmdk"],
  ])("is no image at all: %s", async (name, bytes, words) => {
    await writeFile(at(name), bytes);
    expect(await verdict(name)).toContain(words);
  });

  it("is a CD, though it starts like a disk", async () => {
    const cd = Buffer.alloc(64 * 1024);
    cd.set([0x55, 0xaa], 510);
    cd.write("CD001", 0x8001, "latin1");
    await writeFile(at("installer.iso"), cd);
    expect(await verdict("installer.iso")).toContain("CD");
  });

  it("is not there", async () => {
    await expect(inspectImage(at("missing"))).rejects.toMatchObject({ kind: "io" });
    await expect(hashFile(at("missing"))).rejects.toMatchObject({ kind: "io" });
  });
});
