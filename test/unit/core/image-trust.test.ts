import { expect, it } from "vitest";
import type { ImageOrigin } from "../../../src/core/image.ts";
import { foundation, storedChain } from "../../../src/core/image-trust.ts";

const KEY = "D2EB44626FDDC30B513D5BB71A5D6C4C7DB87C81";
const published = {
  kind: "published",
  entry: "noble",
  url: "https://x.example/noble.img",
  digest: "sha256:ab",
} as const;

const chain = (origin: ImageOrigin | null, trust = "a reason") =>
  storedChain({
    name: "an-image",
    digest: "sha256:cd",
    volume: "an-image-cd.qcow2",
    bytes: 1,
    virtualBytes: 1,
    trust,
    arch: null,
    origin,
    addedAt: "2026-07-12T10:00:00.000Z",
    usedBy: [],
    inTrash: [],
    bakedFrom: [],
    stale: false,
  });

it.each<readonly [string, ImageOrigin | null, string]>([
  [
    "signed",
    { ...published, signedBy: KEY, version: "20260705" },
    `The publisher's signature was good, by key ${KEY}.`,
  ],
  ["unsigned", { ...published, signedBy: null, version: null }, "No signature was checked: a reason."],
  ["built", { kind: "built", entry: "debian-13" }, "Built here as debian-13: a reason."],
  ["imported", { kind: "imported", from: "/a.qcow2" }, "Imported from /a.qcow2: you vouch for it."],
  [
    "pulled",
    { kind: "registry", reference: "oci://r/i", manifest: "sha256:ef" },
    "Pulled from oci://r/i, manifest sha256:ef.",
  ],
  [
    "baked",
    { kind: "baked", base: "debian-13", baseDigest: "sha256:01", engine: "docker", packages: [], userData: null },
    "Made here from debian-13 (sha256:01), in a throw-away VM.",
  ],
  ["unknown", null, "Of unknown origin: a reason."],
])("what vouches for an image that was %s is told", (_, origin, sentence) => {
  expect(chain(origin)).toContain(sentence);
  expect(chain(origin).at(-1)).toBe("Stored on 2026-07-12 as sha256:cd; hutch image verify looks whether it still is.");
});

it("says so when nothing was recorded", () => {
  expect(chain(null, "")[0]).toBe("Of unknown origin: nothing was recorded.");
});

it("holds a signature for more than a publisher's word, that for more than a mirror's own, and any for more than a file", () => {
  const unsigned = { ...published, signedBy: null, version: null };
  const said = [
    { origin: { ...unsigned, signedBy: KEY }, trust: "signature checked" },
    { origin: unsigned, trust: "unsigned upstream" },
    { origin: unsigned, trust: "unsigned upstream: the mirror's own word, its publisher could not be reached" },
    { origin: { kind: "registry", reference: "oci://r/a:1", manifest: "" }, trust: "unsigned" },
    { origin: { kind: "imported", from: "/a.qcow2" }, trust: "a file of yours" },
  ] as const;
  const worth = said.map(foundation);
  expect(worth).toEqual(worth.toSorted((a, b) => b - a));
  expect(new Set(worth).size).toBe(said.length);
  expect(foundation({ origin: null, trust: "" })).toBe(worth.at(-1));
});
