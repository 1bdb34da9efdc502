import { describe, expect, it } from "vitest";
import { parseMount, parseMountTarget } from "../../../src/core/mount-syntax.ts";

describe("where a folder is mounted", () => {
  it("is a whole path in a VM", () => {
    expect(parseMountTarget("web:/srv//site/")).toEqual({ machine: "web", guestPath: "/srv/site" });
    expect(parseMountTarget("web:/漢 x:y")).toEqual({ machine: "web", guestPath: "/漢 x:y" });
  });

  it.each(["/srv/site", "web", "web:site", "web:", "web:/", "web:/a/../b", "web:/a/.", "./web:/a"])(
    "%j is refused",
    (text) => {
      expect(() => parseMountTarget(text)).toThrow(expect.objectContaining({ code: "E_USAGE" }));
    },
  );
});

describe("--mount", () => {
  it("names folder, place and mode", () => {
    expect(parseMount("./site:/srv/site:ro")).toEqual({
      hostPath: "./site",
      guestPath: "/srv/site",
      readonly: true,
    });
    expect(parseMount("/a b:/c")).toEqual({ hostPath: "/a b", guestPath: "/c" });
    expect(() => parseMount("/a")).toThrow("FOLDER:/PATH");
  });
});
