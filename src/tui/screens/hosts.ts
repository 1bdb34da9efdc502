/** The host that hutch looks at, and what it has. */

import { formatSize } from "../../core/units.ts";
import type { HostSummary } from "../../core/watching.ts";
import { fact } from "../panes/panes.ts";
import { percent } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { meter } from "../widgets/graph.ts";
import type { Data, ListScreen, Scope } from "./list-screen.ts";

const rows = new WeakMap<HostSummary, readonly HostSummary[]>();
const NONE: readonly HostSummary[] = [];

function items({ state: { host } }: Data): readonly HostSummary[] {
  if (host === null) return NONE;
  const known = rows.get(host) ?? [host];
  rows.set(host, known);
  return known;
}

/** CPUs and memory that running VMs have been given. */
function given({ state: { machines } }: Data): { readonly cpus: number; readonly memory: number } {
  const running = [...machines.values()].filter(
    ({ status }) => status.power === "running" || status.power === "paused",
  );
  return {
    cpus: running.reduce((sum, { record }) => sum + (record?.spec.cpus ?? 0), 0),
    memory: running.reduce((sum, { record }) => sum + (record?.spec.memoryMiB ?? 0) * 1024 ** 2, 0),
  };
}

export const hosts: ListScreen<HostSummary> = {
  id: "hosts",
  title: "Hosts",
  short: "Hosts",
  columns: [
    { id: "name", title: "HOST", width: 12, grow: 1, cell: ({ hostname }) => [shown(hostname), "plain"] },
    {
      id: "state",
      title: "STATE",
      width: 10,
      cell: (_, { state, look: { glyphs } }) =>
        state.link.how === "lost" ? [`${glyphs.broken} lost`, "danger"] : [`${glyphs.running} up`, "ok"],
    },
    { id: "driver", title: "DRIVER", width: 7, cell: ({ driver }) => [driver, "plain"] },
    { id: "cpus", title: "CPUS", width: 5, align: "right", cell: ({ cpus }) => [`${cpus}`, "plain"] },
    {
      id: "memory",
      title: "MEMORY",
      width: 9,
      align: "right",
      cell: ({ memoryBytes }) => [formatSize(memoryBytes), "plain"],
    },
    { id: "uri", title: "URI", width: 16, grow: 2, from: 60, cell: ({ uri }) => [shown(uri), "muted"] },
  ],
  items,
  key: ({ uri }) => uri,
  name: ({ hostname }) => hostname,
  fields: () => ({ name: { of: ({ hostname }) => [hostname] }, uri: { of: ({ uri }) => [uri] } }),
  summary: () => [],
  empty: () => ["Reading…"],
  detail: (host, scope, width) => detailOf(host, scope, width),
  strip: (host, { look }, width) => [
    line(look, width, [
      [` ${shown(host.hostname)}`, "title"],
      [`  ${shown(host.uri)}`, "plain"],
    ]),
    line(look, width, [[` ${host.cpus} CPUs, ${formatSize(host.memoryBytes)}`, "muted"]]),
  ],
};

function detailOf(host: HostSummary, scope: Scope, width: number): readonly string[] {
  const { look } = scope;
  const { cpus, memory } = given(scope);
  const free = host.freeMemoryBytes;
  const bar = (part: number, whole: number) =>
    line(look, width, [[` ${meter(look.glyphs, part, whole, width - 2)}`, "graph"]]);
  return [
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
