/** Containers of the simulated fleet: made up, and changed by the commands of Docker's that the terminal UI gives. */
import type { Container, ContainerLogOptions, ContainerReport } from "../core/containers.ts";
import { HutchError } from "../core/errors.ts";
import type { RunResult } from "../core/requests.ts";
import { parseSize } from "../core/units.ts";

const MIB = 1024 ** 2;

type Made = readonly [name: string, image: string, cpus: number | null, memoryMiB: number | null];

const ROLES: Readonly<Record<string, readonly Made[]>> = {
  web: [
    ["caddy", "caddy:2.10", 0.5, 128],
    ["shop", "registry.lan/shop:4.2", 1, 512],
    ["watchtower", "containrrr/watchtower", null, null],
  ],
  api: [
    ["api", "registry.lan/api:1.9", 2, 1024],
    ["queue", "rabbitmq:4", 1, null],
  ],
  cache: [["valkey", "valkey/valkey:8", 1, 2048]],
  monitor: [
    ["grafana", "grafana/grafana:12", 1, 512],
    ["prometheus", "prom/prometheus:v3", null, 1024],
  ],
};
const OTHERS: readonly Made[] = [["runner", "registry.lan/runner:7", null, null]];

/** What of the library is made up for the demo. */
export function simulatedContainers() {
  const known = new Map<string, Container[]>();
  const of = (vm: string): Container[] => {
    const there = known.get(vm) ?? (ROLES[vm.replace(/-\d+$/, "")] ?? OTHERS).map(containerOf);
    known.set(vm, there);
    return there;
  };
  const containers = async (vm: string): Promise<ContainerReport> => {
    const all = of(vm).map(withUse);
    return { name: vm, engine: "docker", docker: ["docker"], containers: all, total: all.length };
  };
  const containerLogs = async function* (_vm: string, name: string, { follow, signal }: ContainerLogOptions = {}) {
    for (let number = 1; signal?.aborted !== true; number += 1) {
      yield `${name}: request ${number} answered in ${(number * 7) % 23} ms`;
      if (number < 20) continue;
      if (follow !== true) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  };
  const run = async (vm: string, argv: readonly string[]): Promise<RunResult> => {
    const [docker, verb, ...words] = argv;
    const name = words.at(-1) ?? "";
    const all = of(vm);
    const at = all.findIndex((each) => each.name === name);
    const before = all[at];
    if (docker !== "docker" || before === undefined)
      throw new HutchError({ code: "E_CONFLICT", message: "The VMs of the demo run nothing: they are not there." });
    if (verb === "rm") all.splice(at, 1);
    else all[at] = changed(before, verb ?? "", words);
    return { code: 0, stdout: `${name}\n`, stderr: "" };
  };
  return { containers, containerLogs, run };
}

function containerOf([name, image, cpus, memoryMiB]: Made, index: number): Container {
  return {
    id: `${index}`.padStart(64, "d"),
    name,
    image,
    state: "running",
    health: index === 0 ? "healthy" : null,
    exitCode: null,
    use: null,
    limits: { cpus, memoryBytes: memoryMiB === null ? null : memoryMiB * MIB },
  };
}

function withUse(container: Container): Container {
  if (container.state !== "running") return container;
  const [cpus, memory] = [container.limits.cpus ?? 2, container.limits.memoryBytes ?? 700 * MIB];
  const share = 0.3 + Math.random() * 0.3;
  return { ...container, use: { cpuPercent: cpus * share * 100, memoryBytes: Math.round(memory * share) } };
}

function changed(container: Container, verb: string, words: readonly string[]): Container {
  const value = (flag: string) => (words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined);
  switch (verb) {
    case "start":
    case "restart":
      return { ...container, state: "running", exitCode: null };
    case "stop":
      return { ...container, state: "exited", exitCode: 0 };
    default: {
      const [cpus, memory] = [value("--cpus"), value("--memory")];
      const { limits } = container;
      return {
        ...container,
        limits: {
          cpus: cpus === undefined ? limits.cpus : Number(cpus),
          memoryBytes: memory === undefined ? limits.memoryBytes : parseSize(memory, "--memory"),
        },
      };
    }
  }
}
