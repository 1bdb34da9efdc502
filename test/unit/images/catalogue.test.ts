import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import debian13 from "../../../images/catalog/debian-13.json" with { type: "json" };
import fedora44 from "../../../images/catalog/fedora-44.json" with { type: "json" };
import { parseEntry } from "../../../images/catalogue-entry.ts";
import { type CatalogueEntry, catalogue, findImage, imageWord, isImageError } from "../../../images/index.ts";

const nameOf = (word: string): string | undefined => {
  const found = findImage(word);
  return "suggestions" in found ? undefined : found.name;
};

const failure = (change: object, file = "debian-13.json", data: object = debian13): string => {
  try {
    parseEntry(file, { ...data, ...change });
  } catch (error) {
    expect(isImageError(error) && error.kind).toBe("catalogue");
    return String(error);
  }
  return "accepted";
};

const amd64 = (change: object): object => ({ images: { x86_64: { ...debian13.images.x86_64, ...change } } });

describe("the catalogue", () => {
  it("has every data file in it, each one right", async () => {
    const files = await readdir(new URL("../../../images/catalog/", import.meta.url));
    expect(
      catalogue()
        .map(({ name }) => `${name}.json`)
        .toSorted(),
    ).toEqual(files.toSorted());
  });

  it("has the releases that people ask for", () => {
    const names = catalogue().map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        ...["ubuntu-22.04", "ubuntu-24.04", "ubuntu-26.04", "debian-11", "debian-12", "debian-13"],
        ...["fedora-43", "fedora-44", "centos-9", "centos-10", "rocky-9", "rocky-10", "almalinux-9", "almalinux-10"],
        ...["opensuse-leap-15.6", "opensuse-leap-16.0", "opensuse-tumbleweed", "arch", "alpine-3", "amazonlinux-2023"],
        ...["oracle-9", "oracle-10", "freebsd-15.1", "flatcar-stable", "fedora-coreos-stable"],
      ]),
    );
  });

  it("has both architectures of all but Arch, which is made for one", () => {
    const one = catalogue().filter(({ arches }) => arches.length === 1);
    expect(one.map(({ name }) => name)).toEqual(["arch"]);
  });

  it("boots every x86_64 image by BIOS, hutch's default there, and every aarch64 image by UEFI", () => {
    for (const { images } of catalogue()) {
      expect(images.x86_64?.firmware).toContain("bios");
      if (images.aarch64 !== undefined) expect(images.aarch64.firmware).toEqual(["uefi"]);
    }
  });

  it("means one release with each word", () => {
    const words = catalogue().flatMap((entry) =>
      [entry.name, entry.codename, ...entry.aliases].filter((word) => word !== ""),
    );
    const plain = words.map((word) => word.replace(/[^a-z0-9.]/g, ""));
    expect(plain.filter((word, index) => plain.indexOf(word) !== index)).toEqual([]);
    for (const entry of catalogue()) expect(nameOf(entry.name)).toBe(entry.name);
  });

  it("knows which images are not set up by cloud-init, and which are packed", () => {
    const of = (pick: (entry: CatalogueEntry) => boolean) =>
      catalogue()
        .filter(pick)
        .map(({ name }) => name);
    expect(of(({ configuration }) => configuration === "ignition")).toEqual(["fedora-coreos-stable", "flatcar-stable"]);
    expect(of(({ configuration }) => configuration === "nuageinit")).toEqual(["freebsd-15.1"]);
    expect(of(({ compression }) => compression === "xz")).toEqual(["fedora-coreos-stable", "freebsd-15.1"]);
    expect(of(({ images }) => images.x86_64?.level === 3)).toEqual([
      "almalinux-10",
      "centos-10",
      "oracle-10",
      "rocky-10",
    ]);
  });

  it("says plainly of each what vouches for it", () => {
    const trust = (name: string) => catalogue().find((entry) => entry.name === name)?.trust;
    expect(trust("debian-13")).toBe("unsigned upstream; sha512 published by cloud.debian.org over https");
    expect(trust("ubuntu-24.04")).toBe(
      "signed by D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81; sha256 published by cloud-images.ubuntu.com over https",
    );
    expect(trust("alpine-3")).toBe(
      "signed by F26ADFADBAE702EF7AF637459DA7EF23BFFCDF22; sha512 published by dl-cdn.alpinelinux.org over https",
    );
  });

  it.each([
    [{ user: undefined }, "user must be a text"],
    [{ name: "debian-14" }, "name must be the file's own name"],
    [{ colour: "red" }, "colour is not a known field"],
    [{ codename: "Trixie" }, "codename must be one lower-case word"],
    [{ images: {} }, "images must have an architecture"],
    [{ images: { sparc: {} } }, "images.sparc is not a known field"],
    [
      amd64({ latest: { kind: "fixed", url: "http://x.example/a" } }),
      "images.x86_64.latest.url must be an https address",
    ],
    [amd64({ latest: { kind: "guess" } }), "images.x86_64.latest.kind must be one of fixed, listing"],
    [
      amd64({ latest: { kind: "listing", folder: "https://x.example/a/", file: "a.qcow2" } }),
      "images.x86_64.latest.file must have {build} in it",
    ],
    [amd64({ pinned: { build: "newest", url: "https://x.example/a" } }), "images.x86_64.pinned.build must be the name"],
    [amd64({ firmware: ["bios", "coreboot"] }), "images.x86_64.firmware[1] must be one of bios, uefi"],
    [amd64({ firmware: [] }), "images.x86_64.firmware must not be empty"],
    [amd64({ level: 5 }), "images.x86_64.level must be one of 1, 2, 3, 4"],
    [{ images: { aarch64: { ...debian13.images.aarch64, level: 1 } } }, "images.aarch64.level is for x86_64 only"],
    [{ digests: { ...debian13.digests, format: "md5" } }, "digests.format must be one of gnu"],
    [{ digests: { ...debian13.digests, file: "a/b" } }, "digests.file must be the name of a file"],
    [
      {
        signature: { kind: "detached", over: "list", file: "x", keys: ["A".repeat(40)], keysAt: "https://x.example/a" },
      },
      "signature.over must be one",
    ],
    [{ signature: { kind: "clearsigned", keys: ["abc"] } }, "signature.keys[0] must be 40 hex digits"],
    [{ signature: { kind: "clearsigned", keys: [] } }, "signature.keys must not be empty"],
    [{ signature: { kind: "clearsigned", keys: ["A".repeat(40)] } }, "signature.keys must be in images/keys"],
    [
      { signature: { kind: "clearsigned", keys: ["A".repeat(40)], keysAt: "http://x.example/a" } },
      "signature.keysAt must be an https address",
    ],
    [
      {
        digests: { format: "index", algorithm: "sha256" },
        signature: { kind: "clearsigned", keys: ["36F612DCF27F7D1A48A835E4DBFCF71C6D9F90A6"] },
      },
      "signature can be over the image only",
    ],
    [{ digests: { file: "..", format: "gnu", algorithm: "sha256" } }, "digests.file must be the name of a file"],
    [{ endOfLife: "2030-13-45" }, "endOfLife must be a date"],
    [{ codename: "" }, "codename is the suite that is built from"],
    [{ packages: "brew" }, "packages must be one of apt"],
    [{ configuration: "kickstart" }, "configuration must be one of cloud-init"],
    [{ compression: "rar" }, "compression must be one of"],
    [{ buildable: "yes" }, "buildable must be true or false"],
    [{ minDiskGiB: 2.5 }, "minDiskGiB must be a whole number"],
    [{ endOfLife: "soon" }, "endOfLife must be a date"],
    [{ aliases: "stable" }, "aliases must be a list"],
  ])("names the file and the field that is wrong: %j", (change, words) => {
    expect(failure(change)).toContain(`debian-13.json is wrong: ${words}`);
  });

  it("checks each kind of finder", () => {
    const latest = (change: object) => ({
      images: { x86_64: { ...fedora44.images.x86_64, latest: { ...fedora44.images.x86_64.latest, ...change } } },
    });
    const path = "fedora-44.json is wrong: images.x86_64.latest";
    expect(failure(latest({ index: "ftp://x" }), "fedora-44.json", fedora44)).toContain(
      `${path}.index must be an https`,
    );
    expect(failure(latest({ variant: 3 }), "fedora-44.json", fedora44)).toContain(`${path}.variant must be a text`);
  });
});

describe("finding an image by a word", () => {
  it.each([
    ...["debian-13", "debian:13", "debian13", "Debian 13", "trixie", "TRIXIE", "debian", "stable"].map((word) => [
      word,
      "debian-13",
    ]),
    ...["debian-12", "bookworm", "oldstable"].map((word) => [word, "debian-12"]),
    ...["ubuntu-24.04", "ubuntu:24.04", "noble"].map((word) => [word, "ubuntu-24.04"]),
    ...["ubuntu", "lts", "resolute"].map((word) => [word, "ubuntu-26.04"]),
    ...["jammy", "ubuntu22.04"].map((word) => [word, "ubuntu-22.04"]),
    ...["fedora", "f44"].map((word) => [word, "fedora-44"]),
    ...["centos", "centos-stream-10", "cs10"].map((word) => [word, "centos-10"]),
    ...["rocky", "rockylinux-10"].map((word) => [word, "rocky-10"]),
    ...["alma", "almalinux", "alma-10"].map((word) => [word, "almalinux-10"]),
    ...["leap", "opensuse", "leap-16.0"].map((word) => [word, "opensuse-leap-16.0"]),
    ["tumbleweed", "opensuse-tumbleweed"],
    ...["alpine", "alpine-latest"].map((word) => [word, "alpine-3"]),
    ...["arch", "archlinux"].map((word) => [word, "arch"]),
    ...["al2023", "amazon-linux-2023", "amazonlinux", "amazon"].map((word) => [word, "amazonlinux-2023"]),
    ...["ol9", "oraclelinux-9"].map((word) => [word, "oracle-9"]),
    ["oracle", "oracle-10"],
    ...["freebsd", "freebsd-15"].map((word) => [word, "freebsd-15.1"]),
    ["flatcar", "flatcar-stable"],
    ...["coreos", "fcos", "fedora-coreos"].map((word) => [word, "fedora-coreos-stable"]),
  ])("takes %s for %s", (word, name) => expect(nameOf(word)).toBe(name));

  it.each([
    ["trixei", "debian-13"],
    ["bookwrom", "debian-12"],
    ["debain", "debian-13"],
    ["ubunut-24.04", "ubuntu-24.04"],
    ["fedroa-44", "fedora-44"],
    ["rokcy", "rocky-10"],
  ])("suggests for %s what is spelt nearly so, first %s", (word, first) => {
    const found = findImage(word);
    expect("suggestions" in found && found.suggestions[0]).toBe(first);
    expect("suggestions" in found && found.suggestions.length).toBeLessThanOrEqual(3);
  });

  it("suggests nothing when nothing is near", () => {
    expect(findImage("windows-server-2025")).toEqual({ suggestions: [] });
  });

  it("reads a build behind @", () => {
    expect(imageWord("debian-13@20260712-2537")).toEqual({ release: "debian-13", build: "20260712-2537" });
    expect(imageWord("debian-13")).toEqual({ release: "debian-13", build: null });
    expect(imageWord("debian-13@")).toEqual({ release: "debian-13@", build: null });
    expect(nameOf("trixie@20260712-2537")).toBe("debian-13");
  });
});
