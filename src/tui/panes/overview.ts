import type { MachineView } from "../../core/machine/view.ts";
import { formatDuration, formatSize } from "../../core/units.ts";
import type { Scope } from "../screens/list-screen.ts";
import { stateOf } from "../store/machine-facts.ts";
import { type Detail, type Job, known } from "../store/state.ts";
import { age, clock, gib } from "../text/amounts.ts";
import { shown } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { area, meter } from "../widgets/graph.ts";
import { fact } from "./panes.ts";

export function overviewPane(
  vm: MachineView,
  detail: Detail,
  scope: Scope,
  width: number,
  height: number,
): readonly string[] {
  const { look, state } = scope;
  const { glyphs } = look;
  const info = known(detail.info);
  const { word, tone, sign } = stateOf(vm);
  const { record } = vm;
  const spec = record?.spec;
  const job = state.jobs.find(({ op }) => op.how === "running" && op.subject.split(",").includes(vm.name));
  const lines = [
    fact(
      scope,
      width,
      "state",
      [`${glyphs[sign]} ${word}`, tone],
      [vm.status.reason === "" ? "" : `  ${vm.status.reason}`, "muted"],
    ),
    ...vm.problems.map((problem) => fact(scope, width, "problem", [shown(problem), "danger"])),
    ...(record?.description ? [fact(scope, width, "about", [shown(record.description), "plain"])] : []),
    ...(record?.tags.length ? [fact(scope, width, "tags", [record.tags.map(shown).join(" "), "accent"])] : []),
    fact(
      scope,
      width,
      "image",
      [shown(record?.image?.name ?? spec?.image ?? "not made by hutch"), "plain"],
      [record === null ? "" : `  ${record.accel}`, "muted"],
    ),
    fact(scope, width, "size", [sizeOf(vm, detail), "plain"]),
    fact(scope, width, "engine", ...engineSpans(vm)),
    ...cloudInit(vm, scope, width),
    fact(scope, width, "address", [addressesOf(vm, detail), "accent"]),
    ...(record?.forwards.length
      ? [
          fact(scope, width, "ports", [
            record.forwards.map(({ hostPort, guestPort }) => `${hostPort}${glyphs.arrow}${guestPort}`).join("  "),
            "plain",
          ]),
        ]
      : []),
    // Its line is there before it is read, so that nothing below it moves.
    ...((info === null ? record !== null : info.ssh)
      ? [fact(scope, width, "ssh", [shown(info?.ssh ?? ""), "muted"])]
      : []),
    ...(spec === undefined
      ? []
      : [
          fact(
            scope,
            width,
            "login",
            [shown(spec.user), "plain"],
            [spec.autostart ? "  starts with the host" : "", "muted"],
            [record?.protected === true ? "  protected" : "", "warn"],
          ),
        ]),
    ...(record === null
      ? []
      : [fact(scope, width, "made", [`${age(state.now - Date.parse(record.createdAt))} ago`, "muted"])]),
    ...(record?.pending ?? []).map((pending) => fact(scope, width, "pending", [shown(pending), "warn"])),
  ];
  if (job !== undefined)
    return [...lines, "", ...jobLines(job, detail, scope, width, height - lines.length - 1)].map(
      (text) => text || line(look, width, []),
    );
  return [...lines, line(look, width, []), ...loadLines(vm, scope, width), ...happened(vm, scope, width)];
}

function sizeOf(vm: MachineView, detail: Detail): string {
  const info = known(detail.info);
  const spec = vm.record?.spec;
  const cpus = info?.cpus ?? spec?.cpus;
  const memory = info?.memoryBytes ?? (spec?.memoryMiB ?? 0) * 1024 ** 2;
  if (cpus === undefined) return "";
  return `${cpus} vcpu, ${formatSize(memory)}${spec === undefined ? "" : `, ${formatSize(spec.diskBytes)} disk`}`;
}

function engineSpans({ record }: MachineView): readonly Span[] {
  if (record?.engine) return [[`${record.engine.name} ${shown(record.engine.version)}`, "accent"]];
  if (record?.spec.engine) return [[`${record.spec.engine}, not installed yet`, "warn"]];
  return [["none", "muted"]];
}

function cloudInit({ record }: MachineView, scope: Scope, width: number): readonly string[] {
  if (record?.cloudInit === null || record?.cloudInit === undefined) return [];
  const { state, errors } = record.cloudInit;
  return [
    fact(scope, width, "cloud-init", [state, state === "done" ? "ok" : "warn"]),
    ...errors.map((error) => fact(scope, width, "", [shown(error), "warn"])),
  ];
}

function addressesOf(vm: MachineView, detail: Detail): string {
  const seen = known(detail.info)?.addresses.map(({ address }) => address) ?? [];
  return [...new Set([...(vm.address === null ? [] : [vm.address]), ...seen])].join("  ") || "none";
}

/** A VM that comes up: its steps, and what its console says meanwhile. */
function jobLines(job: Job, detail: Detail, scope: Scope, width: number, room: number): readonly string[] {
  const { look, state } = scope;
  const { glyphs } = look;
  const steps = job.op.steps.map((step) => {
    const sign = step.how === "running" ? glyphs.running : step.how === "failed" ? glyphs.failed : glyphs.done;
    const took = (step.endedAt ?? state.now) - step.beganAt;
    return line(look, width, [
      [` ${sign} `, step.how === "running" ? "accent" : step.how === "failed" ? "danger" : "ok"],
      [shown(step.title), "plain"],
      [`  ${formatDuration(took)}`, "muted"],
      [step.how === "running" && step.note !== null ? `  ${shown(step.note.text)}` : "", "muted"],
    ]);
  });
  const head = line(look, width, [[` ${shown(job.title)}`, "title"]]);
  const boot = known(detail.console) ?? [];
  const left = room - steps.length - 2;
  const tail = left > 0 ? boot.slice(-left).map((text) => line(look, width, [[` ${shown(text)}`, "muted"]])) : [];
  return [
    head,
    ...steps,
    ...(tail.length > 0 ? [line(look, width, [[` ${glyphs.rule.repeat(2)} console`, "frame"]]), ...tail] : []),
  ];
}

function loadLines(vm: MachineView, { look, history }: Scope, width: number): readonly string[] {
  const rates = history.rates(vm.uuid);
  if (rates === null) return [];
  const inner = width - 2;
  const graph = area(look.glyphs, history.series(vm.uuid, "cpu", inner * 2), 100, inner, 2);
  return [
    line(look, width, [
      [" CPU", "muted"],
      [` ${Math.round(rates.cpu)}%`, "plain"],
    ]),
    ...graph.map((text) => line(look, width, [[` ${text}`, "graph"]])),
    line(look, width, [
      [" MEM", "muted"],
      [` ${gib(rates.memoryUsed)} of ${gib(rates.memory)} GiB`, "plain"],
    ]),
    line(look, width, [[` ${meter(look.glyphs, rates.memoryUsed, rates.memory, inner)}`, "graph"]]),
    line(look, width, []),
  ];
}

function happened(vm: MachineView, { look, state }: Scope, width: number): readonly string[] {
  const mine = state.happenings
    .filter(({ uuid }) => uuid === vm.uuid)
    .slice(-6)
    .reverse();
  if (mine.length === 0) return [];
  return [
    line(look, width, [[" Last events", "muted"]]),
    ...mine.map(({ at, text, level }) =>
      line(look, width, [
        [` ${clock(at)} `, "muted"],
        [shown(text), level === "warn" ? "danger" : "plain"],
      ]),
    ),
  ];
}
