/** The pools that disks lie in, and their volumes. */
import { formatSize } from "../../core/units.ts";
import type { HostPool } from "../../core/watching.ts";
import { fact } from "../panes/panes.ts";
import { type At, keyOn, remoteOfAll, rowsOfAll } from "../store/lists.ts";
import { percent } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { meter } from "../widgets/graph.ts";
import { edgeWords, hostColumn, hostFact } from "./host-column.ts";
import { byText, type ListScreen } from "./list-screen.ts";
import { notYet } from "./not-yet.ts";

type Pool = At<HostPool>;

const used = ({ capacityBytes, availableBytes }: HostPool) => capacityBytes - availableBytes;

export const storage: ListScreen<Pool> = {
  id: "storage",
  title: "Storage",
  short: "Pools",
  columns: [
    {
      id: "name",
      title: "POOL",
      width: 14,
      grow: 1,
      cell: ({ name }) => [shown(name), "plain"],
      compare: byText(({ name }) => name),
    },
    hostColumn(({ host }) => host),
    {
      id: "state",
      title: "STATE",
      width: 10,
      cell: ({ active }, { look: { glyphs } }) =>
        active ? [`${glyphs.running} active`, "ok"] : [`${glyphs.stopped} inactive`, "muted"],
      compare: byText(({ active }) => (active ? "a" : "b")),
    },
    {
      id: "size",
      title: "SIZE",
      width: 9,
      align: "right",
      cell: ({ capacityBytes }) => [formatSize(capacityBytes), "plain"],
      compare: (a, b) => b.capacityBytes - a.capacityBytes,
    },
    {
      id: "used",
      title: "USED",
      width: 5,
      align: "right",
      cell: (pool) => {
        const share = percent(used(pool), pool.capacityBytes);
        return [`${share}%`, share >= 90 ? "danger" : share >= 75 ? "warn" : "plain"];
      },
      compare: (a, b) => used(b) - used(a),
    },
    {
      id: "bar",
      title: "",
      width: 10,
      grow: 1,
      from: 60,
      cell: (pool, { look }, width) => [meter(look.glyphs, used(pool), pool.capacityBytes, width), "graph"],
    },
    {
      id: "volumes",
      title: "DISKS",
      width: 5,
      align: "right",
      cell: ({ volumes }) => [`${volumes.length}`, "plain"],
      compare: (a, b) => b.volumes.length - a.volumes.length,
    },
  ],
  items: ({ state }) => rowsOfAll(state, "pools"),
  key: (pool) => keyOn(pool, pool.name),
  host: ({ host }) => host,
  name: ({ name }) => name,
  fields: () => ({
    name: { of: ({ name }) => [name] },
    host: { of: ({ host }) => [host] },
    state: { of: ({ active }) => [active ? "active" : "inactive"], among: ["active", "inactive"] },
    path: { of: ({ path }) => [path] },
    size: { amount: ({ capacityBytes }) => capacityBytes, unit: "bytes" },
    free: { amount: ({ availableBytes }) => availableBytes, unit: "bytes" },
    used: { amount: (pool) => percent(used(pool), pool.capacityBytes), unit: "number" },
  }),
  summary: ({ state }) => edgeWords(state, "pools"),
  empty: ({ state }) => notYet(remoteOfAll(state, "pools"), "There are no pools yet: the first launch makes one."),
  detail: (pool, scope, width) => [
    fact(scope, width, "pool", [shown(pool.name), "title"]),
    ...hostFact(pool.host, scope, width),
    fact(scope, width, "path", [shown(pool.path), "muted"]),
    fact(scope, width, "free", [`${formatSize(pool.availableBytes)} of ${formatSize(pool.capacityBytes)}`, "plain"]),
    line(scope.look, width, [[` ${meter(scope.look.glyphs, used(pool), pool.capacityBytes, width - 2)}`, "graph"]]),
    line(scope.look, width, []),
    ...pool.volumes.map(({ name, bytes, usedBytes }) =>
      line(scope.look, width, [
        [` ${`${formatSize(usedBytes)} of ${formatSize(bytes)}`.padStart(22)}`, "plain"],
        [`  ${shown(name)}`, "muted"],
      ]),
    ),
  ],
  strip: (pool, { look }, width) => [
    line(look, width, [[` ${shown(pool.path)}`, "muted"]]),
    line(look, width, [[` ${formatSize(pool.availableBytes)} free of ${formatSize(pool.capacityBytes)}`, "plain"]]),
  ],
};
