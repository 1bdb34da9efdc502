/** The snapshots of every VM. */
import type { HostSnapshot } from "../../core/watching.ts";
import { fact } from "../panes/panes.ts";
import { type At, keyOn, remoteOfAll, rowsOfAll } from "../store/lists.ts";
import { age } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { edgeWords, hostColumn, hostFact } from "./host-column.ts";
import { byText, type ListScreen } from "./list-screen.ts";
import { notYet } from "./not-yet.ts";

type Snapshot = At<HostSnapshot>;

export const snapshots: ListScreen<Snapshot> = {
  id: "snapshots",
  title: "Snapshots",
  short: "Snaps",
  columns: [
    {
      id: "machine",
      title: "VM",
      width: 14,
      grow: 1,
      cell: ({ machine }) => [shown(machine), "plain"],
      compare: byText(({ machine }) => machine),
    },
    hostColumn(({ host }) => host),
    {
      id: "name",
      title: "SNAPSHOT",
      width: 18,
      grow: 1,
      cell: ({ name, current }, { look: { glyphs } }) =>
        current ? [`${glyphs.cursor} ${shown(name)}`, "accent"] : [shown(name), "plain"],
      compare: byText(({ name }) => name),
    },
    {
      id: "age",
      title: "AGE",
      width: 5,
      align: "right",
      cell: ({ createdAt }, { state }) => [createdAt === null ? "" : age(state.now - createdAt), "plain"],
      compare: (a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0),
    },
    { id: "what", title: "OF", width: 11, cell: ({ withMemory }) => [withMemory ? "disk+memory" : "disk", "muted"] },
  ],
  items: ({ state }) => rowsOfAll(state, "snapshots"),
  key: (snapshot) => keyOn(snapshot, snapshot.uuid, snapshot.name),
  host: ({ host }) => host,
  name: ({ name }) => name,
  fields: () => ({
    vm: { of: ({ machine }) => [machine] },
    name: { of: ({ name }) => [name] },
    host: { of: ({ host }) => [host] },
    of: { of: ({ withMemory }) => (withMemory ? ["disk", "memory"] : ["disk"]), among: ["disk", "memory"] },
    current: { of: ({ current }) => [current ? "yes" : "no"], among: ["yes", "no"] },
  }),
  summary: ({ state }) => edgeWords(state, "snapshots"),
  empty: ({ state }) => notYet(remoteOfAll(state, "snapshots"), "No VM has a snapshot."),
  detail: (snapshot, scope, width) => [
    fact(scope, width, "snapshot", [shown(snapshot.name), "title"]),
    fact(scope, width, "of", [shown(snapshot.machine), "plain"]),
    ...hostFact(snapshot.host, scope, width),
    fact(scope, width, "after", [snapshot.parent === null ? "nothing" : shown(snapshot.parent), "plain"]),
    fact(scope, width, "holds", [snapshot.withMemory ? "disk and memory" : "disk", "plain"]),
    ...(snapshot.current ? [fact(scope, width, "", ["the VM stands on it", "accent"])] : []),
  ],
  strip: (snapshot, { look }, width) => [
    line(look, width, [[` of ${shown(snapshot.machine)}`, "plain"]]),
    line(look, width, [[snapshot.current ? " the VM stands on it" : "", "muted"]]),
  ],
};
