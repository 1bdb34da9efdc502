/** What can be done to the rows of the screens that are not of VMs. */
import type { HostNetwork, HostSnapshot } from "../../core/watching.ts";
import type { ListScreen } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import type { At } from "../store/lists.ts";
import type { Job } from "../store/state.ts";
import type { Action } from "./action.ts";
import { IMAGE_ACTIONS } from "./image-actions.ts";
import { chosen, rowAction } from "./targets.ts";

const networks = SCREEN.networks as ListScreen<At<HostNetwork>>;
const snapshots = SCREEN.snapshots as ListScreen<At<HostSnapshot>>;
const jobs = SCREEN.jobs as ListScreen<Job>;

export const LIST_ACTIONS: readonly Action[] = [
  ...IMAGE_ACTIONS,
  rowAction(networks, "Network", ({ name }) => [name], {
    id: "network.remove",
    title: "Remove",
    keys: ["D", "delete"],
    ask: "name",
    warning: "VMs that stand in it lose their network.",
    words: ["network", "rm", "--yes"],
    act: { k: "command" },
  }),
  rowAction(snapshots, "Snapshot", ({ machine, name }) => [machine, name], {
    id: "snapshot.restore",
    title: "Restore",
    keys: ["R"],
    foot: 3,
    one: true,
    ask: "name",
    warning: "What the VM did since then is lost, except what a safety snapshot keeps.",
    words: ["snapshot", "restore", "--yes"],
    act: { k: "command" },
  }),
  rowAction(snapshots, "Snapshot", ({ machine, name }) => [machine, name], {
    id: "snapshot.remove",
    title: "Remove",
    keys: ["D", "delete"],
    one: true,
    ask: "name",
    warning: "The VM stays as it is; there is no way back to this snapshot.",
    words: ["snapshot", "rm", "--yes"],
    act: { k: "command" },
  }),
  jobAction("job.cancel", "Cancel, and undo what it did", ["D", "delete"], "cancel-job", "yes"),
  jobAction("job.abandon", "Stop undoing too", [], "abandon-job", "yes"),
  {
    id: "job.copy",
    title: "Copy its command line",
    short: "copy",
    group: "Job",
    keys: ["y"],
    on: ["jobs"],
    foot: 4,
    targets: (ground) =>
      chosen(jobs, ground)
        .slice(0, 1)
        .map((job) => ({ key: job.id, name: job.title, words: [] })),
    reason: (ground) => {
      if (ground.state.screen !== "jobs") return "Only on the screen Jobs.";
      return chosen(jobs, ground).length === 0 ? "Nothing is chosen." : null;
    },
    command: () => null,
    act: { k: "program", what: "copy-job" },
  },
];

function jobAction(
  id: string,
  title: string,
  keys: readonly string[],
  what: "cancel-job" | "abandon-job",
  ask: "yes",
): Action {
  const running = (job: Job) => job.op.how === "running";
  return {
    id,
    title,
    short: title.split(",")[0] ?? title,
    group: "Job",
    keys,
    on: ["jobs"],
    ...(keys.length === 0 ? {} : { foot: 3 }),
    ask,
    targets: (ground) =>
      chosen(jobs, ground)
        .filter(running)
        .map((job) => ({ key: job.id, name: job.title, words: [] })),
    reason: (ground) => {
      if (ground.state.screen !== "jobs") return "Only on the screen Jobs.";
      const [job] = chosen(jobs, ground);
      if (job === undefined) return "Nothing is chosen.";
      return running(job) ? null : "It has ended.";
    },
    command: () => null,
    act: { k: "program", what },
  };
}
