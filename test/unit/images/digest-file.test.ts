import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  DIGEST_FORMATS,
  type DigestFormat,
  digestFrom,
  namesListed,
  soleDigestFrom,
} from "../../../images/digest-file.ts";

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");
const a256 = hex("sha256", "a");
const b256 = hex("sha256", "b");
const a512 = hex("sha512", "a");

type Fixture = readonly [file: string, algorithm: "sha256" | "sha512", name: string, digit: string];

/** As their publishers write them, but for the digests. */
const FIXTURES: Readonly<Record<DigestFormat, Fixture>> = {
  gnu: ["ubuntu.SHA256SUMS", "sha256", "noble-server-cloudimg-arm64.img", "c"],
  bsd: ["rocky.CHECKSUM", "sha256", "Rocky-9-GenericCloud-Base.latest.x86_64.qcow2", "d"],
  bare: ["alpine.sha512", "sha512", "generic_alpine-3.24.1-x86_64-bios-cloudinit-r0.qcow2", "a"],
  "debian-json": ["debian.json", "sha512", "debian-13-genericcloud-amd64.qcow2", "a"],
  sections: ["flatcar.DIGESTS", "sha512", "flatcar_production_qemu_image.img", "a"],
};

it.each(DIGEST_FORMATS)("a publisher's file of the format %s is read", (format) => {
  const [file, algorithm, name, digit] = FIXTURES[format];
  const text = readFileSync(new URL(`../../fixtures/images/${file}`, import.meta.url), "utf8");
  expect(digestFrom(text, format, algorithm, name)).toBe(digit.repeat(algorithm === "sha256" ? 64 : 128));
});

describe("lists of digests", () => {
  it("reads GNU lines, with and without a star or a folder", () => {
    const text = `# comment\n${b256}  other.qcow2\r\n${a256} *a.qcow2\n${b256}  ./c.qcow2\n`;
    expect(digestFrom(text, "gnu", "sha256", "a.qcow2")).toBe(a256);
    expect(digestFrom(text, "gnu", "sha256", "c.qcow2")).toBe(b256);
    expect(digestFrom(text, "gnu", "sha256", "missing.qcow2")).toBeUndefined();
  });

  it("matches the whole name, not a part of it", () => {
    expect(digestFrom(`${a256}  not-a.qcow2\n`, "gnu", "sha256", "a.qcow2")).toBeUndefined();
  });

  it("takes the first of two lines for one file", () => {
    expect(digestFrom(`${a256}  a\n${b256}  a\n`, "gnu", "sha256", "a")).toBe(a256);
  });

  it("reads BSD lines of the wanted algorithm", () => {
    const text = `SHA512 (a.img) = ${a512}\nSHA256 (a.img) = ${a256.toUpperCase()}\n`;
    expect(digestFrom(text, "bsd", "sha256", "a.img")).toBe(a256);
    expect(digestFrom(text, "bsd", "sha512", "a.img")).toBe(a512);
  });

  it("reads a bare digest", () => {
    expect(digestFrom(`${a512}\n`, "bare", "sha512", "whatever")).toBe(a512);
  });

  it("reads the section of the wanted algorithm only", () => {
    const text = readFileSync(new URL("../../fixtures/images/flatcar.DIGESTS", import.meta.url), "utf8");
    const name = "flatcar_production_qemu_image.img";
    expect(digestFrom(text, "sections", "sha512", name)).toBe("a".repeat(128));
    expect(digestFrom(text, "sections", "sha256", name)).toBeUndefined();
    expect(digestFrom(text, "sections", "sha512", "other.img")).toBeUndefined();
  });

  it("takes the one line of a file's own list under the name with its build, and under no other's", () => {
    const sole = (listed: string, name: string) => soleDigestFrom(`${a256}  ${listed}\n`, "gnu", "sha256", name);
    const cloud = "openSUSE-Leap-15.6-Minimal-VM.x86_64-Cloud.qcow2";
    expect(sole("openSUSE-Leap-15.6-Minimal-VM.x86_64-15.6.0-Cloud-Build16.6.qcow2", cloud)).toBe(a256);
    expect(sole("Arch-Linux-x86_64-cloudimg-20260715.556894.qcow2", "Arch-Linux-x86_64-cloudimg.qcow2")).toBe(a256);
    expect(sole("Stream-9-20260720.0.x86_64.qcow2", "Stream-9-latest.x86_64.qcow2")).toBe(a256);
    for (const other of [
      "openSUSE-Leap-15.5-Minimal-VM.x86_64-15.5.0-Cloud-Build16.6.qcow2",
      "openSUSE-Leap-15.6-Minimal-VM.aarch64-15.6.0-Cloud-Build16.6.qcow2",
      "openSUSE-Leap-15.6-Minimal-VM.x86_64-15.6.0-kvm-Build16.6.qcow2",
      "openSUSE-Leap-15.6-Minimal-VM.x86_64-15.6.0-Cloud-Build16.6.vmdk",
    ])
      expect(sole(other, cloud)).toBeUndefined();
    expect(soleDigestFrom(`${a256}  a-1.qcow2\n${b256}  a-2.qcow2\n`, "gnu", "sha256", "a.qcow2")).toBeUndefined();
  });

  it("names what it lists", () => {
    expect(namesListed(`# x\n${a256}  a.qcow2\n${a256} *b.img\r\nSHA256 (c d) = ${a256}\nrubbish\n`)).toEqual([
      "a.qcow2",
      "b.img",
      "c d",
    ]);
  });

  it.each(["", "<html>", a256.slice(2), `${a256.slice(1)}g`])(
    "refuses what is no digest of that length: %s",
    (text) => {
      expect(digestFrom(text, "bare", "sha256", "a")).toBeUndefined();
      expect(digestFrom(`${text}  a`, "gnu", "sha256", "a")).toBeUndefined();
    },
  );

  describe("of Debian, in JSON", () => {
    const upload = (ref: string, digest: string): object => ({
      kind: "Upload",
      data: { provider: "cloud.debian.org", ref },
      metadata: { annotations: { "cloud.debian.org/digest": digest } },
    });
    const base64 = (text: string): string => createHash("sha512").update(text).digest("base64").replaceAll("=", "");
    const text = JSON.stringify({
      kind: "List",
      items: [
        { kind: "Build", data: {}, metadata: {} },
        upload("trixie/20260712-2537/debian-13-genericcloud-amd64-20260712-2537.raw", `sha512:${base64("b")}`),
        upload("trixie/20260712-2537/debian-13-genericcloud-amd64-20260712-2537.qcow2", `sha512:${base64("a")}`),
      ],
    });

    it("finds the upload of the wanted name and turns its base64 into hex", () => {
      const name = "debian-13-genericcloud-amd64-20260712-2537.qcow2";
      expect(digestFrom(text, "debian-json", "sha512", name)).toBe(a512);
      expect(digestFrom(text, "debian-json", "sha512", "debian-13-genericcloud-amd64.qcow2")).toBe(a512);
    });

    it("gives nothing for another algorithm, another name or broken JSON", () => {
      expect(digestFrom(text, "debian-json", "sha256", "debian-13-genericcloud-amd64.qcow2")).toBeUndefined();
      expect(digestFrom(text, "debian-json", "sha512", "debian-12-genericcloud-amd64.qcow2")).toBeUndefined();
      expect(digestFrom(text.slice(0, -3), "debian-json", "sha512", "debian-13.qcow2")).toBeUndefined();
      expect(digestFrom("[null, 3]", "debian-json", "sha512", "a")).toBeUndefined();
    });
  });
});
