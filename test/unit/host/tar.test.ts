import { describe, expect, it } from "vitest";
import { BLOCK_BYTES, paddingOf, readTarHeader, tarHeader } from "../../../src/host/tar.ts";

describe("tar headers", () => {
  it.each([0, 1, 511, 8 ** 11 - 1, 8 ** 11, 16 * 1024 ** 4])("tell a size of %i bytes", (bytes) => {
    expect(readTarHeader(tarHeader({ name: "disk0.qcow2", bytes }, 0))).toEqual({ name: "disk0.qcow2", bytes });
  });

  it("end with an empty block", () => expect(readTarHeader(new Uint8Array(BLOCK_BYTES))).toBeNull());

  it.each(["../x", "/x", "a/b", "", ".hidden", "a\\b", "a b"])("refuse the name %j", (name) => {
    expect(readTarHeader(tarHeader({ name, bytes: 0 }, 0))).toMatch("leads elsewhere");
  });

  it("refuse what is damaged", () => {
    const block = tarHeader({ name: "disk0.qcow2", bytes: 5 }, 0);
    block[3] = 1;
    expect(readTarHeader(block)).toMatch("damaged");
  });

  it("fill whole blocks", () => expect([0, 1, 511, 512, 513].map(paddingOf)).toEqual([0, 511, 1, 0, 511]));
});
