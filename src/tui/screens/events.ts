/** What happened on the host since hutch was opened, newest first. */
import { fact } from "../panes/panes.ts";
import { uuidOf } from "../store/hosts.ts";
import type { Happened } from "../store/state.ts";
import { clock } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { byText, type Data, type ListScreen } from "./list-screen.ts";

const reversed = new WeakMap<readonly Happened[], readonly Happened[]>();

function items({ state: { happenings } }: Data): readonly Happened[] {
  const known = reversed.get(happenings) ?? happenings.toReversed();
  reversed.set(happenings, known);
  return known;
}

export const events: ListScreen<Happened> = {
  id: "events",
  title: "Events",
  short: "Events",
  columns: [
    { id: "at", title: "WHEN", width: 8, cell: ({ at }) => [clock(at), "muted"], compare: (a, b) => b.at - a.at },
    {
      id: "host",
      title: "HOST",
      width: 8,
      several: true,
      cell: ({ host }) => [shown(host), "plain"],
      compare: byText(({ host }) => host),
    },
    {
      id: "what",
      title: "OF",
      width: 8,
      cell: ({ what }) => [what === "vm" ? "VM" : what, "muted"],
      compare: byText(({ what }) => what),
    },
    {
      id: "name",
      title: "NAME",
      width: 16,
      grow: 1,
      cell: ({ name }) => [shown(name), "plain"],
      compare: byText(({ name }) => name),
    },
    {
      id: "text",
      title: "WHAT",
      width: 16,
      grow: 2,
      cell: ({ text, level }) => [shown(text), level === "warn" ? "danger" : "plain"],
      compare: byText(({ text }) => text),
    },
  ],
  items,
  key: ({ at, name, text }) => `${at} ${name} ${text}`,
  name: ({ name }) => name,
  fields: () => ({
    name: { of: ({ name }) => [name] },
    host: { of: ({ host }) => [host] },
    what: { of: ({ text }) => [text] },
    of: { of: ({ what }) => [what] },
    level: { of: ({ level }) => [level] },
  }),
  summary: () => [],
  empty: () => ["Nothing has happened since hutch was opened."],
  detail: ({ at, what, name, text, uuid }, scope, width) => [
    fact(scope, width, "when", [clock(at), "plain"]),
    fact(scope, width, what === "vm" ? "VM" : what, [shown(name), "title"]),
    fact(scope, width, "what", [shown(text), "plain"]),
    ...(uuid === null ? [] : [fact(scope, width, "uuid", [uuidOf(uuid), "muted"])]),
  ],
  strip: ({ at, text }, { look }, width) => [
    line(look, width, [
      [` ${clock(at)} `, "muted"],
      [` ${shown(text)}`, "plain"],
    ]),
    line(look, width, []),
  ],
};
