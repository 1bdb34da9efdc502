/** How often a host is asked, and when it is tried again: time here is what `sleep` was asked for. */
import { describe, expect, it } from "vitest";
import type { LoadSample } from "../../../src/core/watching.ts";
import type { Hutch } from "../../../src/index.ts";
import { Feed, pause } from "../../../src/tui/live/feed.ts";
import { History } from "../../../src/tui/store/history.ts";
import { createReducer } from "../../../src/tui/store/reduce.ts";
import { newState } from "../../../src/tui/store/state.ts";
import { createStore } from "../../../src/tui/store/store.ts";
import { fleetHost, loadsAt } from "../../tui/fleet.ts";

const HOST_EVERY_MS = 10_000;

function fed(open: (signal: AbortSignal) => Promise<Hutch>) {
  const history = new History();
  const host = { name: "kvm01", uri: "qemu:///system", connect: null, words: [], open };
  const about = { size: { columns: 80, rows: 24 }, demo: false, readonly: false, hosts: [host], now: 0 };
  const { get: state, send } = createStore(newState(about), createReducer(history));
  let time = 0;
  const naps: { readonly ms: number; readonly end: () => void }[] = [];
  const sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) return resolve();
      if (ms !== HOST_EVERY_MS) naps.push({ ms, end: resolve });
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  const feed = new Feed({ host, history, state, send, now: () => time, touched: () => 0, sleep });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
  /** Ends the naps that are being taken; resolves to how long they were to be. */
  const pass = async () => {
    await settled();
    const ended = naps.splice(0);
    for (const { end } of ended) end();
    await settled();
    return ended.map(({ ms }) => Math.round(ms / 100) * 100);
  };
  return { feed, state, send, history, pass, naps, settled, later: (ms: number) => (time += ms) };
}

describe("a host's feed", () => {
  it("is tried again at growing intervals, and at short ones again once it was there", async () => {
    let away = true;
    const { hutch, tell } = fleetHost();
    const { feed, state, pass } = fed(async () => {
      if (away) throw new Error("no");
      return hutch;
    });
    feed.start();
    // Beside its own, the pause between two looks at the figures: a second.
    const waits: number[] = [];
    for (let round = 0; round < 7; round += 1)
      waits.push(Math.max(...(await pass()).filter((ms) => ms !== 1000 || round === 1)));
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
    expect(state().link.how).toBe("lost");
    away = false;
    await pass();
    await pass();
    expect(state().link.how).toBe("up");
    tell({ k: "lost", message: "gone" });
    expect(await pass()).toContain(500);
    await feed.stop();
  });

  it("asks less often while nobody types, and at once when somebody does", async () => {
    let samples = 0;
    const { hutch } = fleetHost();
    const counting = { ...hutch, sampleLoads: async () => loadsAt(samples++) } as Hutch;
    const { feed, pass, settled, naps, later } = fed(async () => counting);
    feed.start();
    await pass();
    expect(await pass()).toEqual([1000]);
    later(121_000);
    await pass();
    expect(naps.map(({ ms }) => Math.round(ms / 100) * 100)).toEqual([5000]);
    const before = samples;
    feed.wake();
    await settled();
    expect(samples).toBe(before + 1);
    await feed.stop();
  });

  it("asks nobody while it is held, or while its figures are", async () => {
    let samples = 0;
    const { hutch } = fleetHost();
    const counting = { ...hutch, sampleLoads: async () => loadsAt(samples++) } as Hutch;
    const { feed, pass, send } = fed(async () => counting);
    feed.start();
    await pass();
    await pass();
    expect(samples).toBeGreaterThan(0);
    const before = samples;
    feed.held = true;
    await pass();
    feed.held = false;
    send({ m: "every", ms: 0 });
    await pass();
    await pass();
    expect(samples).toBe(before);
    await feed.stop();
  });

  it("gives a call that takes long no more than a tenth of the time", () => {
    expect(pause(1000, 5)).toBe(995);
    expect(pause(1000, 100)).toBe(900);
    expect(pause(1000, 300)).toBe(2700);
    expect(pause(500, 0)).toBe(500);
  });
});

describe("the history of loads", () => {
  const load = {
    vcpus: 1,
    memoryUsedBytes: 0,
    memoryBytes: 1,
    readBytes: 0,
    writtenBytes: 0,
    receivedBytes: 0,
    sentBytes: 0,
  };
  const sample = (at: number, ...busy: readonly (readonly [uuid: string, cpuNs: number])[]): LoadSample => ({
    at,
    loads: busy.map(([uuid, cpuNs]) => ({ ...load, uuid, cpuNs })),
  });

  it("forgets the VMs of one host and keeps those of another", () => {
    const history = new History();
    for (const at of [0, 1000]) {
      history.take(sample(at, ["a@nas", at * 5e5]), "nas");
      history.take(sample(at, ["a@attic", at * 1e5]), "attic");
    }
    expect([history.rates("a@nas")?.cpu, history.rates("a@attic")?.cpu]).toEqual([50, 10]);
    history.take(sample(2000), "nas");
    expect([history.rates("a@nas"), history.rates("a@attic")?.cpu]).toEqual([null, 10]);
  });

  it("keeps its time where samples come less often", () => {
    const history = new History();
    history.take(sample(0, ["a", 0]));
    history.take(sample(1000, ["a", 1e8]));
    history.take(sample(6000, ["a", 1e8 + 25e8]));
    expect(history.series("a", "cpu", 10)).toEqual([10, 50, 50, 50, 50, 50]);
    history.take(sample(3_606_000, ["a", 4e9]));
    expect(history.series("a", "cpu", 1000)).toHaveLength(300);
  });
});
