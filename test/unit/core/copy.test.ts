import { describe, expect, it } from "vitest";
import { entryName, formatPlace, parseCopy, parsePlace } from "../../../src/core/copy.ts";

describe("a place to copy from or to", () => {
  it.each([
    ["web:/etc/hosts", { kind: "machine", machine: "web", path: "/etc/hosts" }],
    ["web:", { kind: "machine", machine: "web", path: "./" }],
    ["web:~", { kind: "machine", machine: "web", path: "./" }],
    ["web:~/a b", { kind: "machine", machine: "web", path: "./a b" }],
    ["web:-rf", { kind: "machine", machine: "web", path: "./-rf" }],
    ["My VM:x:y", { kind: "machine", machine: "My VM", path: "./x:y" }],
    ["web:a\nb", { kind: "machine", machine: "web", path: "./a\nb" }],
    ["./a:b", { kind: "host", path: "./a:b" }],
    ["/漢/c:d", { kind: "host", path: "/漢/c:d" }],
    ["file", { kind: "host", path: "file" }],
    ["-", { kind: "stream" }],
  ])("%j is understood", (text, place) => {
    expect(parsePlace(text)).toEqual(place);
  });

  it("is told as it was written", () => {
    for (const text of ["web:/etc/hosts", "web:x", "./a:b", "-"]) expect(formatPlace(parsePlace(text))).toBe(text);
  });

  it("has a name of its own, or none", () => {
    expect(["/a/b", "b/", "a/.", "..", "/", "./"].map(entryName)).toEqual(["b", "b", "", "", "", ""]);
  });
});

describe("an order to copy", () => {
  it.each([
    [["a"], "b", "Neither side"],
    [["a", "web:b"], "c", "Neither side"],
    [["-"], "web:", "needs a name"],
    [["-"], "web:dir/", "needs a name"],
    [["-", "a"], "web:b", "one of several"],
    [["web:a", "web:b"], "-", "Only one"],
    [["web:a"], "web:a/b", "into itself"],
    [["web:a/"], "web:a", "into itself"],
    [[], "web:", "nothing to copy"],
    [["web:a\0b"], "b", "NUL"],
    [["web:a"], "", "empty"],
  ])("%j to %j is refused", (from, to, said) => {
    expect(() => parseCopy({ from, to })).toThrow(said);
  });

  it("may lead from a VM to a VM, also to the same one", () => {
    expect(parseCopy({ from: ["web:a"], to: "db:a" }).to).toMatchObject({ machine: "db" });
    expect(parseCopy({ from: ["web:a"], to: "web:ab" }).to).toMatchObject({ machine: "web" });
  });
});
