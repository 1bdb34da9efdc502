/** Long work of this session: what runs, what came of the rest. */
import { formatDuration } from "../../core/units.ts";
import { fact } from "../panes/panes.ts";
import type { Job } from "../store/state.ts";
import { clock, percent, short } from "../text/amounts.ts";
import { shown, wrapped } from "../text/cells.ts";
import { type Look, line, type Span, type Tone } from "../theme/look.ts";
import { meter } from "../widgets/graph.ts";
import { byText, type ListScreen } from "./list-screen.ts";

export function jobTone({ op }: Job): Tone {
  return op.how === "running" ? "accent" : op.how === "done" ? "ok" : op.how === "cancelled" ? "warn" : "danger";
}

/** What it does right now: its running step, or how it ended. */
export function jobNow({ op }: Job): string {
  if (op.how !== "running") return op.fault === null ? op.how : op.fault.message;
  const undo = op.undos.findLast(({ how }) => how === "running");
  if (undo !== undefined) return `undoing: ${undo.title}`;
  const step = op.steps.findLast(({ how }) => how === "running");
  if (step === undefined) return "";
  return step.note === null ? step.title : `${step.title}: ${step.note.text}`;
}

/** Bar, share and speed of the step that runs, where it tells how far it is. */
export function progressSpans(job: Job, look: Look, width: number): readonly Span[] {
  const progress = job.op.steps.findLast(({ how }) => how === "running")?.progress;
  if (!progress || progress.total === null) return [];
  const speed = progress.unit === "bytes" && progress.rate !== null ? `  ${short(progress.rate)}/s` : "";
  const left = progress.leftMs === null ? "" : `  ${formatDuration(progress.leftMs)} left`;
  return [
    [meter(look.glyphs, progress.done, progress.total, width), "graph"],
    [` ${`${percent(progress.done, progress.total)}`.padStart(3)}%${speed}${left}`, "plain"],
  ];
}

export const jobs: ListScreen<Job> = {
  id: "jobs",
  title: "Jobs",
  short: "Jobs",
  columns: [
    {
      id: "began",
      title: "BEGAN",
      width: 8,
      cell: ({ beganAt }) => [clock(beganAt), "muted"],
      compare: (a, b) => b.beganAt - a.beganAt,
    },
    {
      id: "title",
      title: "WHAT",
      width: 24,
      grow: 2,
      cell: ({ title }) => [shown(title), "plain"],
      compare: byText(({ title }) => title),
    },
    {
      id: "state",
      title: "STATE",
      width: 11,
      cell: (job, { look: { glyphs } }) => {
        const { how } = job.op;
        const sign = how === "running" ? glyphs.running : how === "done" ? glyphs.done : glyphs.failed;
        return [`${sign} ${how}`, jobTone(job)];
      },
      compare: byText(({ op }) => op.how),
    },
    {
      id: "took",
      title: "TOOK",
      width: 10,
      align: "right",
      cell: ({ op, beganAt }, { state }) => [formatDuration((op.endedAt ?? state.now) - beganAt), "plain"],
    },
    { id: "now", title: "NOW", width: 12, grow: 3, from: 70, cell: (job) => [shown(jobNow(job)), "muted"] },
  ],
  items: ({ state }) => state.jobs,
  key: ({ id }) => id,
  name: ({ title }) => title,
  fields: () => ({
    title: { of: ({ title }) => [title] },
    state: { of: ({ op }) => [op.how], among: ["running", "done", "failed", "cancelled"] },
  }),
  summary: ({ state }) => [[`${state.jobs.filter(({ op }) => op.how === "running").length} running`, "accent"]],
  empty: () => ["Nothing has been done yet."],
  detail: (job, scope, width) => {
    const { look, state } = scope;
    const { glyphs } = look;
    return [
      line(look, width, [[` ${shown(job.title)}`, "title"]]),
      fact(scope, width, "state", [job.op.how, jobTone(job)]),
      ...wrapped(`$ ${shown(job.command)}`, width - 2).map((text) => line(look, width, [[` ${text}`, "muted"]])),
      line(look, width, []),
      ...job.op.steps.map((step) =>
        line(look, width, [
          [
            ` ${step.how === "running" ? glyphs.running : step.how === "failed" ? glyphs.failed : glyphs.done} `,
            step.how === "failed" ? "danger" : step.how === "running" ? "accent" : "ok",
          ],
          [shown(step.title), "plain"],
          [`  ${formatDuration((step.endedAt ?? state.now) - step.beganAt)}`, "muted"],
        ]),
      ),
      ...progressLine(job, look, width),
      ...job.op.undos.map(({ title, how }) =>
        line(look, width, [[` ${glyphs.arrow} ${shown(title)}: ${how}`, "warn"]]),
      ),
      ...(job.op.fault === null ? [] : faultLines(job.op.fault, look, width)),
      ...job.op.left.map(({ what, command }) =>
        line(look, width, [
          [` left: ${shown(what)}`, "danger"],
          [`  ${shown(command)}`, "muted"],
        ]),
      ),
      ...(job.lines.length === 0 ? [] : [line(look, width, [])]),
      ...job.lines.map((text) => line(look, width, [[` ${shown(text)}`, "plain"]])),
    ];
  },
  strip: (job, { look }, width) => [
    line(look, width, [[` ${shown(jobNow(job))}`, "plain"]]),
    line(look, width, [[` $ ${shown(job.command)}  `, "muted"], ...progressSpans(job, look, 20)]),
  ],
};

/** How far the step that runs is, where it tells. */
function progressLine(job: Job, look: Look, width: number): readonly string[] {
  const spans = progressSpans(job, look, Math.max(8, Math.floor(width / 3)));
  return spans.length === 0 ? [] : [line(look, width, [["   ", "plain"], ...spans])];
}

function faultLines(
  { message, why, next = [] }: { message: string; why?: string; next?: readonly string[] },
  look: Look,
  width: number,
): readonly string[] {
  return [
    line(look, width, []),
    line(look, width, [[` ${shown(message)}`, "danger"]]),
    ...(why === undefined ? [] : [line(look, width, [[` ${shown(why)}`, "plain"]])]),
    ...next.map((text) => line(look, width, [[` ${look.glyphs.arrow} ${shown(text)}`, "accent"]])),
  ];
}
