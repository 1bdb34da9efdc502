/** An hour with a thousand VMs, second by second, in a few seconds: nothing of it stays but what is meant to. */
import { Writable } from "node:stream";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import type { MachineView } from "../../src/core/machine/view.ts";
import { Canvas } from "../../src/tui/ink/canvas.ts";
import { picture } from "../../src/tui/ink/picture.ts";
import type { Hands } from "../../src/tui/live/door.ts";
import { Program } from "../../src/tui/program.ts";
import { lookOf } from "../../src/tui/theme/look.ts";
import { FLEET, fleetHost, NOW } from "./fleet.ts";

const MIB = 1024 ** 2;
/** After five minutes the rings are full, and every VM has been looked at that ever will be. */
const SETTLED = 600;
const HOUR = 3600;
const VMS = 1000;

const NO_SETTINGS = { keys: {}, views: {} };

const machines: readonly MachineView[] = Array.from({ length: VMS }, (_, at) => ({
  ...(FLEET[at % 5] as MachineView),
  uuid: `00000000-0000-4000-9000-${`${at}`.padStart(12, "0")}`,
  name: `vm-${`${at}`.padStart(4, "0")}`,
}));

const HANDS: Hands = {
  handOver: (work) => work(),
  suspend: async () => undefined,
  write: () => undefined,
  quit: () => undefined,
};

function collected(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function sampleAt(second: number) {
  return {
    at: second * 1000,
    loads: machines.map(({ uuid }, at) => ({
      uuid,
      cpuNs: second * 1e9 * (1 + (at % 7) / 7) + 1e9 * Math.sin(second / 5 + at),
      vcpus: 4,
      memoryUsedBytes: (1 + (at % 3)) * 1024 * MIB,
      memoryBytes: 4096 * MIB,
      readBytes: second * 1e6,
      writtenBytes: second * 4e5,
      receivedBytes: second * (1e5 + at),
      sentBytes: second * 3e4,
    })),
  };
}

it("keeps no more after an hour than after ten minutes", { timeout: 240_000 }, async () => {
  let written = 0;
  const terminal = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written += chunk.length;
      done();
    },
  });
  const canvas = new Canvas(Object.assign(terminal, { columns: 160, rows: 50 }) as unknown as NodeJS.WriteStream);
  const { hutch } = fleetHost(machines);
  const program = new Program({
    about: { size: { columns: 160, rows: 50 }, demo: false, readonly: false },
    door: {
      hosts: [{ name: "kvm01", uri: hutch.uri, connect: null, words: [], open: async () => hutch }],
      commands: new Set(["list"]),
      run: async () => 0,
      attach: async () => 0,
      config: {
        read: async () => ({ ...NO_SETTINGS, hosts: [] }),
        bakesByItself: async () => false,
        watch: () => () => undefined,
      },
    },
    hands: HANDS,
    settings: NO_SETTINGS,
    now: () => NOW,
    sleep: async () => undefined,
  });
  const lines = picture(program, lookOf("true", "dark", false));
  const { send } = program.store;
  send({ m: "news", news: { k: "machines", machines }, now: NOW });

  const second = (at: number) => {
    const now = NOW + at * 1000;
    const vm = machines[(at * 13) % VMS] as MachineView;
    program.history.take(sampleAt(at));
    send({ m: "sample", now });
    if (at % 5 === 0) send({ m: "news", news: { k: "changed", machines: [{ ...vm }], gone: [] }, now });
    const happening = { at: now, what: "vm", name: vm.name, uuid: vm.uuid, text: "started", level: "info" } as const;
    send({ m: "news", news: { k: "happened", happening }, now });
    program.input({ k: "key", name: "j", text: "j" });
    const console = { how: "ready", value: Array.from({ length: 200 }, (_, line) => `${at} ${line}`) } as const;
    send({ m: "detail", uuid: vm.uuid, what: { console } });
    if (at % 10 === 0) {
      const id = `job-${at}`;
      send({ m: "job", id, title: "start", command: "hutch start", now });
      send({ m: "job-lines", id, lines: Array.from({ length: 20 }, (_, line) => `${at} ${line}`) });
      program.input({ k: "key", name: `${1 + ((at / 10) % 8)}`, text: "" });
    }
    canvas.draw(lines());
  };

  for (let at = 1; at <= SETTLED; at += 1) second(at);
  const [memory, bytes] = [collected(), written];
  for (let at = SETTLED + 1; at <= HOUR; at += 1) second(at);
  expect(written).toBeGreaterThan(bytes);
  expect((collected() - memory) / MIB).toBeLessThan(6);

  const state = program.store.get();
  expect(state.sample).toBe(HOUR);
  expect({
    happenings: state.happenings.length,
    jobs: state.jobs.length,
    details: state.details.size,
    series: program.history.series(machines[0]?.uuid ?? "", "cpu", HOUR).length,
  }).toEqual({ happenings: 1000, jobs: 200, details: 50, series: 300 });
});
