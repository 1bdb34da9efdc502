/** The first lines: which hosts, how they do, and the names of the screens. */
import type { Scope } from "../screens/list-screen.ts";
import { type HostState, hasSeveral, memoryOfAll, shownMachines } from "../store/hosts.ts";
import { isTrashed, stateOf } from "../store/machine-facts.ts";
import type { State } from "../store/state.ts";
import { gib, percent } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { ends, line, type Span } from "../theme/look.ts";
import { meter } from "../widgets/graph.ts";
import type { Layout } from "./layout.ts";
import { screenPlaces } from "./places.ts";

export function headLines(scope: Scope, layout: Layout): readonly string[] {
  const away = awayHost(scope.state);
  const head = away === undefined ? hostLine(scope, layout) : banner(scope, layout, away);
  return layout.tabs ? [head, screensLine(scope, layout)] : [head];
}

/** The host without which nothing that is shown is true any more. */
function awayHost({ hosts, link, only }: State): HostState | undefined {
  const shown = only === null ? hosts : hosts.filter(({ name }) => name === only);
  return link.how === "lost" && shown.every((host) => host.link.how === "lost") ? shown[0] : undefined;
}

/** A lost connection is said over everything, and what is shown stays: it is how things were. */
function banner({ look, state }: Scope, { columns }: Layout, { link }: HostState): string {
  if (link.how !== "lost") return "";
  const since = Math.max(0, Math.round((state.now - link.since) / 1000));
  return ends(
    look,
    columns,
    [
      [` ${look.glyphs.broken} lost `, "danger"],
      [shown(link.message), "danger"],
    ],
    [[`  retrying, ${since} s old `, "warn"]],
  );
}

/** Names of so many hosts have room. */
const MOST_NAMES = 4;

function hostSpans({ look, state }: Scope, columns: number): readonly Span[] {
  const { hosts, host, only } = state;
  const { glyphs } = look;
  const [first] = hosts;
  if (!hasSeveral(state)) {
    const opening = state.link.how === "opening";
    return [
      [shown(host?.hostname ?? first?.uri ?? ""), "title"],
      [opening ? " opening…" : ` ${glyphs.running}`, opening ? "muted" : "ok"],
      ...(columns >= 100 && host !== null ? [[`  ${shown(host.uri)}  libvirt ${host.libvirt}`, "muted"] as const] : []),
    ];
  }
  const away = hosts.filter(({ link }) => link.how === "lost");
  if (columns < 100 || hosts.length > MOST_NAMES)
    return [
      [only === null ? `${hosts.length} hosts` : shown(only), "title"],
      ...(away.length === 0 ? [] : [[`  ${glyphs.broken} ${away.length} away`, "danger"] as const]),
    ];
  return hosts.flatMap(({ name, link }): Span[] => [
    [`${shown(name)} `, only === null || only === name ? "title" : "muted"],
    link.how === "lost"
      ? [`${glyphs.broken} away  `, "danger"]
      : link.how === "up"
        ? [`${glyphs.running}  `, "ok"]
        : ["opening…  ", "muted"],
  ]);
}

function hostLine(scope: Scope, { columns }: Layout): string {
  const { look, state, history } = scope;
  const left: Span[] = [
    [" hutch ", "key"],
    ...hostSpans(scope, columns),
    ...(state.demo ? [["  DEMO", "warn"] as const] : []),
    ...(state.readonly ? [["  look only", "warn"] as const] : []),
  ];
  const whole = memoryOfAll(state);
  const { running: rated, cpu: mean, memory: given } = history.totals();
  const right: Span[] = [];
  if (whole > 0 && rated > 0) {
    const cpu = Math.round(mean);
    const memory = percent(given, whole);
    right.push(["CPU ", "muted"], [`${cpu}%`, cpu >= 90 ? "danger" : "plain"], ["  MEM ", "muted"]);
    if (columns >= 120)
      right.push([`${gib(given)}/${gib(whole)}G `, "plain"], [`${meter(look.glyphs, given, whole, 10)} `, "graph"]);
    right.push([`${memory}%`, memory >= 100 ? "danger" : "plain"]);
  }
  const machines = [...shownMachines(state).values()].filter((machine) => !isTrashed(machine));
  const running = machines.filter(({ status }) => status.power === "running").length;
  const broken = machines.filter((machine) => stateOf(machine).tone === "danger").length;
  right.push([`  ${running}/${machines.length} run`, "plain"]);
  if (broken > 0) right.push([`  ${broken} broken`, "danger"]);
  right.push([state.every === 0 ? "  held " : `  ${state.every / 1000}s `, state.every === 0 ? "warn" : "muted"]);
  return ends(look, columns, left, right);
}

function screensLine({ look, state }: Scope, { columns }: Layout): string {
  let at = 0;
  const spans = screenPlaces(state).flatMap(({ screen, from, text }): Span[] => {
    const gap = " ".repeat(from - at);
    at = from + text.length;
    return [
      [gap, "plain"],
      [text, screen === state.screen ? "key" : "muted"],
    ];
  });
  return line(look, columns, spans);
}
