/** Where there are several hosts: whose a row is, in a list and in the detail. */
import { fact } from "../panes/panes.ts";
import { hasSeveral, hostNamed } from "../store/hosts.ts";
import { type ListPart, unread } from "../store/lists.ts";
import type { State } from "../store/state.ts";
import { shown } from "../text/cells.ts";
import type { Span } from "../theme/look.ts";
import { byText, type Cell, type Column, type Scope } from "./list-screen.ts";

export function hostColumn<T>(of: (item: T) => string): Column<T> & { readonly id: "host" } {
  return {
    id: "host",
    title: "HOST",
    width: 8,
    grow: 1,
    several: true,
    cell: (item, scope) => hostCell(of(item), scope),
    compare: byText(of),
  };
}

function hostCell(host: string, { state, look }: Scope): Cell {
  const away = hostNamed(state, host)?.link.how === "lost";
  return away ? [`${look.glyphs.broken} ${shown(host)}`, "danger"] : [shown(host), "plain"];
}

/** A line of the detail; none where there is only one host. */
export function hostFact(host: string, scope: Scope, width: number): readonly string[] {
  return hasSeveral(scope.state) ? [fact(scope, width, "host", hostCell(host, scope))] : [];
}

/** Words for the upper edge: of which hosts the list does not tell, and what else is to be said. */
export function edgeWords(state: State, part: ListPart, ...more: readonly Span[]): readonly Span[] {
  const hosts = hasSeveral(state) ? unread(state, part) : [];
  if (hosts.length === 0) return more;
  return [
    [`${hosts.map(({ name }) => shown(name)).join(", ")} not read`, "danger"],
    ...(more.length === 0 ? [] : [["  ", "plain"] as const, ...more]),
  ];
}
