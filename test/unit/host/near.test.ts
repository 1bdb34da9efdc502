import { describe, expect, it } from "vitest";
import { nearNames } from "../../../src/core/near.ts";

describe("near names", () => {
  it.each([
    ["debain-13", ["debian-13", "debian-12"]],
    ["debian13", ["debian-13", "debian-12"]],
    ["Debian-13", ["debian-13", "debian-12"]],
    ["ubuntu", ["ubuntu-24.04"]],
    ["fedora", []],
    ["d", []],
    ["", []],
  ])("of %s are %j", (word, near) => {
    expect(nearNames(word, ["debian-12", "debian-13", "ubuntu-24.04"])).toEqual(near);
  });

  it("counts two letters that changed places as one slip, and knows no name twice", () => {
    expect(nearNames("wbe", ["web", "web", "wob", "abc"])).toEqual(["web"]);
  });

  it("shows three at most", () => {
    expect(nearNames("web", ["web1", "web2", "web3", "web4"])).toHaveLength(3);
  });
});
