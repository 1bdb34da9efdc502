/** The first lines: which host, how it does, and the names of the screens. */
import { isActive } from "../../core/machine/status.ts";
import type { Scope } from "../screens/list-screen.ts";
import { isTrashed, stateOf } from "../store/machine-facts.ts";
import { gib, percent } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { ends, line, type Span } from "../theme/look.ts";
import { meter } from "../widgets/graph.ts";
import type { Layout } from "./layout.ts";
import { screenPlaces } from "./places.ts";

export function headLines(scope: Scope, layout: Layout): readonly string[] {
  const head = scope.state.link.how === "lost" ? banner(scope, layout) : hostLine(scope, layout);
  return layout.tabs ? [head, screensLine(scope, layout)] : [head];
}

/** A lost connection is said over everything, and what is shown stays: it is how things were. */
function banner({ look, state }: Scope, { columns }: Layout): string {
  if (state.link.how !== "lost") return "";
  const since = Math.max(0, Math.round((state.now - state.link.since) / 1000));
  return ends(
    look,
    columns,
    [
      [` ${look.glyphs.broken} lost `, "danger"],
      [shown(state.link.message), "danger"],
    ],
    [[`  trying again; this is ${since} s old `, "warn"]],
  );
}

function hostLine({ look, state, history }: Scope, { columns }: Layout): string {
  const { host } = state;
  const opening = state.link.how === "opening";
  const left: Span[] = [
    [" hutch ", "key"],
    [shown(host?.hostname ?? state.uri), "title"],
    [opening ? " opening…" : ` ${look.glyphs.running}`, opening ? "muted" : "ok"],
    ...(columns >= 100 && host !== null ? [[`  ${shown(host.uri)}  libvirt ${host.libvirt}`, "muted"] as const] : []),
    ...(state.demo ? [["  DEMO", "warn"] as const] : []),
    ...(state.readonly ? [["  look only", "warn"] as const] : []),
  ];
  const rates = history.all();
  const given = rates.reduce((sum, { memory }) => sum + memory, 0);
  const right: Span[] = [];
  if (host !== null && rates.length > 0) {
    const cpu = Math.round(rates.reduce((sum, each) => sum + each.cpu, 0) / rates.length);
    const memory = percent(given, host.memoryBytes);
    right.push(["CPU ", "muted"], [`${cpu}%`, cpu >= 90 ? "danger" : "plain"], ["  MEM ", "muted"]);
    if (columns >= 120)
      right.push(
        [`${gib(given)}/${gib(host.memoryBytes)}G `, "plain"],
        [`${meter(look.glyphs, given, host.memoryBytes, 10)} `, "graph"],
      );
    right.push([`${memory}%`, memory >= 100 ? "danger" : "plain"]);
  }
  const machines = [...state.machines.values()].filter((machine) => !isTrashed(machine));
  const running = machines.filter(({ status }) => isActive(status)).length;
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
