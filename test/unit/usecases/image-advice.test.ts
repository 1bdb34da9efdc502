import { describe, expect, it } from "vitest";
import { findImage } from "#images";
import { isHutchError } from "../../../src/core/errors.ts";
import type { AccelChoice, HostCapabilities } from "../../../src/host/capabilities.ts";
import type { BaseImage } from "../../../src/host/image-label.ts";
import { assertLaunchable, imageWarnings, releaseOf } from "../../../src/usecases/image-advice.ts";
import type { ImageSource } from "../../../src/usecases/image-source.ts";

const KVM: AccelChoice = { kind: "kvm", why: "" };
const TCG: AccelChoice = { kind: "tcg", why: "" };
const X86 = { arch: "x86_64", firmware: "auto" } as const;
const host: HostCapabilities = {
  driver: "QEMU",
  arch: "x86_64",
  cpus: 4,
  memoryBytes: 8 * 1024 ** 3,
  libVersion: 9_000_000,
  guests: [],
  cpuFlag: "vmx",
  cpuLevel: 3,
  externalSnapshots: false,
  uefi: true,
  tpm: false,
  virtiofs: false,
  userBackends: null,
};

const published = (name: string): ImageSource => {
  const entry = findImage(name);
  if ("suggestions" in entry) throw new Error(`the catalogue has no ${name}`);
  return { kind: "catalogue", entry, build: null };
};

const base: BaseImage = {
  name: "debian-13",
  sha256: "ab".repeat(32),
  volume: "debian-13-abababababab.qcow2",
  path: "/pool/debian-13-abababababab.qcow2",
  format: "qcow2",
  bytes: 1,
  virtualBytes: 1,
  trust: "",
  arch: "x86_64",
  origin: { kind: "published", entry: "debian-13", url: "", digest: "", signedBy: null, version: null },
  addedAt: "2026-07-12T10:00:00.000Z",
};
const stored = (change: Partial<BaseImage>): ImageSource => ({ kind: "store", base: { ...base, ...change } });
/** Baked once, and what was baked from that, above the image of a release. */
const twiceBaked = (entry: string): readonly BaseImage[] => {
  const origin = { kind: "baked", baseDigest: "", engine: null, packages: ["git"], userData: null } as const;
  const { origin: published } = base;
  if (published?.kind !== "published") throw new Error("The base is none.");
  return [
    { ...base, name: "top", origin: { ...origin, base: "middle" } },
    { ...base, name: "middle", origin: { ...origin, base: entry, engine: "docker" } },
    { ...base, name: entry, origin: { ...published, entry } },
  ];
};
const lineOf = (source: ImageSource) => (source.kind === "store" ? [source.base] : []);
const release = (source: ImageSource) => releaseOf(source, lineOf(source));

const refusal = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return isHutchError(error) ? `${error.code}: ${error.message}` : error;
  }
  return "none";
};

describe("before anything is made", () => {
  it.each([
    ["flatcar", /^E_IMAGE: Flatcar .* is set up by ignition, not by cloud-init/],
    ["fedora-coreos-stable", /^E_IMAGE: Fedora CoreOS, stable is set up by ignition/],
    ["freebsd", /^E_IMAGE: FreeBSD 15.1 is set up by nuageinit/],
    ["debian-13", /^none$/],
  ])("an image that hutch cannot set up is refused: %s", (name, words) => {
    expect(refusal(() => assertLaunchable(release(published(name)), X86, KVM, host))).toMatch(words);
  });

  it("so is a stored one of such a release", () => {
    const origin = {
      kind: "published",
      entry: "flatcar-stable",
      url: "",
      digest: "",
      signedBy: null,
      version: null,
    } as const;
    expect(refusal(() => assertLaunchable(release(stored({ name: "mine", origin })), X86, KVM, host))).toMatch(
      /ignition/,
    );
  });

  it("an image for newer CPUs is refused on an old one, and emulated all the same", () => {
    const old = { ...host, cpuLevel: 2 } as const;
    expect(refusal(() => assertLaunchable(release(published("rocky-10")), X86, KVM, old))).toBe(
      "E_HOST: Rocky Linux 10 needs a CPU of x86-64-v3, this host's is x86-64-v2.",
    );
    for (const fits of [
      () => assertLaunchable(release(published("rocky-9")), X86, KVM, old),
      () => assertLaunchable(release(published("rocky-10")), X86, KVM, host),
      () => assertLaunchable(release(published("rocky-10")), X86, TCG, old),
      () => assertLaunchable(release(published("rocky-10")), { arch: "aarch64", firmware: "auto" }, KVM, old),
    ])
      expect(refusal(fits)).toBe("none");
  });

  it("a firmware that the image does not boot by is refused", () => {
    const uefi = { arch: "x86_64", firmware: "uefi" } as const;
    expect(refusal(() => assertLaunchable(release(published("centos-9")), uefi, KVM, host))).toBe(
      "E_USAGE: --firmware uefi: CentOS Stream 9 boots by bios only.",
    );
    expect(refusal(() => assertLaunchable(release(published("debian-13")), uefi, KVM, host))).toBe("none");
  });

  it("so is what was baked twice from it, and what needs newer CPUs", () => {
    const line = twiceBaked("centos-10");
    const of = releaseOf(stored({}), line);
    expect(refusal(() => assertLaunchable(of, { arch: "x86_64", firmware: "uefi" }, KVM, host))).toMatch(/^E_USAGE/);
    expect(refusal(() => assertLaunchable(of, X86, KVM, { ...host, cpuLevel: 2 }))).toMatch(/^E_HOST/);
    expect(releaseOf(stored({}), line.slice(0, 2))?.name).toBe("centos-10");
    expect(releaseOf(stored({}), line.slice(0, 1))).toBe(null);
  });
});

describe("what is said at launch", () => {
  const warnings = (source: ImageSource, day: string, caps: HostCapabilities = host) =>
    imageWarnings(release(source), lineOf(source), X86, KVM, caps, Date.parse(`${day}T12:00:00Z`));

  it.each([
    ["2026-07-01", []],
    [
      "2026-07-02",
      ["Debian 11 (bullseye) reaches its end of life on 2026-08-31 (60 days left): no security updates after that."],
    ],
    [
      "2026-08-30",
      ["Debian 11 (bullseye) reaches its end of life on 2026-08-31 (1 day left): no security updates after that."],
    ],
    [
      "2026-08-31",
      ["Debian 11 (bullseye) reaches its end of life on 2026-08-31 (0 days left): no security updates after that."],
    ],
    ["2026-09-01", ["Debian 11 (bullseye) reached its end of life on 2026-08-31: it gets no more security updates."]],
  ])("of a release's end, on %s", (day, said) => {
    expect(warnings(published("debian-11"), day)).toEqual(said);
  });

  it("nothing of the end of what rolls, or of an end that is not fixed yet", () => {
    expect(warnings(published("arch"), "2099-01-01")).toEqual([]);
    expect(warnings(published("fedora-44"), "2099-01-01")).toEqual([]);
  });

  it("of an image that has been in the store for more than 90 days", () => {
    expect(warnings(stored({}), "2026-10-10")).toEqual([]);
    expect(warnings(stored({}), "2026-10-11")).toEqual([
      "The image debian-13 has been in the store for 91 days; there may be a newer one: hutch image pull debian-13",
    ]);
  });

  it("of the age of what was built here", () => {
    const built = stored({ origin: { kind: "built", entry: "debian-13" } });
    expect(warnings(built, "2026-10-10")).toEqual([]);
    expect(warnings(built, "2026-10-11")).toEqual([
      "The packages of the image debian-13 are from 91 days ago. To renew them: hutch image build debian-13",
    ]);
  });

  it("of the age of the base that an image was baked from, and how to renew all between", () => {
    const [top, middle, root] = twiceBaked("debian-13") as [BaseImage, BaseImage, BaseImage];
    const addedAt = "2026-10-01T10:00:00.000Z";
    const line = [{ ...top, addedAt }, { ...middle, addedAt }, root];
    const of = (bases: readonly BaseImage[]) =>
      imageWarnings(releaseOf(stored({}), bases), bases, X86, KVM, host, Date.parse("2026-10-11T12:00:00Z"));
    const bakes =
      "hutch image bake debian-13 --engine docker --packages git --name middle && hutch image bake middle --packages git --name top";
    expect(of(line)).toEqual([
      `The packages of the image top are from 91 days ago. To renew them: hutch image pull debian-13 && ${bakes}`,
    ]);
    // Without its base an image is known to be as old as itself.
    expect(of(line.slice(0, 2))).toEqual([]);
    expect(of([{ ...top, addedAt }, middle])).toEqual([expect.stringContaining(`To renew them: ${bakes}`)]);
    // A build that was named is to stay what it is.
    const pinned = { ...middle, origin: { ...middle.origin, base: "debian-13@20260712-2537" } as BaseImage["origin"] };
    expect(of([top, pinned, { ...root, name: "debian-13@20260712-2537" }])).toEqual([]);
    // What a user brought is the user's to renew, with all that was baked from it.
    expect(of([top, middle, { ...root, origin: { kind: "imported", from: "/mine.qcow2" } }])).toEqual([]);
  });

  it("nothing of the age of what the user brought", () => {
    const mine = stored({ name: "mine", origin: { kind: "imported", from: "/mine.qcow2" } });
    expect(warnings(mine, "2029-10-11")).toEqual([]);
    expect(warnings({ kind: "file", path: "/mine.qcow2" }, "2029-10-11")).toEqual([]);
  });

  it("of the end of the release that an image was baked or built from", () => {
    const baked = {
      kind: "baked",
      base: "debian-11",
      baseDigest: "",
      engine: null,
      packages: [],
      userData: null,
    } as const;
    expect(warnings(stored({ name: "mine", origin: baked }), "2026-10-10")).toEqual([
      expect.stringContaining("Debian 11"),
    ]);
    expect(warnings(stored({ origin: { kind: "built", entry: "debian-11" } }), "2026-10-10")).toEqual([
      expect.stringContaining("Debian 11"),
    ]);
  });

  it("of a CPU that could not be told", () => {
    const unknown = { ...host, cpuLevel: null };
    expect(warnings(published("rocky-10"), "2026-10-11", unknown)).toEqual([
      expect.stringMatching(/x86-64-v3; whether/),
    ]);
    expect(warnings(published("debian-13"), "2026-10-11", unknown)).toEqual([]);
  });
});
