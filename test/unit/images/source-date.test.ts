import { describe, expect, it } from "vitest";
import { sourceDate } from "../../../images/build/source-date.ts";

describe("the date of a build", () => {
  it("is what was asked for, else SOURCE_DATE_EPOCH, else none", () => {
    expect(sourceDate(5, "7")).toBe(5);
    expect(sourceDate(undefined, "7")).toBe(7);
    expect(sourceDate(undefined, "")).toBeUndefined();
    expect(sourceDate(undefined, undefined)).toBeUndefined();
  });

  it.each(["yesterday", "-1", "1.5", "0x10", " 7"])("cannot be %j", (text) => {
    expect(() => sourceDate(undefined, text)).toThrow(`SOURCE_DATE_EPOCH=${text} is no date.`);
  });
});
