/** What the simulated fleet uses. All of it is made up, as counters that libvirt would count. */
import type { LoadSample, MachineLoad } from "../core/watching.ts";
import type { Context } from "./context.ts";

/** What a VM has, and how many percent of its CPUs it uses in the mean. */
type Burden = { readonly cpus: number; readonly memoryMiB: number; readonly busy: number };
type BurdenOf = (name: string) => Burden;

/** Loads of running VMs that go up and down as real ones do: counters, as libvirt would count them. */
export function simulatedLoads(ctx: Context, burdenOf: BurdenOf): () => Promise<LoadSample> {
  const counters = new Map<string, MachineLoad>();
  const running = runningIn(ctx);
  let before = performance.now();
  return async () => {
    const at = performance.now();
    const seconds = (at - before) / 1000;
    before = at;
    const loads = (await running()).map(({ uuid, name }) => {
      const counted = counters.get(uuid) ?? idle(uuid, burdenOf(name));
      const next = advanced(counted, name, burdenOf(name).busy, at / 1000, seconds);
      counters.set(uuid, Object.assign(counted, next));
      return next;
    });
    const seen = new Set(loads.map(({ uuid }) => uuid));
    for (const uuid of counters.keys()) if (!seen.has(uuid)) counters.delete(uuid);
    return { at, loads };
  };
}

/** Who runs; listed anew only after something has happened, as `watch` does it. */
function runningIn({ client }: Context): () => Promise<readonly { readonly uuid: string; readonly name: string }[]> {
  const list = async () => (await client.call("domain.list", {})).filter(({ state }) => state === 1);
  let listening: Promise<unknown> | undefined;
  let known: ReturnType<typeof list> | undefined;
  return async () => {
    listening ??= client.events(() => {
      known = undefined;
    });
    await listening;
    known ??= list();
    return known;
  };
}

function idle(uuid: string, { cpus, memoryMiB }: Burden): MachineLoad {
  const none = { cpuNs: 0, readBytes: 0, writtenBytes: 0, receivedBytes: 0, sentBytes: 0 };
  return { uuid, vcpus: cpus, memoryUsedBytes: 0, memoryBytes: memoryMiB * 1024 ** 2, ...none };
}

function advanced(load: MachineLoad, name: string, busy: number, at: number, seconds: number): MachineLoad {
  const phase = [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7);
  const wave =
    Math.sin(at / 9 + phase) * 0.4 + Math.sin(at / 2.7 + phase * 1.7) * 0.25 + (chance(phase, at) - 0.5) * 0.3;
  const share = Math.min(1, Math.max(0.01, (busy / 100) * (1 + wave)));
  const flow = (base: number) => Math.round(base * share * seconds * (0.5 + chance(phase + base, at)));
  return {
    ...load,
    cpuNs: load.cpuNs + share * load.vcpus * seconds * 1e9,
    memoryUsedBytes: Math.round(load.memoryBytes * (0.35 + 0.4 * (busy / 100) + 0.05 * wave)),
    readBytes: load.readBytes + flow(6e6),
    writtenBytes: load.writtenBytes + flow(3e6),
    receivedBytes: load.receivedBytes + flow(2e6),
    sentBytes: load.sentBytes + flow(1e6),
  };
}

/** From 0 to 1, as if by chance, and the same at the same moment. */
function chance(phase: number, at: number): number {
  const far = Math.sin(phase * 12.9898 + at * 78.233) * 43_758.5453;
  return far - Math.floor(far);
}
