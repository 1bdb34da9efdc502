import { describe, expect, it } from "vitest";
import { madeUpName } from "../../../src/core/made-up-names.ts";
import { checkLoginUser, checkName } from "../../../src/core/names.ts";

describe("names that hutch gives", () => {
  it.each(["a", "web", "Web-1", "k3s-node-12", "x".repeat(63)])("accepts %s", (name) => {
    expect(checkName(name)).toBeNull();
  });

  it.each([
    ["", "empty"],
    ["../etc", '"."'],
    ["a/b", '"/"'],
    ["My VM", "space"],
    ["1web", "begin"],
    ["-web", "begin"],
    ["web-", "hyphen"],
    ["web.local", '"."'],
    ["wéb", '"é"'],
    ["web\n", "\\n"],
    ["web\u0000", "\\u0000"],
    ["x".repeat(64), "64"],
  ])("refuses %j and says why", (name, why) => {
    expect(checkName(name)).toContain(why);
  });
});

describe("a login user", () => {
  it.each(["ada", "_apt", "a-b_1", "x".repeat(32)])("may be %s", (name) => {
    expect(checkLoginUser(name)).toBeNull();
  });

  it.each([
    ["root", "root logs in nowhere"],
    ["My User", "small letters"],
    ["-x", "small letters"],
    ["ünï", "small letters"],
    ["", "small letters"],
    ["x".repeat(33), "at most 32"],
  ])("cannot be %j", (name, why) => {
    expect(checkLoginUser(name)).toContain(why);
  });
});

describe("names that hutch makes up", () => {
  it("are host names from either end of the lists", () => {
    for (const at of [0, 0.31, 0.5, 0.999_999]) {
      const name = madeUpName(() => at);
      expect(checkName(name)).toBeNull();
      expect(name).toMatch(/^[a-z]+-[a-z]+$/);
    }
  });

  it("differ with the random numbers, adjective and animal apart", () => {
    const numbers = [0, 0.9, 0.9, 0];
    const next = () => numbers.shift() ?? 0;
    expect(madeUpName(next)).not.toBe(madeUpName(next));
  });
});
