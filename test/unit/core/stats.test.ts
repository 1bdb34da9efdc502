import { describe, expect, it } from "vitest";
import { type Counters, loadOf, type Sample, statsBetween } from "../../../src/core/stats.ts";

const sample = (at: number, values: Counters, uuid = "u"): Sample => ({ at, domains: [{ uuid, name: "web", values }] });
const between = (before: Counters, now: Counters, ms = 2_000) =>
  statsBetween(sample(1_000, before), sample(1_000 + ms, now))[0];

describe("what a VM uses", () => {
  it("is the growth of its counters over time", () => {
    const before = {
      "cpu.time": 5e9,
      "vcpu.current": 2,
      "block.count": 2,
      "block.0.rd.bytes": 100,
      "block.0.wr.bytes": 0,
      "block.1.rd.bytes": 0,
      "block.1.wr.bytes": 1_000,
      "net.count": 1,
      "net.0.rx.bytes": 0,
      "net.0.tx.bytes": 10,
    };
    const now = {
      ...before,
      "cpu.time": 8e9,
      "block.0.rd.bytes": 4_100,
      "block.1.rd.bytes": 2_000,
      "block.1.wr.bytes": 3_000,
      "net.0.rx.bytes": 500,
    };
    expect(between(before, now)).toMatchObject({
      name: "web",
      // Three seconds of CPU in two.
      cpuPercent: 150,
      vcpus: 2,
      disk: { inBytes: 3_000, outBytes: 1_000 },
      net: { inBytes: 250, outBytes: 0 },
    });
  });

  it("counts from zero again after a restart, and never below", () => {
    expect(between({ "cpu.time": 9e12 }, { "cpu.time": 1e9 })?.cpuPercent).toBe(50);
  });

  it("has no rates at the first look, for a VM that just came, or without time between", () => {
    const now = sample(5, { "cpu.time": 1, "net.count": 1, "net.0.rx.bytes": 7 });
    for (const before of [null, sample(1, { "cpu.time": 0 }, "other"), sample(5, { "cpu.time": 0 })])
      expect(statsBetween(before, now)[0]).toMatchObject({ cpuPercent: null, net: null, disk: null });
  });

  it.each([
    [{ "balloon.current": 1024, "balloon.available": 1000, "balloon.usable": 600, "balloon.rss": 5 }, 400],
    [{ "balloon.current": 1024, "balloon.available": 1000, "balloon.unused": 100, "balloon.rss": 5 }, 900],
    [{ "balloon.current": 1024, "balloon.rss": 5 }, 5],
    [{ "balloon.current": 1024 }, null],
  ])("takes memory from the guest where it tells, else from its process: %j", (values, kib) => {
    const [stats] = statsBetween(null, sample(0, values));
    expect(stats).toMatchObject({ memoryBytes: 1024 ** 2, memoryUsedBytes: kib === null ? null : kib * 1024 });
  });

  it("is unknown where the driver does not tell", () => {
    expect(between({ "state.state": 1 }, { "state.state": 1 })).toEqual({
      uuid: "u",
      name: "web",
      cpuPercent: null,
      vcpus: null,
      memoryBytes: null,
      memoryUsedBytes: null,
      disk: null,
      net: null,
    });
  });

  it("comes by name", () => {
    const domains = ["b", "c", "a"].map((name) => ({ uuid: name, name, values: {} }));
    expect(statsBetween(null, { at: 0, domains }).map(({ name }) => name)).toEqual(["a", "b", "c"]);
  });

  it("is summed up over its disks and cards for those who keep counters", () => {
    const now = {
      "cpu.time": 5e9,
      "vcpu.current": 2,
      "balloon.current": 2048,
      "balloon.rss": 512,
      "block.count": 2,
      "block.0.rd.bytes": 100,
      "block.1.rd.bytes": 11,
      "block.1.wr.bytes": 7,
      "net.count": 0,
    };
    expect(loadOf("u", now)).toEqual({
      uuid: "u",
      cpuNs: 5e9,
      vcpus: 2,
      memoryUsedBytes: 512 * 1024,
      memoryBytes: 2048 * 1024,
      readBytes: 111,
      writtenBytes: 7,
      receivedBytes: 0,
      sentBytes: 0,
    });
    expect(loadOf("u", {})).toMatchObject({ cpuNs: 0, memoryUsedBytes: null, readBytes: 0 });
  });
});
