import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isImageName } from "../../../src/core/bake.ts";
import { assertImportable, importName } from "../../../src/usecases/image-import.ts";

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

describe("what can be imported", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hutch-importable-"));
    writeFileSync(join(folder, "file"), "");
    execFileSync("mkfifo", [join(folder, "pipe")]);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const check = (from: string) => () => assertImportable({ from, name: "mine", digest: undefined });

  it("is a file", () => {
    expect(check(join(folder, "file"))).not.toThrow();
    expect(check(join(folder, "none"))).toThrow(expect.objectContaining({ code: "E_NOT_FOUND" }));
  });

  it("is nothing that only looks like a file", () => {
    for (const [from, words] of [
      [folder, "is a folder"],
      [join(folder, "pipe"), "is a pipe"],
      ["/dev/zero", "is a device"],
    ] as const)
      expect(check(from)).toThrow(
        expect.objectContaining({ code: "E_USAGE", message: expect.stringContaining(words) }),
      );
  });
});
