import type { MachineView } from "../../core/machine/view.ts";
import { formatDuration, formatSize } from "../../core/units.ts";
import { hutchLine } from "../actions/action.ts";
import type { Scope } from "../screens/list-screen.ts";
import type { Measure } from "../store/history.ts";
import { hostNamed, hostOf } from "../store/hosts.ts";
import { stateOf } from "../store/machine-facts.ts";
import { type Detail, type Job, known } from "../store/state.ts";
import { age, clock, gib, short } from "../text/amounts.ts";
import { shown, widthOf } from "../text/cells.ts";
import { line, type Span } from "../theme/look.ts";
import { area, meter } from "../widgets/graph.ts";
import { FACT_CELLS, fact } from "./panes.ts";

/** Lines that graphs of all four need at least. */
const FLOWS_FROM = 15;
const MOST_GRAPH_ROWS = 6;

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
  const standing = [
    fact(
      scope,
      width,
      "state",
      [`${glyphs[sign]} ${word}`, tone],
      [vm.status.reason === "" ? "" : `  ${vm.status.reason}`, "muted"],
    ),
    ...vm.problems.map((problem) => fact(scope, width, "problem", [shown(problem), "danger"])),
  ];
  const facts = [
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
      ? [fact(scope, width, "ssh", [wayIn(vm, info?.ssh ?? "", scope, width), "muted"])]
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
  const empty = line(look, width, []);
  // What is done to it has the room, down to what its console says.
  if (job !== undefined)
    return [...standing, empty, ...jobLines(job, detail, scope, width, height - standing.length - 1)];
  const events = happened(vm, scope, width);
  const room = height - standing.length - facts.length - events.length - 1;
  return [...standing, ...facts, empty, ...loadLines(vm, scope, width, room), ...events];
}

function sizeOf(vm: MachineView, detail: Detail): string {
  const info = known(detail.info);
  const spec = vm.record?.spec;
  const cpus = info?.cpus ?? spec?.cpus;
  const memory = info?.memoryBytes ?? (spec?.memoryMiB ?? 0) * 1024 ** 2;
  if (cpus === undefined) return "";
  return `${cpus} vcpu ${formatSize(memory)}${spec === undefined ? "" : `, ${formatSize(spec.diskBytes)} disk`}`;
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

/** As much of it as has room: CPU and memory always, then what goes through its disks and its network. */
function loadLines(vm: MachineView, { look, history }: Scope, width: number, room: number): readonly string[] {
  const rates = history.rates(vm.uuid);
  if (rates === null) return [];
  const inner = width - 2;
  const flows = room >= FLOWS_FROM;
  const rows = Math.min(MOST_GRAPH_ROWS, Math.max(2, Math.floor((room - (flows ? 9 : 4)) / (flows ? 3 : 1))));
  const head = (title: string, value: string) =>
    line(look, width, [
      [` ${title}`, "muted"],
      [` ${value}`, "plain"],
    ]);
  const graph = (values: readonly number[], most: number) =>
    area(look.glyphs, values, most, inner, rows).map((text) => line(look, width, [[` ${text}`, "graph"]]));
  const flow = (title: string, value: string, measures: readonly [Measure, Measure]) => {
    const [a, b] = measures.map((measure) => history.series(vm.uuid, measure, inner * 2));
    const both = (a ?? []).map((amount, index) => amount + (b?.[index] ?? 0));
    return [head(title, value), ...graph(both, Math.max(64 * 1024, ...both)), line(look, width, [])];
  };
  const { down, up } = look.glyphs;
  return [
    head("CPU", `${Math.round(rates.cpu)}%`),
    ...graph(history.series(vm.uuid, "cpu", inner * 2), 100),
    head("MEM", `${gib(rates.memoryUsed)} of ${gib(rates.memory)} GiB`),
    line(look, width, [[` ${meter(look.glyphs, rates.memoryUsed, rates.memory, inner)}`, "graph"]]),
    line(look, width, []),
    ...(flows
      ? [
          ...flow("NET", `${down} ${short(rates.received)}/s  ${up} ${short(rates.sent)}/s`, ["received", "sent"]),
          ...flow("DISK", `read ${short(rates.read)}/s  written ${short(rates.written)}/s`, ["read", "written"]),
        ]
      : []),
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

/** A line that is cut off leads nowhere: hutch's own is short, and finds host and user by itself. */
function wayIn({ name, uuid }: MachineView, ssh: string, { state }: Scope, width: number): string {
  const whole = shown(ssh);
  if (widthOf(whole) + FACT_CELLS <= width) return whole;
  return shown(hutchLine(["shell", name], hostNamed(state, hostOf(uuid))?.connect ?? null));
}
