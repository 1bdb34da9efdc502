import { describe, expect, it } from "vitest";
import { isImageName } from "../../../src/core/bake.ts";
import { importName } from "../../../src/usecases/image-import.ts";

describe("the name of what is imported without one", () => {
  it.each([
    ["disk.qcow2", "disk"],
    ["/srv/disks/debian-13.raw.xz", "debian-13"],
    ["My disk (2).vmdk", "My-disk-2"],
    ["_old.img.qcow2", "old"],
    ["https://example.org/a%20b.img.zst?token=1", "a-b"],
    ["https://example.org/disk%zz.img", "disk"],
  ])("is the file's own, as far as a name can be it: %s", (from, name) => {
    expect(importName(from)).toBe(name);
    expect(isImageName(name)).toBe(true);
  });
});
