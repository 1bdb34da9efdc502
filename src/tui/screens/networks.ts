/** The networks that VMs can stand in. */
import { plural } from "../../core/plural.ts";
import type { HostNetwork } from "../../core/watching.ts";
import { fact } from "../panes/panes.ts";
import { type At, keyOn, remoteOfAll, rowsOfAll } from "../store/lists.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { edgeWords, hostColumn, hostFact } from "./host-column.ts";
import { byText, type ListScreen } from "./list-screen.ts";
import { notYet } from "./not-yet.ts";

type Network = At<HostNetwork>;

export const networks: ListScreen<Network> = {
  id: "networks",
  title: "Networks",
  short: "Nets",
  columns: [
    {
      id: "name",
      title: "NAME",
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
    { id: "mode", title: "MODE", width: 8, cell: ({ mode }) => [mode, "plain"], compare: byText(({ mode }) => mode) },
    { id: "bridge", title: "BRIDGE", width: 8, from: 52, cell: ({ bridge }) => [shown(bridge), "plain"] },
    {
      id: "addresses",
      title: "ADDRESSES",
      width: 18,
      grow: 1,
      cell: ({ addresses }) => [addresses.join(" "), "accent"],
    },
    {
      id: "autostart",
      title: "AUTO",
      width: 4,
      from: 64,
      cell: ({ autostart }) => [autostart ? "yes" : "no", "muted"],
    },
  ],
  items: ({ state }) => rowsOfAll(state, "networks"),
  key: (network) => keyOn(network, network.name),
  host: ({ host }) => host,
  name: ({ name }) => name,
  fields: () => ({
    name: { of: ({ name }) => [name] },
    host: { of: ({ host }) => [host] },
    state: { of: ({ active }) => [active ? "active" : "inactive"], among: ["active", "inactive"] },
    mode: { of: ({ mode }) => [mode] },
    bridge: { of: ({ bridge }) => [bridge].filter((text) => text !== "") },
    address: { of: ({ addresses }) => addresses },
  }),
  summary: ({ state }) => {
    const active = rowsOfAll(state, "networks").filter((network) => network.active);
    return edgeWords(state, "networks", [`${active.length} active`, "muted"]);
  },
  empty: ({ state }) =>
    notYet(remoteOfAll(state, "networks"), "libvirt has no networks here; user-mode networking needs none."),
  detail: (network, scope, width) => [
    fact(scope, width, "network", [shown(network.name), "title"]),
    ...hostFact(network.host, scope, width),
    fact(scope, width, "mode", [network.mode, "plain"]),
    fact(scope, width, "bridge", [shown(network.bridge) || "none", "plain"]),
    fact(scope, width, "addresses", [network.addresses.join("  ") || "none", "accent"]),
    fact(scope, width, "autostart", [network.autostart ? "yes" : "no", "plain"]),
    line(scope.look, width, []),
    line(scope.look, width, [[network.leases.length === 0 ? " Nobody has a lease." : " Leases", "muted"]]),
    ...network.leases.map(({ address, name, mac }) =>
      line(scope.look, width, [
        [` ${address.padEnd(16)}`, "accent"],
        [` ${shown(name)}`, "plain"],
        [`  ${mac}`, "muted"],
      ]),
    ),
  ],
  strip: (network, { look }, width) => [
    line(look, width, [[` ${[network.mode, ...network.addresses].join("  ")}`, "plain"]]),
    line(look, width, [[` ${plural(network.leases.length, "lease")}`, "muted"]]),
  ],
};
