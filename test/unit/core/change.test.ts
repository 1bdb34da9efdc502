import { describe, expect, it } from "vitest";
import { parseAge } from "../../../src/core/age.ts";
import { manifestProblem } from "../../../src/core/archive.ts";
import { diffLines } from "../../../src/core/line-diff.ts";
import { AT_NEXT_START, settledByStart } from "../../../src/core/machine/pending.ts";
import { restoredRecord } from "../../../src/core/machine/restored.ts";
import { roomFor } from "../../../src/core/machine/room.ts";
import { checkSnapshotName, isSafetyName, safetyName } from "../../../src/core/snapshots.ts";
import { checkDescription, checkTags } from "../../../src/core/vm-settings.ts";
import { record } from "../host/samples.ts";

const GIB = 1024 ** 3;

describe("ages", () => {
  it.each([
    ["30d", 30 * 86_400_000],
    ["12h", 43_200_000],
    ["2w", 14 * 86_400_000],
    ["7", 7 * 86_400_000],
  ])("%s", (text, ms) => expect(parseAge(text, "--older-than")).toBe(ms));

  it.each(["", "0", "-3d", "3m", "soon", "99999999999999999w"])("%j is none", (text) => {
    expect(() => parseAge(text, "--older-than")).toThrowError(/--older-than/);
  });
});

describe("snapshot names", () => {
  it.each(["a", "before-upgrade", "v1.2_x"])("%j is one", (name) => expect(checkSnapshotName(name)).toBeNull());
  it.each(["", "1", "a b", "a/b", "..", "a\nb", "快照", "x".repeat(64)])("%j is none", (name) =>
    expect(checkSnapshotName(name)).toMatch(/^it /),
  );

  it("of hutch's own are told apart, and are names", () => {
    const name = safetyName("restore", "2026-11-24T06:02:22.445Z");
    expect(name).toBe("before-restore-20261124T060222445");
    expect([isSafetyName(name), checkSnapshotName(name)]).toEqual([true, null]);
    expect(isSafetyName("before-restore")).toBe(false);
  });
});

describe("tags and descriptions", () => {
  it("have any writing, and limits", () => {
    expect(checkTags(["prod", "数据", "a/b:c"])).toBeNull();
    expect(checkTags(["a b"])).toMatch('"a b"');
    expect(checkTags(["x".repeat(41)])).toMatch("40");
    expect(checkTags(Array.from({ length: 33 }, (_, index) => `t${index}`))).toMatch("33");
    expect(checkDescription("über 'all'\n更新")).toBeNull();
    expect(checkDescription("x".repeat(1001))).toMatch("1001");
  });
});

describe("room to grow", () => {
  const host = { cpus: 8, memoryBytes: 16 * GIB };
  const spec = { arch: "x86_64", cpus: 2, memoryMiB: 2048 } as const;

  it.each([
    ["what the host has", roomFor(spec, "kvm", host), { cpus: 8, memoryMiB: 16_384 }],
    ["no CPUs when emulated", roomFor(spec, "tcg", host), { cpus: 2, memoryMiB: 16_384 }],
    ["no memory for a small one", roomFor({ ...spec, memoryMiB: 1024 }, "kvm", host), { cpus: 8, memoryMiB: null }],
    ["no memory on ARM", roomFor({ ...spec, arch: "aarch64" }, "kvm", host), { cpus: 8, memoryMiB: null }],
    ["never less than it has", roomFor({ ...spec, cpus: 12 }, "kvm", host), { cpus: 12, memoryMiB: 16_384 }],
    ["32 CPUs at most", roomFor(spec, "kvm", { ...host, cpus: 96 }), { cpus: 32, memoryMiB: 16_384 }],
  ])("%s", (_what, room, expected) => expect(room).toEqual(expected));
});

describe("a restored record", () => {
  it("has of then what is inside, of today what the host keeps", () => {
    const engine = { name: "docker", version: "1", source: "", installedAt: "" };
    const then = { ...record, hostKey: "then", engine, tags: ["then"], spec: { ...record.spec, cpus: 1 } };
    const today = { ...record, hostKey: "today", tags: ["today"], address: "10.0.0.9", protected: true, revision: 9 };
    expect(restoredRecord(then, today)).toMatchObject({
      hostKey: "then",
      engine,
      tags: ["today"],
      address: "10.0.0.9",
      protected: true,
      spec: { cpus: 1 },
    });
  });

  it("has the cards and the screen of then, and says nothing of them where there never were any", () => {
    const network = { kind: "network", network: "lab" } as const;
    const networks = [{ mac: "52:54:00:00:00:02", network }];
    const plugged = { ...record, spec: { ...record.spec, networks, display: true } };
    expect(restoredRecord(plugged, record).spec).toMatchObject({ networks, display: true });
    expect(restoredRecord(record, plugged).spec).toMatchObject({ networks: [], display: false });
    expect(restoredRecord(record, record).spec).toEqual(record.spec);
  });
});

describe("what is pending", () => {
  it("is settled by a start where it says so", () => {
    expect(settledByStart([`cpus: 4, ${AT_NEXT_START}`, "seal the seed"])).toEqual(["seal the seed"]);
  });
});

describe("a manifest", () => {
  const good = {
    format: "hutch-vm",
    version: 1,
    uuid: "0b1c7c0e-6d0e-4b0e-9a55-0a1a5b6c7d8e",
    record: { spec: {} },
    base: null,
    disks: [{ file: "disk0.qcow2", bytes: 1, virtualBytes: 1, sha256: "0".repeat(64) }],
  };
  it("is usable when whole", () => expect(manifestProblem(good)).toBeNull());
  it.each([
    [{}, /no VM/],
    [[], /no VM/],
    [{ ...good, version: 2 }, /newer/],
    [{ ...good, version: "1" }, /no version/],
    [{ ...good, uuid: "../x" }, /names no VM/],
    [{ ...good, record: null }, /no record/],
    [{ ...good, base: { sha256: "x" } }, /image/],
    [{ ...good, disks: [] }, /no disks/],
    [{ ...good, disks: [{ ...good.disks[0], file: "/etc/passwd" }] }, /wrongly/],
    [{ ...good, disks: [{ ...good.disks[0], sha256: "x" }] }, /wrongly/],
    [{ ...good, disks: [{ ...good.disks[0], bytes: 1.5 }] }, /wrongly/],
  ])("%j is not", (manifest, said) => expect(manifestProblem(manifest)).toMatch(said));
});

describe("what differs", () => {
  const show = (before: string, after: string) => diffLines(before, after).map(({ mark, text }) => `${mark}${text}`);
  it("is shown with the lines around it", () => {
    expect(show("a\nb\nc\nd\ne\nf\ng", "a\nb\nc\nX\ne\nf\ng")).toEqual([" b", " c", "-d", "+X", " e", " f"]);
    expect(show("a", "a\nb")).toEqual([" a", "+b"]);
    expect(show("same", "same")).toEqual([]);
  });
});
