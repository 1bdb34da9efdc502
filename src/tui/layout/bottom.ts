/** The last lines: what is being done, what was said, and what can be done; or what is being typed. */
import { footerActions } from "../actions/registry.ts";
import { completions } from "../input/command-words.ts";
import { filterChoices, filterFault } from "../input/filter-words.ts";
import { editedLine } from "../overlays/overlay.ts";
import { jobNow, progressSpans } from "../screens/jobs.ts";
import { tabInside } from "../store/inside.ts";
import { shown } from "../text/cells.ts";
import { ends, line, type Span } from "../theme/look.ts";
import { footerPlaces } from "./footer.ts";
import type { FrameScope } from "./frame.ts";
import type { Layout } from "./layout.ts";

export function bottomLines(scope: FrameScope, layout: Layout): readonly string[] {
  const talk = talkLines(scope, layout);
  const empty = line(scope.look, layout.columns, []);
  const padded = [
    ...Array.from({ length: Math.max(0, layout.talk - talk.length) }, () => empty),
    ...talk.slice(-layout.talk),
  ];
  return [...padded, lastLine(scope, layout)];
}

function talkLines(scope: FrameScope, { columns }: Layout): readonly string[] {
  const { look, state } = scope;
  const overlay = state.overlays.at(-1);
  if (overlay?.k === "command") {
    const words = completions(overlay.line.text, scope).slice(0, 20).join("  ");
    return [line(look, columns, [[` ${words}`, "muted"]])];
  }
  if (overlay?.k === "filter") return [filterHint(overlay.line.text, scope, columns)];
  const running = state.jobs.filter(({ op }) => op.how === "running");
  const lines: string[] = [];
  const [job] = running;
  if (job !== undefined) {
    const frames = look.glyphs.spinner;
    const spin = frames[Math.floor(state.now / 1000) % frames.length] ?? "";
    const left: Span[] = [
      [` ${spin} `, "accent"],
      [shown(job.title), "plain"],
      [`  ${shown(jobNow(job))}`, "muted"],
    ];
    const right: Span[] = [
      ...progressSpans(job, look, Math.max(8, Math.floor(columns / 6))),
      [running.length > 1 ? `  ${running.length} jobs ` : " ", "muted"],
    ];
    lines.push(ends(look, columns, left, right));
  }
  const { toast } = state;
  if (toast !== null) {
    const sign = toast.tone === "ok" ? look.glyphs.done : toast.tone === "warn" ? "!" : look.glyphs.failed;
    lines.push(
      line(look, columns, [
        [` ${sign} `, toast.tone],
        [shown(toast.text), toast.tone === "ok" ? "plain" : toast.tone],
      ]),
    );
  }
  return lines;
}

/** What is wrong with what was typed; else what may come next. */
function filterHint(text: string, scope: FrameScope, columns: number): string {
  const { look } = scope;
  const fault = filterFault(text, scope);
  if (fault !== null) return line(look, columns, [[` ! ${shown(fault)}`, "warn"]]);
  const examples = "part of a name   !part   state=running   tag=prod,test   mem>4G   name~^web-\\d   tab completes";
  const choices = text === "" || text.endsWith(" ") ? [] : filterChoices(text, scope);
  return line(look, columns, [[` ${choices.length === 0 ? examples : choices.map(shown).join("  ")}`, "muted"]]);
}

function lastLine(scope: FrameScope, { columns }: Layout): string {
  const { look, state } = scope;
  const overlay = state.overlays.at(-1);
  if (overlay?.k === "filter") return editedLine(look, columns, [[" / ", "key"]], overlay.line);
  if (overlay?.k === "command") return editedLine(look, columns, [[" : ", "key"]], overlay.line);
  const places = footerPlaces(footerActions(state.screen, tabInside(state)), scope);
  const spans = places.flatMap(({ key, text }): Span[] => [
    [" ", "plain"],
    [key, "key"],
    [` ${text} `, "muted"],
  ]);
  return line(look, columns, spans);
}
