/** What can be done to the container that is chosen in its tab. Each is an `exec` in the VM, in Docker's own words. */
import type { Container } from "../../core/containers.ts";
import { lineOf } from "../input/line.ts";
import { type ContainersSeen, containersSeen } from "../store/inside.ts";
import type { Message } from "../store/messages.ts";
import { type Action, argument, type Ground } from "./action.ts";

type Seen = ContainersSeen & { readonly container: Container };

type ContainerAction = Pick<Action, "id" | "keys"> & {
  /** A word, which the container's actions have in common with the VM's. */
  readonly verb: string;
  readonly foot?: number;
  readonly ask?: "yes" | "name";
  readonly warning?: string;
  /** Docker's words before the name. */
  readonly words: readonly string[];
  /** Whether it changes nothing. */
  readonly looks?: boolean;
  /** Why it cannot be done to this one; null when it can. */
  cannot?(container: Container): string | null;
  /** What is shown in place of the command being run; `line` is that, for a shell. */
  shows?(seen: Seen, line: string): readonly Message[];
};

const RUNS = new Set<Container["state"]>(["running", "paused", "restarting"]);

const running = ({ name, state }: Container) => (RUNS.has(state) ? null : `${name} does not run.`);
const stopped = ({ name, state }: Container) => (RUNS.has(state) ? `${name} runs.` : null);

/** An `exec` of Docker's in the VM: `hutch` and these words do the same. */
export function dockerCommand({ machine, report }: ContainersSeen, words: readonly string[]): readonly string[] {
  return ["exec", machine.name, "--", ...report.docker, ...words];
}

function chosen({ state }: Ground): Seen | null {
  const seen = state.screen === "vms" && state.tab === "containers" ? containersSeen(state) : null;
  return seen?.container ? { ...seen, container: seen.container } : null;
}

function action({ verb, words, cannot, shows, looks = false, ...about }: ContainerAction): Action {
  return {
    ...about,
    title: `${verb} (container)`,
    short: verb,
    group: "Container",
    on: ["vms"],
    tab: "containers",
    targets: (ground) => {
      const seen = chosen(ground);
      if (seen === null || cannot?.(seen.container)) return [];
      const { id, name } = seen.container;
      return [{ key: id, name, words: dockerCommand(seen, [...words, name]) }];
    },
    reason: (ground) => {
      const seen = chosen(ground);
      if (seen === null) return "Only where a container is chosen, in the tab Containers.";
      if (!looks && ground.state.readonly) return "This session only looks.";
      if (ground.state.link.how === "lost") return "The connection is lost.";
      return cannot?.(seen.container) ?? null;
    },
    command: ([target]) => target?.words ?? null,
    act:
      shows === undefined
        ? { k: "guest" }
        : {
            k: "show",
            messages: (ground) => {
              const seen = chosen(ground);
              if (seen === null) return [];
              const command = dockerCommand(seen, [...words, seen.container.name]);
              return shows(seen, ["hutch", ...command].map(argument).join(" "));
            },
          },
  };
}

export const CONTAINER_ACTIONS: readonly Action[] = [
  action({
    id: "container.start",
    verb: "Start",
    keys: ["s"],
    foot: 2,
    words: ["start"],
    cannot: stopped,
  }),
  action({
    id: "container.stop",
    verb: "Stop",
    keys: ["S"],
    foot: 3,
    ask: "yes",
    words: ["stop"],
    cannot: running,
  }),
  action({
    id: "container.restart",
    verb: "Restart",
    keys: ["R"],
    foot: 5,
    ask: "yes",
    words: ["restart"],
  }),
  action({
    id: "container.logs",
    verb: "Logs",
    keys: ["enter", "L"],
    foot: 1,
    words: ["logs", "--follow", "--tail", "500"],
    looks: true,
    shows: ({ machine, container: { name } }, command) => {
      const view = { k: "container-logs", machine: machine.name, container: name, command } as const;
      return [{ m: "open", overlay: { ...view, lines: [], back: 0, ended: null } }];
    },
  }),
  action({
    id: "container.limits",
    verb: "Limits",
    keys: ["="],
    foot: 4,
    words: ["update"],
    shows: ({ machine: { uuid }, container: { id, limits } }) => [
      {
        m: "open",
        overlay: {
          k: "limits",
          uuid,
          container: id,
          field: "cpus",
          cpus: lineOf(limits.cpus === null ? "" : `${limits.cpus}`),
          memory: lineOf(limits.memoryBytes === null ? "" : `${Math.ceil(limits.memoryBytes / 1024 ** 2)}M`),
        },
      },
    ],
  }),
  action({
    id: "container.remove",
    verb: "Remove",
    keys: ["D", "delete"],
    foot: 6,
    ask: "name",
    warning: "What it wrote outside of its volumes is lost; its image and its volumes stay.",
    words: ["rm"],
    cannot: ({ name, state }) => (RUNS.has(state) ? `${name} runs: stop it first.` : null),
  }),
];
