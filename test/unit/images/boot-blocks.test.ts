import { describe, expect, it } from "vitest";
import { bootCode, coreBlocks } from "../../../images/build/boot-blocks.ts";
import { diskIds } from "../../../images/build/disk-ids.ts";
import {
  BOOT_PARTITION,
  DISK_BYTES,
  ESP_PARTITION,
  partitionArgs,
  ROOT_PARTITION,
} from "../../../images/build/disk-layout.ts";

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

describe("the first boot block", () => {
  const image = new Uint8Array(512).fill(0xaa);

  it("is code only, with the core's address and no check of the drive", () => {
    const code = bootCode(image, 2048);
    expect(code.length).toBe(440);
    expect(view(code).getBigUint64(0x5c, true)).toBe(2048n);
    expect([...code.subarray(0x66, 0x68)]).toEqual([0x90, 0x90]);
    const touched = [...code.keys()].filter((at) => code[at] !== 0xaa);
    expect(touched).toEqual([0x5c, 0x5d, 0x5e, 0x5f, 0x60, 0x61, 0x62, 0x63, 0x66, 0x67]);
    expect(image.every((byte) => byte === 0xaa)).toBe(true);
  });

  it("is refused from an image that is no sector", () => {
    expect(() => bootCode(new Uint8Array(440), 2048)).toThrow("440 bytes");
  });
});

describe("the core image", () => {
  it("is padded to sectors and lists the ones after its first", () => {
    const core = new Uint8Array(512 * 3 + 1).fill(0xbb);
    const blocks = coreBlocks(core, 2048, 100);
    expect(blocks.length).toBe(512 * 4);
    expect(view(blocks).getBigUint64(0x1f4, true)).toBe(2049n);
    expect(view(blocks).getUint16(0x1fc, true)).toBe(3);
    expect(view(blocks).getUint16(0x1fe, true)).toBe(0x820);
    expect(blocks[512 * 3]).toBe(0xbb);
    expect(blocks[512 * 3 + 1]).toBe(0);
  });

  it("is refused when the partition is too small for it", () => {
    expect(() => coreBlocks(new Uint8Array(513 * 512), 2048, 512)).toThrow("needs 513 sectors");
    expect(() => coreBlocks(new Uint8Array(512), 2048, 512)).toThrow("shorter than two");
  });
});

describe("the disk", () => {
  it("has the boot partition and UEFI's before the root, and room for the second GPT behind it", () => {
    const rootEnd = ROOT_PARTITION.offsetBytes + ROOT_PARTITION.sizeKiB * 1024;
    expect(BOOT_PARTITION.startSector + BOOT_PARTITION.sectors).toBe(ESP_PARTITION.startSector);
    expect(ESP_PARTITION.offsetBytes + ESP_PARTITION.sizeKiB * 1024).toBe(ROOT_PARTITION.offsetBytes);
    expect(DISK_BYTES - rootEnd).toBeGreaterThanOrEqual(33 * 512);
    expect(DISK_BYTES - rootEnd).toBeLessThan(33 * 512 + 4096);
    const args = partitionArgs("disk.img", diskIds("debian-13", undefined));
    expect(args).toContain("--new=14:2048:8191");
    expect(args).toContain("--new=15:8192:73727");
    expect(args.indexOf("--new=1:73728:0")).toBeGreaterThan(args.indexOf("--new=15:8192:73727"));
  });

  it("is told from every other, unless it is to come out the same again", () => {
    const values = (epoch: number | undefined) => Object.values(diskIds("debian-13", epoch));
    const [first, second] = [values(undefined), values(undefined)];
    expect(new Set([...first, ...second]).size).toBe(first.length * 2);
    expect(values(1_767_225_600)).toEqual(values(1_767_225_600));
    expect(new Set([...values(1_767_225_600), ...values(1_767_225_601)]).size).toBe(first.length * 2);
    for (const id of values(0).slice(0, 5)) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(values(0).at(-1)).toMatch(/^[0-9a-f]{8}$/);
  });
});
