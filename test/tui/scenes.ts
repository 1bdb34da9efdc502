/** What the golden frames are of: a name, the keys that lead there from the list of VMs, and those that lead back. */

import type { Message } from "../../src/tui/store/messages.ts";
import { SCREENS, TABS } from "../../src/tui/store/state.ts";
import { type Look, lookOf } from "../../src/tui/theme/look.ts";
import { NOW } from "./fleet.ts";

const ESC = "\x1b";

export type Scene = {
  readonly name: string;
  readonly keys: readonly string[];
  readonly back: readonly string[];
};

export const SCREEN_SCENES: readonly Scene[] = SCREENS.map((name, index) => ({
  name,
  keys: [`${index + 1}`],
  back: ["1"],
}));

/** Of the VM at the first row, but for the overview, which is what the screen of VMs shows. */
export const TAB_SCENES: readonly Scene[] = TABS.filter((tab) => tab !== "overview").map((tab) => ({
  name: `tab-${tab}`,
  keys: [`:tab.${tab}\r`],
  back: [":tab.overview\r"],
}));

export const OVERLAY_SCENES: readonly Scene[] = [
  { name: "help", keys: ["?"], back: ["q"] },
  { name: "palette", keys: ["\x10", "rest"], back: [ESC] },
  { name: "menu", keys: ["x"], back: [ESC] },
  { name: "copy", keys: ["y"], back: [ESC] },
  { name: "command", keys: [":snapshot "], back: [ESC] },
  { name: "filter", keys: ["/", "state=running tag=p"], back: [ESC] },
  { name: "filter-fault", keys: ["/", "stat=running"], back: [ESC] },
  { name: "marks", keys: ["  "], back: ["V", "g"] },
  { name: "sort", keys: ["o"], back: [ESC] },
  { name: "views", keys: ["w"], back: [ESC] },
  { name: "view", keys: [":view prod\r"], back: [":view all\r", ESC, "g"] },
  { name: "confirm-stop", keys: ["S"], back: [ESC] },
  { name: "confirm-delete", keys: ["D", "ci-runner"], back: [ESC] },
  { name: "confirm-purge", keys: ["G", ":vm.purge\r"], back: [ESC, "g"] },
  { name: "launch", keys: ["n", "web-0\t\t\x1599"], back: [ESC] },
  { name: "output", keys: [":list\r"], back: ["q"] },
  { name: "zoom", keys: ["\r"], back: [ESC] },
];

export const VIEWS = {
  prod: {
    filter: "state=running tag=prod",
    sort: { column: "memory", descending: true },
    columns: ["name", "state", "tags", "cpu", "memory"],
  },
  all: { filter: "", sort: null, columns: null },
} as const;

const at = (seconds: number) => NOW - seconds * 1000;
const uuid = (number: number) => `00000000-0000-4000-8000-${`${number}`.padStart(12, "0")}`;

/** What has been going on: jobs in each state, and events. */
export const GOING_ON: readonly Message[] = [
  ...(
    [
      [310, "web-01", 1, "started", "info"],
      [250, "ci-runner-1", 5, "started", "info"],
      [120, "ci-runner-2", 6, "paused", "info"],
      [45, "k3s-w-1", 11, "crashed", "warn"],
      [5, "ci-runner-1", 5, "settings changed", "info"],
    ] as const
  ).map(
    ([ago, name, number, text, level]): Message => ({
      m: "news",
      news: { k: "happened", happening: { at: at(ago), what: "vm", name, uuid: uuid(number), text, level } },
      now: NOW,
    }),
  ),
  { m: "job", id: "a", title: "stop web-02", command: "hutch stop web-02", now: at(200) },
  { m: "job-event", id: "a", event: { k: "step.begin", op: "a", step: "s", title: "Shut down", at: at(200) } },
  { m: "job-event", id: "a", event: { k: "step.end", op: "a", step: "s", how: "done", at: at(193) } },
  { m: "job-event", id: "a", event: { k: "op.end", op: "a", how: "done", at: at(193) } },
  { m: "job", id: "b", title: "pull debian-12", command: "hutch image pull debian-12", now: at(90) },
  { m: "job-event", id: "b", event: { k: "step.begin", op: "b", step: "s", title: "Download", at: at(90) } },
  { m: "job-event", id: "b", event: { k: "step.end", op: "b", step: "s", how: "failed", at: at(80) } },
  {
    m: "job-event",
    id: "b",
    event: {
      k: "op.end",
      op: "b",
      how: "failed",
      at: at(80),
      fault: {
        code: "E_IMAGE",
        message: "The mirror does not answer.",
        why: "cloud.debian.org: connection refused",
        next: ["hutch image pull debian-12"],
      },
    },
  },
  { m: "job", id: "c", title: "launch web-03", command: "hutch launch debian-13 --name web-03", now: at(12) },
  { m: "job-event", id: "c", event: { k: "step.begin", op: "c", step: "check", title: "Check", at: at(12) } },
  { m: "job-event", id: "c", event: { k: "step.end", op: "c", step: "check", how: "done", at: at(11) } },
  { m: "job-event", id: "c", event: { k: "step.begin", op: "c", step: "image", title: "Fetch the image", at: at(11) } },
  {
    m: "job-event",
    id: "c",
    event: {
      k: "step.progress",
      op: "c",
      step: "image",
      done: 285 * 1024 ** 2,
      total: 418 * 1024 ** 2,
      unit: "bytes",
      at: at(1),
    },
  },
  { m: "toast", toast: { text: "Snapshot before-upgrade of web-01: done", tone: "ok", at: NOW } },
];

export type Cast = {
  readonly columns: number;
  readonly rows: number;
  readonly look: Look;
  /** How the look is called in the names of files. */
  readonly called: string;
  readonly scenes: readonly Scene[];
  /** Whether what looks alike is written down too, cell by cell. */
  readonly styles: boolean;
};

const COLOUR = lookOf("true", "dark", false);
const SIZES = [
  [80, 24],
  [120, 35],
  [200, 55],
] as const;
const LOOKS = { colour: COLOUR, plain: lookOf("none", "dark", false), ascii: lookOf("none", "dark", true) };

/** Every golden frame: a terminal each, which goes through its scenes. */
export const CASTS: readonly Cast[] = [
  ...SIZES.flatMap(([columns, rows]) =>
    Object.entries(LOOKS).map(([called, look]): Cast => {
      const coloured = called === "colour";
      return {
        columns,
        rows,
        look,
        called,
        scenes: [
          ...SCREEN_SCENES,
          ...(coloured && columns <= 120 ? OVERLAY_SCENES : []),
          ...(coloured && columns === 120 ? TAB_SCENES : []),
        ],
        styles: coloured && columns === 80,
      };
    }),
  ),
  ...(
    [
      ["light", lookOf("true", "light", false)],
      ["16", lookOf("16", "dark", false)],
      ["16-light", lookOf("16", "light", false)],
    ] as const
  ).map(
    ([called, look]): Cast => ({
      columns: 80,
      rows: 24,
      look,
      called,
      scenes: SCREEN_SCENES.slice(0, 1),
      styles: true,
    }),
  ),
];
