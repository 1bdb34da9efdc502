/** What the guest's script tells of its containers, read strictly: lines that are not as they should be are left out. */
import { CONTAINER_STATES, type Container, type ContainerReport } from "./containers.ts";

/** How the guest's engine does, with what it said itself. */
export type EngineAnswer =
  | { readonly engine: "docker"; readonly report: Omit<ContainerReport, "name"> }
  | { readonly engine: "none" }
  | { readonly engine: "silent"; readonly why: string };

type Facts = Readonly<Record<string, string>>;
type Fields = Readonly<Record<string, unknown>>;

/** As many as the script tells of. */
const MOST_CONTAINERS = 200;
const LONGEST_WORD = 200;
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const ID = /^[0-9a-f]{64}$/;
/** As Docker has them; a name is a word of its command line, too. */
const NAME = /^\/?([a-zA-Z0-9][a-zA-Z0-9_.-]{0,199})$/;
/** The period of a quota of CPU time where none is given, in microseconds. */
const PERIOD = 100_000;
const HEALTH = ["starting", "healthy", "unhealthy"] as const;

/** `facts` are the script's own; `stdout` is everything that it wrote. */
export function readContainers(stdout: string, facts: Facts): EngineAnswer {
  if (facts["engine"] === "none") return { engine: "none" };
  if (facts["engine"] !== "docker") return { engine: "silent", why: facts["why"] ?? "" };
  const uses = new Map(jsonLines(stdout, "use").flatMap(useOf));
  const containers = jsonLines(stdout, "container")
    .flatMap((fields) => containerOf(fields, uses))
    .slice(0, MOST_CONTAINERS)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const told = Number(facts["total"]);
  return {
    engine: "docker",
    report: {
      engine: "docker",
      docker: facts["by"] === "sudo" ? ["sudo", "-n", "docker"] : ["docker"],
      containers,
      total: Math.max(containers.length, Number.isSafeInteger(told) ? told : 0),
    },
  };
}

function jsonLines(stdout: string, kind: string): readonly Fields[] {
  const begin = `@hutch ${kind} `;
  return stdout.split("\n").flatMap((line) => {
    if (!line.startsWith(begin)) return [];
    try {
      const value: unknown = JSON.parse(line.slice(begin.length));
      return typeof value === "object" && value !== null ? [value as Fields] : [];
    } catch {
      return [];
    }
  });
}

function containerOf(fields: Fields, uses: ReadonlyMap<string, Container["use"]>): readonly Container[] {
  const { id, state, exitCode } = fields;
  const known = CONTAINER_STATES.find((each) => each === state);
  const name = NAME.exec(wordOf(fields["name"]))?.[1];
  if (typeof id !== "string" || !ID.test(id) || known === undefined || name === undefined) return [];
  const ended = known === "exited" || known === "dead" || known === "restarting";
  return [
    {
      id,
      name,
      image: wordOf(fields["image"]),
      state: known,
      health: HEALTH.find((each) => each === fields["health"]) ?? null,
      exitCode: ended && typeof exitCode === "number" ? exitCode : null,
      use: known === "running" || known === "paused" ? (uses.get(id) ?? null) : null,
      limits: { cpus: cpusOf(fields), memoryBytes: positive(fields["memory"]) },
    },
  ];
}

/** The least of what `--cpus`, a quota and a set of CPUs let it have. */
function cpusOf(fields: Fields): number | null {
  const nano = positive(fields["nanoCpus"]);
  const quota = positive(fields["quota"]);
  const limits = [
    ...(nano === null ? [] : [nano / 1e9]),
    ...(quota === null ? [] : [quota / (positive(fields["period"]) ?? PERIOD)]),
    ...cpusIn(fields["cpuset"]),
  ];
  return limits.length === 0 ? null : Math.min(...limits);
}

/** `0-2,5` is four. */
function cpusIn(set: unknown): readonly number[] {
  if (typeof set !== "string" || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(set)) return [];
  const counts = set.split(",").map((range) => {
    const [first = 0, last = first] = range.split("-").map(Number);
    return Math.max(0, last - first + 1);
  });
  return [counts.reduce((sum, count) => sum + count, 0)];
}

/** Of Docker's own table: `"1.50%"` and `"12.3MiB / 64MiB"`. */
function useOf(fields: Fields): readonly (readonly [id: string, use: Container["use"]])[] {
  const { ID: id, CPUPerc: cpu, MemUsage: memory } = fields;
  if (typeof id !== "string" || typeof cpu !== "string" || typeof memory !== "string") return [];
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(cpu)?.[1];
  const memoryBytes = bytesOf(memory.split("/")[0]?.trim() ?? "");
  return percent === undefined || memoryBytes === null ? [] : [[id, { cpuPercent: Number(percent), memoryBytes }]];
}

const UNITS: readonly string[] = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

function bytesOf(text: string): number | null {
  const [, number, unit = ""] = /^(\d+(?:\.\d+)?)([KMGTP]?i?B)$/.exec(text) ?? [];
  const power = UNITS.indexOf(unit);
  return number === undefined || power < 0 ? null : Math.round(Number(number) * 1024 ** power);
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value.replace(UNSAFE, "").slice(0, LONGEST_WORD) : "";
}

function positive(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null;
}
