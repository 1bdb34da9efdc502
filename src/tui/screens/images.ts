/** The images: those in the store, and those that can be had. */
import { plural } from "../../core/plural.ts";
import type { ImageRow } from "../../core/requests.ts";
import { formatSize } from "../../core/units.ts";
import { fact } from "../panes/panes.ts";
import { type At, keyOn, remoteOfAll, rowsOfAll } from "../store/lists.ts";
import type { ImageLine } from "../store/state.ts";
import { age } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line } from "../theme/look.ts";
import { edgeWords, hostColumn, hostFact } from "./host-column.ts";
import { byText, type ListScreen } from "./list-screen.ts";
import { notYet } from "./not-yet.ts";

type Image = At<ImageLine>;

function storedWords({ trust, usedBy, stale }: ImageRow): string {
  const words = [shown(trust), `used by ${plural(usedBy.length, "VM")}`, stale ? STALE : ""];
  return words.filter((text) => text !== "").join("  ");
}

const STALE = "its base is newer by now";

export const images: ListScreen<Image> = {
  id: "images",
  title: "Images",
  short: "Imgs",
  columns: [
    {
      id: "name",
      title: "NAME",
      width: 18,
      grow: 1,
      cell: ({ name, stored }) => [shown(name), stored === null ? "muted" : "plain"],
      compare: byText(({ name }) => name),
    },
    hostColumn(({ host }) => host),
    {
      id: "where",
      title: "WHERE",
      width: 9,
      cell: ({ stored }) =>
        stored === null ? ["available", "muted"] : stored.stale ? ["stale", "warn"] : ["here", "ok"],
      compare: byText(({ stored }) => (stored === null ? "c" : stored.stale ? "b" : "a")),
    },
    {
      id: "size",
      title: "SIZE",
      width: 9,
      align: "right",
      cell: ({ stored }) => [stored === null ? "" : formatSize(stored.bytes), "plain"],
      compare: (a, b) => (b.stored?.bytes ?? 0) - (a.stored?.bytes ?? 0),
    },
    {
      id: "used",
      title: "VMS",
      width: 4,
      align: "right",
      cell: ({ stored }) => [stored === null ? "" : `${stored.usedBy.length}`, "plain"],
      compare: (a, b) => (b.stored?.usedBy.length ?? 0) - (a.stored?.usedBy.length ?? 0),
    },
    {
      id: "title",
      title: "WHAT IT IS",
      width: 16,
      grow: 2,
      from: 70,
      cell: ({ title }) => [shown(title), "muted"],
      compare: byText(({ title }) => title),
    },
  ],
  items: ({ state }) => rowsOfAll(state, "images"),
  key: (image) => keyOn(image, image.name, image.stored?.digest ?? ""),
  host: ({ host }) => host,
  name: ({ name }) => name,
  fields: () => ({
    name: { of: ({ name }) => [name] },
    host: { of: ({ host }) => [host] },
    title: { of: ({ title }) => [title] },
    state: {
      of: ({ stored }) => (stored === null ? ["available"] : ["here", ...(stored.stale ? ["stale"] : [])]),
      among: ["here", "stale", "available"],
    },
    size: { amount: ({ stored }) => stored?.bytes ?? null, unit: "bytes" },
    vms: { amount: ({ stored }) => stored?.usedBy.length ?? null, unit: "number" },
  }),
  summary: ({ state }) => {
    const stored = rowsOfAll(state, "images").flatMap((each) => each.stored ?? []);
    const bytes = stored.reduce((sum, each) => sum + each.bytes, 0);
    return edgeWords(state, "images", [
      stored.length === 0 ? "none here" : `${stored.length} here, ${formatSize(bytes)}`,
      "muted",
    ]);
  },
  empty: ({ state }) => notYet(remoteOfAll(state, "images"), "There are no images."),
  detail: ({ name, host, title, stored }, scope, width) => {
    const { look, state } = scope;
    const about = [
      fact(scope, width, "image", [shown(name), "title"]),
      fact(scope, width, "", [shown(title), "plain"]),
      ...hostFact(host, scope, width),
    ];
    if (stored === null)
      return [
        ...about,
        line(look, width, []),
        line(look, width, [[" Not in the store: a launch downloads it.", "muted"]]),
      ];
    return [
      ...about,
      fact(scope, width, "digest", [stored.digest, "muted"]),
      fact(scope, width, "trust", [shown(stored.trust), "plain"]),
      ...(stored.stale ? [fact(scope, width, "stale", [STALE, "warn"])] : []),
      fact(scope, width, "size", [
        `${formatSize(stored.bytes)}, a disk of ${formatSize(stored.virtualBytes)}`,
        "plain",
      ]),
      ...(stored.addedAt === ""
        ? []
        : [fact(scope, width, "added", [`${age(state.now - Date.parse(stored.addedAt))} ago`, "muted"])]),
      line(look, width, []),
      line(look, width, [[stored.usedBy.length === 0 ? " No VM stands on it." : " VMs that stand on it", "muted"]]),
      ...stored.usedBy.map((vm) => line(look, width, [[`   ${shown(vm)}`, "plain"]])),
    ];
  },
  strip: ({ title, stored }, { look }, width) => [
    line(look, width, [[` ${shown(title)}`, "plain"]]),
    line(look, width, [[stored === null ? " not in the store yet" : ` ${storedWords(stored)}`, "muted"]]),
  ],
};
