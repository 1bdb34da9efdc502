/** What has the keys besides the screen: the tab that is spread over the whole body, and the container that is chosen in it. */
import type { Container, ContainerReport } from "../../core/containers.ts";
import type { MachineView } from "../../core/machine/view.ts";
import type { Step } from "./messages.ts";
import { known, type State, type TabId } from "./state.ts";

/** null while the list is seen beside the detail, or there is no detail with tabs. */
export function tabInside({ screen, zoomed, tab }: State): TabId | null {
  return screen === "vms" && zoomed ? tab : null;
}

export type ContainersSeen = {
  readonly machine: MachineView;
  readonly report: ContainerReport;
  /** Where the chosen one stands; 0 when there is none. */
  readonly at: number;
  readonly container: Container | null;
};

/** null while nothing is known of the containers of the VM that is looked at. */
export function containersSeen({ views, machines, details, container }: State): ContainersSeen | null {
  const machine = machines.get(views.vms.cursor ?? "");
  const report = known(details.get(machine?.uuid ?? "")?.containers ?? { how: "none" });
  if (machine === undefined || report === null) return null;
  const found = report.containers.findIndex(({ id }) => id === container);
  const at = Math.max(0, found);
  return { machine, report, at, container: report.containers[at] ?? null };
}

/** Up and down among the containers; `page` is how many are seen at once. */
export function withContainer(state: State, step: Step, page: number): State {
  const seen = containersSeen(state);
  if (seen === null) return state;
  const last = seen.report.containers.length - 1;
  const goal =
    "by" in step
      ? seen.at + step.by
      : "pages" in step
        ? seen.at + Math.round(step.pages * page)
        : step.to === "first"
          ? 0
          : step.to === "last"
            ? last
            : step.to;
  const next = seen.report.containers[Math.min(last, Math.max(0, goal))];
  return next === undefined ? state : { ...state, container: next.id };
}
