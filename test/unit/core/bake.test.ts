import { describe, expect, it } from "vitest";
import {
  type Bakeable,
  engineIn,
  fittingBake,
  isImageName,
  isPackageName,
  isStale,
  lineage,
  newerBase,
} from "../../../src/core/bake.ts";

const GIB = 1024 ** 3;

const base = (digest: string, addedAt: string): Bakeable => ({
  name: "debian-13",
  digest,
  arch: "x86_64",
  virtualBytes: 3 * GIB,
  origin: null,
  addedAt,
});
const baked = (from: string, addedAt: string, more: Partial<Extract<Bakeable["origin"], { kind: "baked" }>> = {}) => ({
  ...base(`sha256:baked-${addedAt}`, addedAt),
  name: "debian-13-docker",
  virtualBytes: 7 * GIB,
  origin: {
    kind: "baked" as const,
    base: "debian-13",
    baseDigest: from,
    engine: "docker",
    packages: [],
    userData: null,
    ...more,
  },
});
const wanted = { base: "debian-13", engine: "docker", arch: "x86_64", diskBytes: 20 * GIB } as const;

const OLD = base("sha256:old", "2026-01-01");
const NEW = base("sha256:new", "2026-02-01");

describe("an image that fits", () => {
  it("is the newest that was baked from the base as it is now", () => {
    const [first, second] = [baked("sha256:new", "2026-03-01"), baked("sha256:new", "2026-03-02")];
    expect(fittingBake(wanted, [first, NEW, second, OLD])).toEqual({ fit: second, stale: null });
  });

  it("still fits when its base is not stored any more", () => {
    const image = baked("sha256:new", "2026-03-01");
    expect(fittingBake(wanted, [image])).toEqual({ fit: image, stale: null });
  });

  it.each([
    ["another base", { base: "debian-12" }, {}],
    ["another engine", { engine: "podman" }, {}],
    ["another architecture", { arch: "aarch64" }, {}],
    ["a smaller disk", { diskBytes: 6 * GIB }, {}],
    ["packages in it", {}, { packages: ["git"] }],
    ["user-data in it", {}, { userData: "sha256:00" }],
    ["no engine in it", {}, { engine: null }],
  ] as const)("does not for %s", (_, order, origin) => {
    const image = baked("sha256:new", "2026-03-01", origin);
    expect(fittingBake({ ...wanted, ...order }, [NEW, image])).toEqual({ fit: null, stale: null });
  });

  it("is stale, and named, once its base is another one", () => {
    const image = baked("sha256:old", "2026-01-02");
    expect(isStale(image, [OLD, image])).toBe(false);
    expect(isStale(image, [OLD, image, NEW])).toBe(true);
    expect(fittingBake(wanted, [OLD, image, NEW])).toEqual({ fit: null, stale: image });
    expect(isStale(NEW, [OLD, NEW])).toBe(false);
  });
});

describe("an image that was baked from a baked one", () => {
  const middle = baked("sha256:old", "2026-01-02");
  const top = {
    ...baked(middle.digest, "2026-01-03", { base: middle.name, engine: null, packages: ["git"] }),
    name: "dev",
  };

  it("is of what its base was baked from", () => {
    expect(lineage(top, [top, OLD, middle])).toEqual([top, middle, OLD]);
    expect(engineIn(top, [OLD, middle, top])).toBe("docker");
  });

  it("is stale when that is, and tells which is newer", () => {
    expect(newerBase(top, [OLD, middle, top])).toBe(null);
    expect(newerBase(top, [OLD, NEW, middle, top])).toBe("debian-13");
    const renewed = baked("sha256:new", "2026-02-02");
    expect(newerBase(top, [OLD, NEW, middle, renewed, top])).toBe("debian-13-docker");
  });

  it("is of as much as the store has", () => {
    expect(lineage(top, [OLD, top])).toEqual([top]);
    expect(isStale(top, [OLD, NEW, top])).toBe(false);
    expect(lineage(top, [top, middle])).toEqual([top, middle]);
  });

  it("is of what has its base's name by now, and of the very base where that is there", () => {
    const renewed = baked("sha256:new", "2026-02-02");
    expect(lineage(top, [NEW, renewed, top])).toEqual([top, renewed, NEW]);
    expect(lineage(top, [NEW, renewed, middle, OLD, top])).toEqual([top, middle, OLD]);
    // The same bytes under another name.
    expect(lineage(top, [OLD, { ...middle, name: "other" }, top])).toMatchObject([{}, { name: "other" }, {}]);
  });

  it("ends where names lead round in a circle", () => {
    const round = baked("sha256:gone", "2026-01-02", { base: "dev" });
    expect(lineage(top, [round, top])).toEqual([top, round]);
  });
});

describe("names", () => {
  it.each(["git", "libstdc++6", "g++", "openjdk-21-jre", "nginx=1.26.0-1~bpo12+1", "python3.13", "kernel-0:6.1"])(
    "%s is a package",
    (name) => expect(isPackageName(name)).toBe(true),
  );

  it.each(["", "-y", "a b", "a;b", "$(id)", "`id`", "a|b", "../x", "a'b", 'a"b', "a\nb", "*", "a&b", "a>b"])(
    "%j is none",
    (name) => expect(isPackageName(name)).toBe(false),
  );

  it("of images are not those of files", () => {
    expect(["dev", "debian-13-docker", "v1.2"].map(isImageName)).toEqual([true, true, true]);
    expect(["", "a/b", ".x", "-x", "x.qcow2", "x.img", "a b", "x".repeat(81)].filter(isImageName)).toEqual([]);
  });
});
