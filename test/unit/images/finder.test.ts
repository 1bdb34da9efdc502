import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildOf, type Finder, foundIn, namesInListing, newestOf } from "../../../images/finder.ts";
import { isImageError } from "../../../images/index.ts";

const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/images/${name}`, import.meta.url), "utf8");

const ALPINE = "alpine-{build}-x86_64-cloudinit-r{build}.qcow2";

describe("the build in a file's name", () => {
  it("is what stands for {build}, several pieces joined", () => {
    expect(buildOf("alpine-3.24.2-x86_64-cloudinit-r2.qcow2", ALPINE)).toBe("3.24.2-2");
    expect(
      buildOf("Fedora-Cloud-Base-Generic-44-1.7.x86_64.qcow2", "Fedora-Cloud-Base-Generic-{build}.x86_64.qcow2"),
    ).toBe("44-1.7");
  });

  it.each([
    "nocloud_alpine-3.24.1-x86_64-bios-cloudinit-r0.qcow2",
    "alpine-3.24.2-x86_64-cloudinit-metal-r2.qcow2",
    "alpine--x86_64-cloudinit-r0.qcow2",
    "x",
  ])("is none in %s", (name) => expect(buildOf(name, ALPINE)).toBeUndefined());

  it("does not take a dot of the pattern for any letter", () => {
    expect(buildOf("a1xqcow2", "a{build}.qcow2")).toBeUndefined();
  });
});

describe("a folder's listing", () => {
  it("gives the names of files in that folder, and nothing else", () => {
    const html =
      '<a href="a.img">x</a><A HREF="./b%2Bc.img"> <a href="/root"><a href="../"><a href="?C=M"><a href="https://x/y">';
    expect(namesInListing(html)).toEqual(["a.img", "b+c.img"]);
  });

  it("of Alpine's gives the newest of the wanted kind, counted as numbers", () => {
    expect(newestOf(namesInListing(fixture("alpine-listing.html")), ALPINE)).toEqual({
      name: "alpine-3.24.10-x86_64-cloudinit-r0.qcow2",
      build: "3.24.10-0",
    });
  });

  it("without a fitting name gives nothing", () => {
    expect(newestOf(["a", "b"], ALPINE)).toBeUndefined();
  });
});

describe("Fedora's index", () => {
  const finder: Exclude<Finder, { kind: "fixed" | "listing" | "digests" }> = {
    kind: "fedora-releases",
    index: "https://fedoraproject.org/releases.json",
    version: "44",
    variant: "Cloud",
    arch: "x86_64",
    file: "Fedora-Cloud-Base-Generic-{build}.x86_64.qcow2",
  };

  it("gives the address of the release, the architecture and the kind that are wanted", () => {
    expect(foundIn(finder, fixture("fedora-releases.json"))).toEqual({
      url: "https://download.fedoraproject.org/pub/fedora/linux/releases/44/Cloud/x86_64/images/Fedora-Cloud-Base-Generic-44-1.7.x86_64.qcow2",
      build: "44-1.7",
    });
    expect(foundIn({ ...finder, version: "45" }, fixture("fedora-releases.json"))).toBeUndefined();
    expect(foundIn({ ...finder, arch: "aarch64" }, fixture("fedora-releases.json"))).toBeUndefined();
  });

  it.each(["{}", "null", "[3, null]"])("gives nothing of %s", (text) => expect(foundIn(finder, text)).toBeUndefined());

  it("that is no JSON is refused", () => {
    expect(() => foundIn(finder, "<html>")).toThrow(
      expect.toSatisfy((error) => isImageError(error) && error.kind === "refused"),
    );
  });
});

describe("Oracle's template", () => {
  const finder: Exclude<Finder, { kind: "fixed" | "listing" | "digests" }> = {
    kind: "oracle-template",
    index: "https://yum.oracle.com/templates/OracleLinux/ol9-template.json",
    type: "kvm",
    file: "OL9U{build}_x86_64-kvm-b{build}.qcow2",
  };

  it("gives address, build and digest", () => {
    expect(foundIn(finder, fixture("oracle-template.json"))).toEqual({
      url: "https://yum.oracle.com/templates/OracleLinux/OL9/u8/x86_64/OL9U8_x86_64-kvm-b293.qcow2",
      build: "8-293",
      sha256: "ab".repeat(32),
    });
  });

  it("without a whole SHA-256 gives nothing", () => {
    const text = fixture("oracle-template.json").replace("ab".repeat(32), "abab");
    expect(foundIn(finder, text)).toBeUndefined();
  });
});

describe("Fedora CoreOS's stream", () => {
  const finder: Exclude<Finder, { kind: "fixed" | "listing" | "digests" }> = {
    kind: "coreos-stream",
    index: "https://builds.coreos.fedoraproject.org/streams/stable.json",
    arch: "x86_64",
  };

  it("gives address, build and the digest of the packed file", () => {
    expect(foundIn(finder, fixture("coreos-stream.json"))).toEqual({
      url: "https://builds.coreos.fedoraproject.org/prod/streams/stable/builds/44.20260705.3.0/x86_64/fedora-coreos-44.20260705.3.0-qemu.x86_64.qcow2.xz",
      build: "44.20260705.3.0",
      sha256: "cd".repeat(32),
    });
    expect(foundIn({ ...finder, arch: "s390x" }, fixture("coreos-stream.json"))).toBeUndefined();
  });
});
