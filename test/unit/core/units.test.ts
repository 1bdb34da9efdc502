import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHutchError } from "../../../src/core/errors.ts";
import {
  formatAge,
  formatClock,
  formatDuration,
  formatSize,
  parseAge,
  parseDuration,
  parseSize,
  sizeArgument,
} from "../../../src/core/units.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

function faultOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (isHutchError(error)) return error.toData();
    throw error;
  }
  throw new Error("it was accepted");
}

describe("sizes", () => {
  it.each([
    ["4", 4 * GIB],
    ["4G", 4 * GIB],
    ["4g", 4 * GIB],
    ["4GiB", 4 * GIB],
    ["20GB", 20 * GIB],
    ["20 GiB", 20 * GIB],
    ["4096M", 4 * GIB],
    ["1.5G", 1.5 * GIB],
    ["512k", 512 * 1024],
    ["2T", 2048 * GIB],
  ])("reads %s", (text, bytes) => {
    expect(parseSize(text, "--memory")).toBe(bytes);
  });

  it.each(["", "G", "4X", "-4G", "4GG", "1e3", "0", "0G", "four", "4,5G", "0x10", "99999999999T", "NaN"])(
    "refuses %j, naming the flag, the word and a right one",
    (text) => {
      const fault = faultOf(() => parseSize(text, "--disk"));
      expect(fault.code).toBe("E_USAGE");
      expect(fault.message).toContain("--disk");
      expect(fault.message).toContain(text);
      expect(fault.next?.join()).toContain("--disk 4G");
    },
  );

  it("says that a negative size is negative", () => {
    expect(faultOf(() => parseSize("-4G", "--disk")).message).toContain("negative");
  });

  it.each([
    [0, "0 B"],
    [300, "300 B"],
    [1536, "1.5 KiB"],
    [2 * GIB, "2 GiB"],
    [2.26 * GIB, "2.3 GiB"],
    [3 * 1024 * GIB, "3 TiB"],
  ])("writes %d as %s", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it("writes what the flag takes, never smaller", () => {
    expect(sizeArgument(20 * GIB)).toBe("20G");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 46 }), (bytes) => {
        const again = parseSize(sizeArgument(bytes), "--disk");
        return again >= bytes && again - bytes < MIB;
      }),
    );
  });
});

describe("lengths of time", () => {
  it.each([
    ["90", 90_000],
    ["90s", 90_000],
    ["1.5s", 1_500],
    ["10m", 600_000],
    ["10min", 600_000],
    ["1h30m", 5_400_000],
    ["1h5s", 3_605_000],
  ])("reads %s", (text, ms) => {
    expect(parseDuration(text, "--timeout")).toBe(ms);
  });

  it.each(["", "0", "-1", "ten", "10x", "s", "5m1h", "1000h", "1d"])("refuses %j", (text) => {
    const fault = faultOf(() => parseDuration(text, "--timeout"));
    expect(fault.code).toBe("E_USAGE");
    expect(fault.message).toContain("--timeout");
    expect(fault.next?.join()).toContain("--timeout 90s");
  });

  it.each([
    [0, "0.0 s"],
    [3_240, "3.2 s"],
    [9_949, "9.9 s"],
    [9_960, "10 s"],
    [59_400, "59 s"],
    [59_600, "1 min"],
    [72_000, "1 min 12 s"],
    [7_500_000, "2 h 5 min"],
  ])("writes %d ms as %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

describe("a time left", () => {
  it.each([
    [0, "0:00"],
    [6_400, "0:06"],
    [34_000, "0:34"],
    [725_000, "12:05"],
    [3_723_000, "1:02:03"],
  ])("%d ms -> %s", (ms, text) => expect(formatClock(ms)).toBe(text));
});

describe("an age", () => {
  const HOUR = 3_600_000;
  it.each([
    [0, "now"],
    [3 * HOUR, "3 h"],
    [47 * HOUR, "47 h"],
    [48 * HOUR, "2 d"],
    [59 * 24 * HOUR, "59 d"],
    [70 * 24 * HOUR, "10 weeks"],
  ])("%d ms -> %s", (ms, text) => expect(formatAge(ms)).toBe(text));

  it.each([
    ["30d", 30 * 24 * HOUR],
    ["7", 7 * 24 * HOUR],
    ["12H", 12 * HOUR],
    ["2w", 14 * 24 * HOUR],
    ["0d", 0],
  ])("%s is read", (text, ms) => expect(parseAge(text, "--older-than")).toBe(ms));

  it.each(["", "d", "-1d", "1m", "1.5d", "99999999999999999d"])("%j is none", (text) =>
    expect(() => parseAge(text, "--older-than")).toThrow(expect.objectContaining({ code: "E_USAGE" })),
  );
});
