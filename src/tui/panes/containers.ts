/** The containers inside a VM: what each uses, what it may use, and which could starve the others. */
import { type Container, isUnlimited } from "../../core/containers.ts";
import { isActive } from "../../core/machine/status.ts";
import type { MachineView } from "../../core/machine/view.ts";
import { scrolledTo } from "../layout/layout.ts";
import type { Scope } from "../screens/list-screen.ts";
import { type ContainersSeen, containersSeen, tabInside } from "../store/inside.ts";
import { type Detail, NO_DETAIL, type State } from "../store/state.ts";
import { short } from "../text/amounts.ts";
import { fitted, shown, wrapped } from "../text/cells.ts";
import type { Glyphs } from "../theme/glyphs.ts";
import { line, type Span, selected, type Tone } from "../theme/look.ts";

/** From so many cells on a container has one line, else two. */
const ONE_LINE = 64;

/** Why there are none to be shown, in words; `asks` while the guest has not answered. null where there may be some. */
export function whyNone(
  { name, record, status }: MachineView,
  { containers }: Detail,
  state: State,
): { readonly how: "none" | "asks" | "failed"; readonly texts: readonly string[] } | null {
  if (record === null)
    return { how: "none", texts: [`hutch did not make ${name}, and has no way in.`, `$ hutch adopt ${name}`] };
  if (!isActive(status)) return { how: "none", texts: [`${name} does not run.`] };
  const seen = containersSeen(state);
  if (seen === null)
    return containers.how === "failed"
      ? { how: "failed", texts: containers.message.split("\n") }
      : { how: "asks", texts: ["Asking the guest…"] };
  if (seen.report.engine !== null) return null;
  const offer = [":vm.engine  installs Docker in it", `$ hutch engine install docker ${name}`];
  return { how: "none", texts: [`${name} has no container engine.`, "", ...offer] };
}

export function containersPane(
  vm: MachineView,
  detail: Detail,
  scope: Scope,
  width: number,
  height: number,
): readonly string[] {
  const { look } = scope;
  const { containers } = detail;
  const say = (texts: readonly string[], tone: Tone = "muted") =>
    ["", ...texts.flatMap((text) => wrapped(shown(text), width - 2))].map((text) =>
      line(look, width, [[` ${text}`, tone]]),
    );
  const none = whyNone(vm, detail, scope.state);
  const seen = containersSeen(scope.state);
  if (none !== null || seen === null) return say(none?.texts ?? [], none?.how === "failed" ? "warn" : "muted");
  const spans = footSpans(seen, containers);
  const foot = spans.length === 0 ? [] : [line(look, width, []), ...spans.map((span) => line(look, width, [span]))];
  const { containers: all } = seen.report;
  if (all.length === 0) return [...say([`${vm.name} has no containers.`]), ...foot];
  const { wide, top, room } = windowOf(seen, containers, width, height);
  const rows = all.slice(top, top + room).flatMap((container, index) => {
    const here = top + index === seen.at;
    const lines = (wide ? oneLine : twoLines)(container, here, scope, width);
    return here && tabInside(scope.state) !== null ? lines.map((text) => selected(look, text)) : lines;
  });
  return [...(wide ? [header(scope, width)] : []), ...rows, ...foot];
}

type Window = {
  /** Whether each has one line, under a header; else it has two. */
  readonly wide: boolean;
  /** The first that is seen. */
  readonly top: number;
  /** How many have room. */
  readonly room: number;
};

function windowOf(seen: ContainersSeen, remote: Detail["containers"], width: number, height: number): Window {
  const wide = width >= ONE_LINE;
  const foot = footSpans(seen, remote).length;
  const left = height - (foot === 0 ? 0 : foot + 1) - (wide ? 1 : 0);
  const room = Math.max(1, Math.floor(left / (wide ? 1 : 2)));
  return { wide, top: scrolledTo(seen.at, 0, room, seen.report.containers.length), room };
}

/** The container on that line of the pane; null where there is none. */
export function containerOn(state: State, row: number, width: number, height: number): Container | null {
  const seen = containersSeen(state);
  if (seen === null) return null;
  const detail = state.details.get(seen.machine.uuid) ?? NO_DETAIL;
  if (whyNone(seen.machine, detail, state) !== null) return null;
  const { containers } = detail;
  const { wide, top, room } = windowOf(seen, containers, width, height);
  const index = wide ? row - 1 : Math.floor(row / 2);
  return index < 0 || index >= room ? null : (seen.report.containers[top + index] ?? null);
}

function stateOf({ state, health, exitCode }: Container, glyphs: Glyphs): Span {
  const word = health === null || state !== "running" ? state : health === "starting" ? "starting" : health;
  if (health === "unhealthy" && state === "running") return [`${glyphs.broken} ${word}`, "danger"];
  switch (state) {
    case "running":
      return [`${glyphs.running} ${word}`, health === "starting" ? "warn" : "ok"];
    case "paused":
      return [`${glyphs.paused} ${word}`, "warn"];
    case "dead":
    case "restarting":
      return [`${glyphs.broken} ${word}`, "danger"];
    default:
      return [`${glyphs.stopped} ${word}${exitCode ? ` (${exitCode})` : ""}`, exitCode ? "warn" : "muted"];
  }
}

/** What it may take; where that is everything, a sign and a word. */
function limitsOf({ limits: { cpus, memoryBytes } }: Container): Span {
  if (cpus === null && memoryBytes === null) return ["! no limit", "warn"];
  if (cpus === null) return ["! no CPU limit", "warn"];
  if (memoryBytes === null) return ["! no memory limit", "warn"];
  return [`${Number(cpus.toFixed(2))} cpu ${short(memoryBytes)}`, "plain"];
}

function useOf({ use }: Container): readonly [cpu: string, memory: string] {
  return use === null ? ["", ""] : [`${use.cpuPercent.toFixed(use.cpuPercent < 10 ? 1 : 0)}%`, short(use.memoryBytes)];
}

const WIDTHS = { state: 14, cpu: 6, memory: 6, limits: 17 } as const;

/** Cells for name and image: the name has its half, and no more than it needs. */
function halves(width: number): readonly [name: number, image: number] {
  const room = width - 3 - Object.values(WIDTHS).reduce((sum, each) => sum + each + 1, 0) - 1;
  const name = Math.max(8, Math.ceil(room * 0.55));
  return [name, Math.max(0, room - name)];
}

function header({ look }: Scope, width: number): string {
  const [name, image] = halves(width);
  const words = [
    "NAME".padEnd(name),
    "STATE".padEnd(WIDTHS.state),
    "CPU".padStart(WIDTHS.cpu),
    "MEM".padStart(WIDTHS.memory),
    "LIMITS".padEnd(WIDTHS.limits),
    "IMAGE".padEnd(image),
  ];
  return line(look, width, [[`   ${words.join(" ")}`, "muted"]]);
}

function oneLine(container: Container, here: boolean, { look }: Scope, width: number): readonly string[] {
  const { cut, cursor } = look.glyphs;
  const [name, image] = halves(width);
  const [state, tone] = stateOf(container, look.glyphs);
  const [cpu, memory] = useOf(container);
  const [limits, limitsTone] = limitsOf(container);
  return [
    line(look, width, [
      [` ${here ? cursor : " "} `, "accent"],
      [`${fitted(shown(container.name), name, cut)} `, "plain"],
      [`${fitted(state, WIDTHS.state, cut)} `, tone],
      [`${fitted(cpu, WIDTHS.cpu, cut, "right")} ${fitted(memory, WIDTHS.memory, cut, "right")} `, "plain"],
      [`${fitted(limits, WIDTHS.limits, cut)} `, limitsTone],
      [fitted(shown(container.image), image, cut), "muted"],
    ]),
  ];
}

function twoLines(container: Container, here: boolean, { look }: Scope, width: number): readonly string[] {
  const [cpu, memory] = useOf(container);
  return [
    line(look, width, [
      [` ${here ? look.glyphs.cursor : " "} `, "accent"],
      [shown(container.name), "title"],
      ["  ", "plain"],
      stateOf(container, look.glyphs),
      [cpu === "" ? "" : `  ${cpu}  ${memory}`, "plain"],
    ]),
    line(look, width, [["     ", "plain"], limitsOf(container), [`  ${shown(container.image)}`, "muted"]]),
  ];
}

/** What is to be known besides: who may starve whom, what is not shown, and that this may be old. */
function footSpans({ report }: ContainersSeen, remote: Detail["containers"]): readonly Span[] {
  const greedy = report.containers.filter(isUnlimited).length;
  const hidden = report.total - report.containers.length;
  return [
    ...(greedy === 0 ? [] : [[` ! ${greedy} of ${report.containers.length} without a limit`, "warn"] as const]),
    ...(hidden === 0 ? [] : [[` ${hidden} more are not shown.`, "muted"] as const]),
    ...(remote.how === "failed" ? [[` ! ${shown(remote.message.split("\n")[0] ?? "")}`, "warn"] as const] : []),
  ];
}
