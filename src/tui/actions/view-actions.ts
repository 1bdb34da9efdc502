/** Moving about and looking. */
import { EMPTY_LINE, lineOf } from "../input/line.ts";
import { rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { hasSeveral } from "../store/hosts.ts";
import type { Message } from "../store/messages.ts";
import { newForm, SCREENS, type State, TABS, type View } from "../store/state.ts";
import type { Action, Ground, Group } from "./action.ts";

type Shown = {
  readonly id: string;
  readonly title: string;
  readonly short?: string;
  readonly group?: Group;
  readonly keys: readonly string[];
  readonly foot?: number;
  reason?(ground: Ground): string | null;
  messages(state: State, ground: Ground): readonly Message[];
};

function show({ id, title, short, keys, foot, reason, messages, group = "View" }: Shown): Action {
  return {
    id,
    title,
    group,
    keys,
    on: [],
    ...(short === undefined ? {} : { short }),
    ...(foot === undefined ? {} : { foot }),
    targets: () => [],
    reason: (ground) => reason?.(ground) ?? null,
    command: () => null,
    act: { k: "show", messages: (ground) => messages(ground.state, ground) },
  };
}

const move = (id: string, title: string, keys: readonly string[], message: Message): Action =>
  show({ id, title, keys, group: "Move", messages: () => [message] });

/** One level each: what is filtered, marked, spread out; then the screen before. */
function oneLevelBack(state: State): readonly Message[] {
  const view = state.views[state.screen];
  if (state.zoomed) return [{ m: "zoom", on: false }];
  if (view.columns !== null || view.named !== null) return [{ m: "look", name: null }];
  if (view.filter !== "") return [{ m: "filter", text: "" }];
  if (view.marks.size > 0) return [{ m: "unmark" }];
  return [{ m: "back" }];
}

/** Nothing of it is worth a name. */
export function isPlain({ filter, sort, columns }: View): boolean {
  return filter === "" && sort === null && columns === null;
}

const onVms = ({ state }: Ground) => (state.screen === "vms" ? null : "Only on the screen VMs.");

export const VIEW_ACTIONS: readonly Action[] = [
  move("move.down", "Down", ["j", "down", "ctrl-j"], { m: "move", step: { by: 1 } }),
  move("move.up", "Up", ["k", "up"], { m: "move", step: { by: -1 } }),
  move("move.first", "First", ["g", "home"], { m: "move", step: { to: "first" } }),
  move("move.last", "Last", ["G", "end"], { m: "move", step: { to: "last" } }),
  move("move.half-down", "Half a screen down", ["ctrl-d"], { m: "move", step: { pages: 0.5 } }),
  move("move.half-up", "Half a screen up", ["ctrl-u"], { m: "move", step: { pages: -0.5 } }),
  move("move.page-down", "A screen down", ["ctrl-f", "pgdn"], { m: "move", step: { pages: 1 } }),
  move("move.page-up", "A screen up", ["ctrl-b", "pgup"], { m: "move", step: { pages: -1 } }),
  move("move.tab-right", "Next tab", ["l", "right", "]", "tab"], { m: "next-tab", by: 1 }),
  move("move.tab-left", "Tab before", ["h", "left", "[", "shift-tab"], { m: "next-tab", by: -1 }),
  move("move.scroll-down", "Scroll the detail down", ["J"], { m: "scroll", by: 3 }),
  move("move.scroll-up", "Scroll the detail up", ["K"], { m: "scroll", by: -3 }),
  ...SCREENS.map((screen, index) =>
    show({
      id: `go.${screen}`,
      title: `Go to ${SCREEN[screen].title}`,
      keys: [`${index + 1}`],
      group: "Move",
      messages: () => [{ m: "go", screen }],
    }),
  ),
  show({ id: "view.back", title: "Back, one level", keys: ["esc"], messages: oneLevelBack }),
  show({ id: "view.previous", title: "The screen before", keys: ["-"], messages: () => [{ m: "back" }] }),
  show({
    id: "view.zoom",
    title: "Open",
    keys: ["enter"],
    foot: 1,
    reason: (ground) =>
      ground.state.zoomed || rowsOf(SCREEN[ground.state.screen], ground).length > 0
        ? null
        : "There is nothing to open.",
    messages: (state) => [{ m: "zoom", on: !state.zoomed }],
  }),
  show({
    id: "view.filter",
    title: "Filter",
    keys: ["/"],
    foot: 11,
    messages: (state) => {
      const { filter } = state.views[state.screen];
      return [{ m: "open", overlay: { k: "filter", line: lineOf(filter), before: filter } }];
    },
  }),
  show({
    id: "view.sort",
    title: "Sort",
    keys: ["o"],
    reason: ({ state }) =>
      SCREEN[state.screen].columns.some(({ compare }) => compare !== undefined) ? null : "This list has one order.",
    messages: () => [{ m: "open", overlay: { k: "sort" } }],
  }),
  show({ id: "view.reverse", title: "Turn the order around", keys: ["O"], messages: () => [{ m: "reverse" }] }),
  show({
    id: "view.saved",
    title: "Saved views",
    keys: ["w"],
    reason: ({ state }) =>
      Object.keys(state.saved).length === 0
        ? "There are no saved views yet: filter and sort, then :view save NAME."
        : null,
    messages: () => [{ m: "open", overlay: { k: "views", at: 0 } }],
  }),
  show({
    id: "view.save",
    title: "Save this view",
    keys: [],
    reason: (ground) => onVms(ground) ?? (isPlain(ground.state.views.vms) ? "Filter or sort the VMs first." : null),
    messages: () => [{ m: "open", overlay: { k: "command", line: lineOf("view save "), past: 0 } }],
  }),
  show({ id: "view.mark", title: "Mark", keys: ["space"], foot: 8, messages: () => [{ m: "mark" }] }),
  show({ id: "view.mark-range", title: "Mark up to here", keys: ["v"], messages: () => [{ m: "mark-range" }] }),
  show({ id: "view.mark-all", title: "Mark all", keys: ["ctrl-a"], messages: () => [{ m: "mark-all" }] }),
  show({ id: "view.unmark", title: "Unmark all", keys: ["V"], messages: () => [{ m: "unmark" }] }),
  show({
    id: "view.faster",
    title: "Look more often",
    keys: ["+"],
    messages: ({ every }) => [{ m: "every", ms: every === 0 ? 1000 : Math.max(500, every / 2) }],
  }),
  show({
    id: "view.slower",
    title: "Look less often",
    keys: ["_"],
    messages: ({ every }) => [{ m: "every", ms: every === 0 ? 1000 : Math.min(16_000, every * 2) }],
  }),
  show({
    id: "view.pause",
    title: "Hold the figures",
    keys: ["P"],
    messages: ({ every }) => [{ m: "every", ms: every === 0 ? 1000 : 0 }],
  }),
  show({
    id: "host.only",
    title: "Only this host, or all",
    keys: ["a"],
    reason: ({ state }) => (hasSeveral(state) ? null : "There is only one host."),
    messages: ({ only, current }) => [{ m: "only", host: only === null ? current : null }],
  }),
  show({
    id: "vm.launch",
    title: "Launch a VM",
    short: "new VM",
    group: "VM",
    keys: ["n"],
    foot: 7,
    reason: ({ state }) =>
      state.readonly ? "This session only looks." : state.link.how === "lost" ? "The connection is lost." : null,
    messages: (state, ground) => {
      const form = newForm("");
      const image = state.screen === "images" ? ground.state.views.images.cursor?.split(" ")[0] : undefined;
      const fields = image === undefined ? form.fields : { ...form.fields, image: lineOf(image) };
      return [{ m: "open", overlay: { k: "launch", form: { ...form, fields } } }];
    },
  }),
  show({
    id: "hutch.command",
    title: "Command line",
    short: "cmd",
    group: "hutch",
    keys: [":"],
    foot: 12,
    messages: () => [{ m: "open", overlay: { k: "command", line: EMPTY_LINE, past: 0 } }],
  }),
  show({
    id: "hutch.menu",
    title: "What can be done here",
    short: "menu",
    group: "hutch",
    keys: ["x"],
    foot: 10,
    messages: () => [{ m: "open", overlay: { k: "palette", of: "rows", line: EMPTY_LINE, at: 0 } }],
  }),
  show({
    id: "hutch.palette",
    title: "Every action",
    group: "hutch",
    keys: ["ctrl-p"],
    messages: () => [{ m: "open", overlay: { k: "palette", of: "all", line: EMPTY_LINE, at: 0 } }],
  }),
  show({
    id: "hutch.copy",
    title: "Copy a command line",
    group: "hutch",
    keys: ["y"],
    messages: () => [{ m: "open", overlay: { k: "palette", of: "copy", line: EMPTY_LINE, at: 0 } }],
  }),
  show({
    id: "hutch.help",
    title: "Keys",
    group: "hutch",
    keys: ["?"],
    foot: 13,
    messages: () => [{ m: "open", overlay: { k: "help", top: 0 } }],
  }),
  ...TABS.map((tab) =>
    show({ id: `tab.${tab}`, title: `Show ${tab}`, keys: [], reason: onVms, messages: () => [{ m: "tab", tab }] }),
  ),
];

type Programmed = Extract<Action["act"], { k: "program" }>["what"];

const program = (id: string, title: string, keys: readonly string[], what: Programmed, foot?: number): Action => ({
  id,
  title,
  group: "hutch",
  keys,
  on: [],
  ...(foot === undefined ? {} : { foot }),
  targets: () => [],
  reason: () => null,
  command: () => null,
  act: { k: "program", what },
});

export const PROGRAM_ACTIONS: readonly Action[] = [
  program("hutch.refresh", "Read everything again", ["r", "ctrl-l"], "refresh"),
  program("hutch.suspend", "Suspend", ["ctrl-z"], "suspend"),
  program("hutch.quit", "Quit", ["q", "ctrl-c"], "quit", 14),
  {
    ...program("hutch.cancel-and-quit", "Cancel what runs, and quit", [], "cancel-and-quit"),
    ask: "yes",
    warning: "Work is still going on. It is cancelled, and what it did is undone, before hutch ends.",
    reason: ({ state }) => (state.jobs.some(({ op }) => op.how === "running") ? null : "No job runs."),
  },
];
