/** The one place that changes state. Pure but for the history of loads, which it only asks for the order of rows. */
import { reduce as foldOp, NO_OPERATION } from "../../core/op/reduce.ts";
import { layoutOf, scrolledTo } from "../layout/layout.ts";
import { rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { withDetail } from "./details.ts";
import type { History } from "./history.ts";
import { tabInside, withContainer, withContainerLogs } from "./inside.ts";
import type { Message, Step } from "./messages.ts";
import { atCurrent, lost, withHosts, withNews, withRead, withSummary } from "./reduce-hosts.ts";
import { savedLook } from "./saved-look.ts";
import { scrolledBy } from "./scrolled.ts";
import { type Job, type ScreenId, type State, TABS, type View } from "./state.ts";

const KEPT_JOBS = 200;
const KEPT_LINES = 500;
const KEPT_COMMANDS = 100;
/** The frame and the header of a list. */
export const LIST_EDGES = 3;

export function createReducer(history: History): (state: State, message: Message) => State {
  return (state, message) => {
    const next = change(state, message, history);
    return atCurrent(next === state || !MOVES_ROWS.has(message.m) ? next : settled(next, history));
  };
}

/** Messages after which the cursor's place in its list may be another. */
const MOVES_ROWS: ReadonlySet<Message["m"]> = new Set<Message["m"]>([
  "size",
  "hosts",
  "host",
  "only",
  "news",
  "sample",
  "read",
  "job",
  "go",
  "back",
  "choose",
  "sort",
  "reverse",
  "filter",
  "look",
  "zoom",
]);

function change(state: State, message: Message, history: History): State {
  switch (message.m) {
    case "size":
      return { ...state, size: message.size };
    case "beat":
      return { ...state, now: message.now, toast: fresh(state.toast, message.now) };
    case "hosts":
      return withHosts(state, message.hosts);
    case "host":
      return withSummary(state, message.of, message.host);
    case "only":
      return { ...state, only: message.host };
    case "news":
      return withNews(state, message.of, message.news, message.now);
    case "lost":
      return lost(state, message.of, message.message, message.now);
    case "sample":
      return { ...state, sample: state.sample + 1, now: message.now, toast: fresh(state.toast, message.now) };
    case "every":
      return { ...state, every: message.ms };
    case "read":
      return withRead(state, message.of, message.what);
    case "detail":
      return { ...state, details: withDetail(state.details, message.uuid, message.what) };
    case "job": {
      const { id, title, command, now } = message;
      const job: Job = { id, title, command, op: { ...NO_OPERATION, title, beganAt: now }, lines: [], beganAt: now };
      return { ...state, jobs: [job, ...state.jobs].slice(0, KEPT_JOBS) };
    }
    case "job-event":
      return withJob(state, message.id, (job) => ({ ...job, op: foldOp(job.op, message.event) }));
    case "job-lines":
      return withJob(state, message.id, (job) => ({
        ...job,
        lines: [...job.lines, ...message.lines].slice(-KEPT_LINES),
      }));
    case "container":
      return { ...state, container: message.id };
    case "container-lines":
    case "container-ended":
      return withContainerLogs(state, message);
    case "toast":
      return { ...state, toast: message.toast };
    case "go":
      return go(state, message.screen);
    case "back":
      return back(state);
    case "move":
      return tabInside(state) === "containers"
        ? withContainer(state, message.step, listHeight(state))
        : moved(state, message.step, history);
    case "choose":
      return withView({ ...state, scroll: 0 }, { cursor: message.key });
    case "mark":
      return marked(state, history);
    case "mark-range":
      return rangeMarked(state, history);
    case "mark-all":
      return withView(state, {
        marks: new Set(rowsOf(SCREEN[state.screen], { state, history }).map(SCREEN[state.screen].key)),
      });
    case "unmark":
      return withView(state, { marks: new Set() });
    case "sort": {
      const { sort, reverse } = state.views[state.screen];
      return withView(state, {
        sort: message.column,
        reverse: sort === message.column && sort !== null ? !reverse : false,
        named: null,
      });
    }
    case "reverse":
      return withView(state, { reverse: !state.views[state.screen].reverse, named: null });
    case "filter":
      return withView(state, { filter: message.text, named: null });
    case "saved":
      return { ...state, saved: message.views };
    case "look":
      return withView(go(state, "vms"), savedLook(state, message.name));
    case "tab":
      return { ...state, tab: message.tab, scroll: 0 };
    case "next-tab": {
      const at = (TABS.indexOf(state.tab) + message.by + TABS.length) % TABS.length;
      return { ...state, tab: TABS[at] ?? "overview", scroll: 0 };
    }
    case "scroll":
      if (state.screen === "vms" && state.tab === "containers")
        return withContainer(state, { by: Math.sign(message.by) }, 1);
      return scrolledBy(state, message.by, history);
    case "zoom":
      return { ...state, zoomed: message.on, scroll: 0 };
    case "open":
      return { ...state, overlays: [...state.overlays, message.overlay] };
    case "redo":
      return state.overlays.length === 0
        ? state
        : { ...state, overlays: [...state.overlays.slice(0, -1), message.overlay] };
    case "close":
      return { ...state, overlays: state.overlays.slice(0, -1) };
    case "given":
      return {
        ...state,
        given: [...state.given.filter((line) => line !== message.line), message.line].slice(-KEPT_COMMANDS),
      };
  }
}

/** What was said last is read in a few seconds; errors stay twice as long. */
function fresh(toast: State["toast"], now: number): State["toast"] {
  return toast !== null && now - toast.at > (toast.tone === "ok" ? 6_000 : 12_000) ? null : toast;
}

function withJob(state: State, id: string, changed: (job: Job) => Job): State {
  return { ...state, jobs: state.jobs.map((job) => (job.id === id ? changed(job) : job)) };
}

function go(state: State, screen: ScreenId): State {
  if (screen === state.screen) return state;
  const back = [...state.back.filter((each) => each !== screen), state.screen].slice(-8);
  return {
    ...state,
    screen,
    back,
    zoomed: false,
    scroll: 0,
    seen: screen === "events" ? state.happenings.length : state.seen,
  };
}

function back(state: State): State {
  const previous = state.back.at(-1);
  if (previous === undefined) return state;
  return { ...state, screen: previous, back: state.back.slice(0, -1), zoomed: false, scroll: 0 };
}

function withView(state: State, changed: Partial<View>): State {
  return { ...state, views: { ...state.views, [state.screen]: { ...state.views[state.screen], ...changed } } };
}

/** Lines of the list that hold rows. */
export function listHeight(state: State): number {
  return Math.max(1, layoutOf(state.size).listRows - LIST_EDGES);
}

function moved(state: State, step: Step, history: History): State {
  const screen = SCREEN[state.screen];
  const rows = rowsOf(screen, { state, history });
  if (rows.length === 0) return state;
  const { at, top } = state.views[state.screen];
  const height = listHeight(state);
  const goal =
    "by" in step
      ? at + step.by
      : "pages" in step
        ? at + Math.round(step.pages * height)
        : step.to === "first"
          ? 0
          : step.to === "last"
            ? rows.length - 1
            : step.to;
  const next = Math.min(rows.length - 1, Math.max(0, goal));
  const cursor = screen.key(rows[next]);
  const view = { at: next, cursor, top: scrolledTo(next, top, height, rows.length) };
  return withView(cursor === state.views[state.screen].cursor ? state : { ...state, scroll: 0 }, view);
}

function marked(state: State, history: History): State {
  const { cursor, marks } = state.views[state.screen];
  if (cursor === null) return state;
  const next = new Set(marks);
  if (!next.delete(cursor)) next.add(cursor);
  return moved(withView(state, { marks: next }), { by: 1 }, history);
}

function rangeMarked(state: State, history: History): State {
  const screen = SCREEN[state.screen];
  const { at, marks } = state.views[state.screen];
  const keys = rowsOf(screen, { state, history }).map(screen.key);
  const marked = keys.flatMap((key, index) => (marks.has(key) ? [index] : []));
  const nearest = marked.sort((a, b) => Math.abs(a - at) - Math.abs(b - at))[0] ?? at;
  const range = keys.slice(Math.min(at, nearest), Math.max(at, nearest) + 1);
  return withView(state, { marks: new Set([...marks, ...range]) });
}

/** The cursor stays on its row wherever that went; where the row is gone it stays in its place. Marks of rows that are gone go. */
function settled(state: State, history: History): State {
  const screen = SCREEN[state.screen];
  const view = state.views[state.screen];
  const rows = rowsOf(screen, { state, history });
  const found = view.cursor === null ? -1 : rows.findIndex((row) => screen.key(row) === view.cursor);
  const at = found >= 0 ? found : Math.max(0, Math.min(view.at, rows.length - 1));
  const row = rows[at];
  const cursor = row === undefined ? null : screen.key(row);
  const top = scrolledTo(at, view.top, listHeight(state), rows.length);
  const marks =
    view.marks.size === 0
      ? view.marks
      : stillThere(view.marks, new Set(screen.items({ state, history }).map(screen.key)));
  if (cursor === view.cursor && at === view.at && top === view.top && marks === view.marks) return state;
  return withView(state, { cursor, at, top, marks });
}

function stillThere(marks: ReadonlySet<string>, keys: ReadonlySet<string>): ReadonlySet<string> {
  const kept = [...marks].filter((key) => keys.has(key));
  return kept.length === marks.size ? marks : new Set(kept);
}
