/** The hosts that hutch looks at, and what each has. */

import { isActive } from "../../core/machine/status.ts";
import { plural } from "../../core/plural.ts";
import { formatSize } from "../../core/units.ts";
import type { HostSummary } from "../../core/watching.ts";
import { fact } from "../panes/panes.ts";
import { type HostState, hostNamed, hostOf } from "../store/hosts.ts";
import type { State } from "../store/state.ts";
import { percent } from "../text/amounts.ts";
import { shown, wrapped } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { meter } from "../widgets/graph.ts";
import type { Cell, ListScreen, Scope } from "./list-screen.ts";

type Running = { readonly vms: number; readonly cpus: number; readonly memory: number };

const counted = new WeakMap<State["machines"], ReadonlyMap<string, Running>>();

/** CPUs and memory that the running VMs of a host have been given, and how many they are. */
function given(state: State, host: HostState): Running {
  const known = counted.get(state.machines) ?? count(state);
  counted.set(state.machines, known);
  return known.get(host.name) ?? { vms: 0, cpus: 0, memory: 0 };
}

function count(state: State): ReadonlyMap<string, Running> {
  const sums = new Map<string, Running>();
  for (const { uuid, status, record } of state.machines.values()) {
    if (!isActive(status)) continue;
    const name = hostNamed(state, hostOf(uuid))?.name ?? "";
    const { vms, cpus, memory } = sums.get(name) ?? { vms: 0, cpus: 0, memory: 0 };
    sums.set(name, {
      vms: vms + 1,
      cpus: cpus + (record?.spec.cpus ?? 0),
      memory: memory + (record?.spec.memoryMiB ?? 0) * 1024 ** 2,
    });
  }
  return sums;
}

/** As the user calls it; where it has no name, as it calls itself. */
function nameOf({ name, uri, summary }: HostState): string {
  return name === uri ? (summary?.hostname ?? name) : name;
}

const LINK_WORDS = { up: "up", opening: "opening", lost: "away" } as const;

function stateCell({ link: { how } }: HostState, { look: { glyphs } }: Scope): Cell {
  const word = LINK_WORDS[how];
  if (how === "lost") return [`${glyphs.broken} ${word}`, "danger"];
  return how === "up" ? [`${glyphs.running} ${word}`, "ok"] : [`${glyphs.paused} ${word}`, "muted"];
}

const told = (text: (summary: HostSummary) => string) => (host: HostState) =>
  [host.summary === null ? "" : text(host.summary), "plain"] as const;

export const hosts: ListScreen<HostState> = {
  id: "hosts",
  title: "Hosts",
  short: "Hosts",
  columns: [
    { id: "name", title: "HOST", width: 12, grow: 1, cell: (host) => [shown(nameOf(host)), "plain"] },
    { id: "state", title: "STATE", width: 10, cell: stateCell },
    {
      id: "vms",
      title: "RUN",
      width: 4,
      align: "right",
      cell: (host, { state }) => [`${given(state, host).vms}`, "plain"],
    },
    { id: "driver", title: "DRIVER", width: 7, from: 90, cell: told(({ driver }) => driver) },
    { id: "version", title: "LIBVIRT", width: 8, cell: told(({ libvirt }) => libvirt) },
    { id: "cpus", title: "CPUS", width: 5, align: "right", cell: told(({ cpus }) => `${cpus}`) },
    {
      id: "memory",
      title: "MEMORY",
      width: 9,
      align: "right",
      cell: told(({ memoryBytes }) => formatSize(memoryBytes)),
    },
    { id: "uri", title: "URI", width: 16, grow: 2, from: 70, cell: ({ uri }) => [shown(uri), "muted"] },
  ],
  items: ({ state }) => state.hosts,
  key: ({ name }) => name,
  name: nameOf,
  fields: () => ({
    name: { of: (host) => [nameOf(host)] },
    uri: { of: ({ uri }) => [uri] },
    state: { of: ({ link }) => [LINK_WORDS[link.how]], among: Object.values(LINK_WORDS) },
  }),
  summary: ({ state }) => {
    const away = state.hosts.filter(({ link }) => link.how === "lost").length;
    return away === 0 ? [] : [[`${away} away`, "danger"]];
  },
  empty: () => [],
  detail: (host, scope, width) => detailOf(host, scope, width),
  strip: (host, { look, state }, width) => {
    const { summary, link } = host;
    return [
      line(look, width, [
        [` ${shown(nameOf(host))}`, "title"],
        [`  ${shown(host.uri)}`, "plain"],
      ]),
      line(look, width, [
        link.how === "lost"
          ? [` ${shown(link.message)}`, "danger"]
          : [
              summary === null
                ? " Reading…"
                : ` ${plural(summary.cpus, "CPU")}, ${formatSize(summary.memoryBytes)}, ${vmsRun(given(state, host).vms)}`,
              "muted",
            ],
      ]),
    ];
  },
};

function detailOf(chosen: HostState, scope: Scope, width: number): readonly string[] {
  const { look, state } = scope;
  const { uri, link, summary: host } = chosen;
  const { cpus, memory } = given(state, chosen);
  const away =
    link.how !== "lost"
      ? []
      : wrapped(shown(link.message), width - 2).map((text) => line(look, width, [[` ${text}`, "danger"]]));
  if (host === null)
    return [
      fact(scope, width, "uri", [shown(uri), "muted"]),
      line(look, width, []),
      ...(link.how === "lost" ? away : [line(look, width, [[" Reading…", "muted"]])]),
    ];
  const free = host.freeMemoryBytes;
  const bar = (part: number, whole: number) =>
    line(look, width, [[` ${meter(look.glyphs, part, whole, width - 2)}`, "graph"]]);
  return [
    ...away,
    fact(scope, width, "host", [shown(host.hostname), "title"]),
    fact(scope, width, "libvirt", [`${host.libvirt}, ${host.driver}`, "plain"]),
    fact(scope, width, "uri", [shown(host.uri), "muted"]),
    line(look, width, []),
    fact(scope, width, "CPUs", [`${cpus} given of ${host.cpus}`, cpus > host.cpus * 2 ? "warn" : "plain"]),
    bar(cpus, host.cpus),
    fact(scope, width, "memory", [
      `${formatSize(memory)} given of ${formatSize(host.memoryBytes)}`,
      memory > host.memoryBytes ? "warn" : "plain",
    ]),
    bar(memory, host.memoryBytes),
    ...(free === null
      ? []
      : [fact(scope, width, "free", [`${formatSize(free)}, ${percent(free, host.memoryBytes)}%`, "plain"])]),
    ...(host.pool === null
      ? [fact(scope, width, "pool", ["none yet: the first launch makes it", "muted"])]
      : [
          fact(scope, width, "pool", [
            `${formatSize(host.pool.availableBytes)} free of ${formatSize(host.pool.capacityBytes)}`,
            "plain",
          ]),
          bar(host.pool.capacityBytes - host.pool.availableBytes, host.pool.capacityBytes),
        ]),
  ];
}

function vmsRun(count: number): string {
  return `${plural(count, "VM")} ${count === 1 ? "runs" : "run"}`;
}
