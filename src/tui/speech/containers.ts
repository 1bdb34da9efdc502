/** The tab Containers for those who do not see it: a sentence for each, and the words that are about one of them. */
import { type Container, isUnlimited } from "../../core/containers.ts";
import { nearNames } from "../../core/near.ts";
import { plural } from "../../core/plural.ts";
import { formatSize } from "../../core/units.ts";
import type { Intent } from "../input/intent.ts";
import { lineOf } from "../input/line.ts";
import { checkLimits } from "../overlays/limits.ts";
import { whyNone } from "../panes/containers.ts";
import type { Program } from "../program.ts";
import { containersSeen, tabInside } from "../store/inside.ts";
import { type ContainerLogView, NO_DETAIL, type State } from "../store/state.ts";

/** Lines of what a container says that are read at once. */
const READ_LINES = 20;

/** Whether the containers of a VM are heard, and not the VMs. */
export function hearsContainers({ store }: Program): boolean {
  return tabInside(store.get()) === "containers";
}

/** Resolves when the guest of the chosen VM has answered, or is not to be asked. */
export async function containersAnswered({ store }: Program): Promise<void> {
  await store.until((state) => {
    const machine = state.machines.get(state.views.vms.cursor ?? "");
    return machine === undefined || whyNone(machine, detailOf(state), state)?.how !== "asks";
  });
}

export function containerSentences({ store }: Program): readonly string[] {
  const state = store.get();
  const machine = state.machines.get(state.views.vms.cursor ?? "");
  if (machine === undefined) return ["No VM is chosen."];
  const none = whyNone(machine, detailOf(state), state);
  const seen = containersSeen(state);
  if (none !== null || seen === null) return none?.texts.filter((text) => text !== "") ?? [];
  const { containers } = seen.report;
  return [
    `Containers of ${machine.name}, ${containers.length}.`,
    ...containers.map((each) => sentenceOf(each, each === seen.container)),
    "Type choose NAME, then container.logs, container.stop, container.start or container.restart; vms goes back.",
  ];
}

/** `db, chosen, running, unhealthy, cpu 6.8 percent, memory 100 MiB, warning: no CPU limit, image …`. */
function sentenceOf(container: Container, chosen: boolean): string {
  const { name, image, state, health, exitCode, use, limits } = container;
  return [
    name,
    ...(chosen ? ["chosen"] : []),
    exitCode === null || state === "running" ? state : `${state} with ${exitCode}`,
    ...(health === null || state !== "running" ? [] : [health]),
    ...(use === null ? [] : [`cpu ${use.cpuPercent.toFixed(1)} percent`, `memory ${formatSize(use.memoryBytes)}`]),
    ...(isUnlimited(container)
      ? []
      : [`may take ${plural(limits.cpus ?? 0, "CPU")} and ${formatSize(limits.memoryBytes ?? 0)}`]),
    ...(limits.cpus === null ? ["warning: no CPU limit"] : []),
    ...(limits.memoryBytes === null ? ["warning: no memory limit"] : []),
    `image ${image}`,
  ].join(", ");
}

/** The one of that name; else what is wrong, in words. */
export function chooseContainer(program: Program, name: string): string {
  const { containers = [] } = containersSeen(program.store.get())?.report ?? {};
  const found = containers.find((each) => each.name === name);
  if (found === undefined) {
    const [near] = nearNames(
      name,
      containers.map((each) => each.name),
    );
    return `There is no container ${name} here.${near === undefined ? "" : ` Did you mean ${near}?`}`;
  }
  program.store.send({ m: "container", id: found.id });
  return `${name} is chosen.`;
}

/** `limits 0.5 512M`: what comes of it, or what is wrong. */
export function limitIntents(
  program: Program,
  [cpus = "", memory = ""]: readonly string[],
): readonly Intent[] | string {
  const state = program.store.get();
  const seen = containersSeen(state);
  if (!seen?.container) return "No container is chosen.";
  if (state.readonly) return "This session only looks.";
  const { uuid } = seen.machine;
  const container = seen.container.id;
  const fields = { cpus: lineOf(cpus), memory: lineOf(memory) };
  const { name, faults, command } = checkLimits({ k: "limits", uuid, container, field: "cpus", ...fields }, state);
  const wrong = faults.cpus ?? faults.memory;
  if (wrong !== undefined) return wrong;
  return command === null ? HOW_TO_LIMIT : [{ k: "guest", title: `Limit ${name}`, command }];
}

export const HOW_TO_LIMIT = "Type limits, CPUs and memory, as in: limits 0.5 512M.";

/** The newest lines of what a container says; null while they are being read. */
export function lastWords({ container, machine, lines, ended }: ContainerLogView): readonly string[] | null {
  if (lines.length === 0) return ended === null ? null : [ended];
  return [`${container} in ${machine} said last:`, ...lines.slice(-READ_LINES)];
}

function detailOf({ details, views }: State) {
  return details.get(views.vms.cursor ?? "") ?? NO_DETAIL;
}
