/** What is told about one VM, a tab each. */
import type { MachineView } from "../../core/machine/view.ts";
import type { Scope } from "../screens/list-screen.ts";
import { type Detail, NO_DETAIL, type Remote, TABS, type TabId } from "../store/state.ts";
import { shown } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { consolePane } from "./console.ts";
import { containersPane } from "./containers.ts";
import { disksPane } from "./disks.ts";
import { graphsPane } from "./graphs.ts";
import { networkPane } from "./network.ts";
import { overviewPane } from "./overview.ts";
import { snapshotsPane } from "./snapshots.ts";
import { xmlPane } from "./xml.ts";

/** A pane's lines, exactly `width` cells each; it may have more of them than `height`. */
export type Pane = (vm: MachineView, detail: Detail, scope: Scope, width: number, height: number) => readonly string[];

const PANES: Readonly<Record<TabId, Pane>> = {
  overview: overviewPane,
  graphs: graphsPane,
  console: consolePane,
  containers: containersPane,
  disks: disksPane,
  network: networkPane,
  snapshots: snapshotsPane,
  xml: xmlPane,
};

const TITLES: Readonly<Record<TabId, readonly [long: string, short: string]>> = {
  overview: ["Overview", "Info"],
  graphs: ["Graphs", "Load"],
  console: ["Console", "Cons"],
  containers: ["Containers", "Ctrs"],
  disks: ["Disks", "Disk"],
  network: ["Network", "Net"],
  snapshots: ["Snapshots", "Snap"],
  xml: ["XML", "XML"],
};

/** The names of the tabs, and all that the chosen one has. */
export function paneLines(vm: MachineView, scope: Scope, width: number, height: number): readonly string[] {
  const { state } = scope;
  const detail = state.details.get(vm.uuid) ?? NO_DETAIL;
  return [tabsLine(scope, width), ...PANES[state.tab](vm, detail, scope, width, height - 1)];
}

/** Where each tab's name stands, from the left of the pane. */
export function tabPlaces(
  width: number,
): readonly { readonly tab: TabId; readonly from: number; readonly text: string }[] {
  const long = TABS.reduce((sum, tab) => sum + TITLES[tab][0].length + 1, 0) <= width;
  let from = 1;
  return TABS.map((tab) => {
    const text = TITLES[tab][long ? 0 : 1];
    const place = { tab, from, text };
    from += text.length + 1;
    return place;
  });
}

function tabsLine({ look, state }: Scope, width: number): string {
  const spans: Span[] = tabPlaces(width).flatMap(({ tab, text }): Span[] => [
    [" ", "plain"],
    tab === state.tab ? [look.depth === "none" ? text.toUpperCase() : text, "key"] : [text, "muted"],
  ]);
  return line(look, width, spans);
}

/** Those before the value of a fact. */
export const FACT_CELLS = 12;

/** `key   value` with the keys in one column. */
export function fact({ look }: Scope, width: number, key: string, ...value: readonly Span[]): string {
  return line(look, width, [[` ${key.padEnd(10)} `, "muted"], ...value]);
}

/** What stands in for something that is not there: why, in a line. */
export function waiting<T>({ look }: Scope, width: number, remote: Remote<T>, nothing: string): readonly string[] {
  const text = remote.how === "failed" ? shown(remote.message) : remote.how === "ready" ? nothing : "Reading…";
  return ["", text].map((words) => line(look, width, [[` ${words}`, remote.how === "failed" ? "warn" : "muted"]]));
}
