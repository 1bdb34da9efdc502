import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import debian13 from "../../../images/catalog/debian-13.json" with { type: "json" };
import { parseEntry } from "../../../images/catalogue-entry.ts";
import { catalogue, findImage, isImageError } from "../../../images/index.ts";

const nameOf = (word: string): string | undefined => {
  const found = findImage(word);
  return "suggestions" in found ? undefined : found.name;
};

const failure = (change: object): string => {
  try {
    parseEntry("debian-13.json", { ...debian13, ...change });
  } catch (error) {
    expect(isImageError(error) && error.kind).toBe("catalogue");
    return String(error);
  }
  return "accepted";
};

describe("the catalogue", () => {
  it("has every data file in it, each one right", async () => {
    const files = await readdir(new URL("../../../images/catalog/", import.meta.url));
    expect(
      catalogue()
        .map(({ name }) => `${name}.json`)
        .toSorted(),
    ).toEqual(files.toSorted());
  });

  it("names the newest build and a pinned one for both architectures", () => {
    for (const entry of catalogue()) {
      expect(entry.images.x86_64?.latest).toContain("/latest/");
      expect(entry.images.aarch64?.pinned).toContain("arm64");
      expect(entry.images.x86_64?.firmware).toContain("bios");
    }
  });

  it.each([
    [{ user: undefined }, "user must be a text"],
    [{ name: "debian-14" }, "name must be the file's own name"],
    [{ colour: "red" }, "colour is not a known field"],
    [{ images: {} }, "images must have an architecture"],
    [{ images: { sparc: {} } }, "images.sparc is not a known field"],
    [
      { images: { x86_64: { ...debian13.images.x86_64, latest: "http://x.example/a" } } },
      "images.x86_64.latest must be an https address",
    ],
    [
      { images: { x86_64: { ...debian13.images.x86_64, firmware: ["bios", "coreboot"] } } },
      "images.x86_64.firmware[1] must be one of bios, uefi",
    ],
    [{ digests: { ...debian13.digests, format: "md5" } }, "digests.format must be one of gnu"],
    [{ signature: { file: "x.sign", fingerprint: "abc" } }, "signature.fingerprint must be 40 hex digits"],
    [{ buildable: "yes" }, "buildable must be true or false"],
    [{ minDiskGiB: 2.5 }, "minDiskGiB must be a whole number"],
    [{ endOfLife: "soon" }, "endOfLife must be a date"],
    [{ aliases: "stable" }, "aliases must be a list"],
  ])("names the file and the field that is wrong: %j", (change, words) => {
    expect(failure(change)).toContain(`debian-13.json is wrong: ${words}`);
  });
});

describe("finding an image by a word", () => {
  it.each(["debian-13", "debian:13", "debian13", "Debian 13", "trixie", "TRIXIE", "debian", "stable"])(
    "takes %s for Debian 13",
    (word) => expect(nameOf(word)).toBe("debian-13"),
  );

  it.each(["debian-12", "bookworm", "oldstable"])("takes %s for Debian 12", (word) => {
    expect(nameOf(word)).toBe("debian-12");
  });

  it.each([
    ["trixei", ["debian-13"]],
    ["bookwrom", ["debian-12"]],
    ["debain", ["debian-13", "debian-12"]],
    ["debian-11", ["debian-12", "debian-13"]],
  ])("suggests for %s what is spelt nearly so", (word, suggestions) => {
    const found = findImage(word);
    expect("suggestions" in found && found.suggestions.toSorted()).toEqual(suggestions.toSorted());
  });

  it("suggests everything when nothing is near", () => {
    expect(findImage("solaris")).toEqual({ suggestions: ["debian-12", "debian-13"] });
  });
});
