/** An action as data: one entry gives its keys, its line in footer, help and palette, its question, and its shell command. */
import { plural } from "../../core/plural.ts";
import type { Hutch, Operation } from "../../index.ts";
import type { Data } from "../screens/list-screen.ts";
import { type HostState, hostNamed } from "../store/hosts.ts";
import type { Message } from "../store/messages.ts";
import type { ScreenId, State, TabId } from "../store/state.ts";

export type Group =
  | "Move"
  | "View"
  | "VM"
  | "Container"
  | "Image"
  | "Network"
  | "Storage"
  | "Snapshot"
  | "Job"
  | "hutch";

/** What an action is done to: a name to show, words for the command line, the key for everything else. */
export type Target = {
  readonly key: string;
  readonly name: string;
  readonly words: readonly string[];
  /** Whose it is; the current host's when it is left out. */
  readonly host?: string;
  /** Others made it. */
  readonly foreign?: true;
};

/** What there is to decide on: the state, and which commands this hutch has. */
export type Ground = Data & { readonly commands: ReadonlySet<string> };

export type Act =
  /** Changes what is shown. */
  | { readonly k: "show"; messages(ground: Ground): readonly Message[] }
  /** Long work in the library, followed as a job. */
  | {
      readonly k: "operation";
      start(hutch: Hutch, names: readonly string[], words: readonly string[], foreign: boolean): Operation<unknown>;
      /** It brings an image into the store, from whose older ones others may have been baked. */
      readonly base?: true;
    }
  /** The command, run in here; what it prints goes to its job. */
  | { readonly k: "command" }
  /** The command, an `exec`, with what the guest answers in its job. */
  | { readonly k: "guest" }
  /** The command with the terminal to itself. */
  | { readonly k: "terminal" }
  /** The command line opens with the command in it, for the rest to be typed; `ahead`: what is typed comes before the name. */
  | { readonly k: "type"; readonly ahead?: true }
  /** What only the running program can do. */
  | {
      readonly k: "program";
      readonly what: "quit" | "cancel-and-quit" | "suspend" | "refresh" | "cancel-job" | "abandon-job" | "copy-job";
    };

export type Action = {
  readonly id: string;
  readonly title: string;
  readonly group: Group;
  readonly keys: readonly string[];
  /** Where its keys count; everywhere when it names none. */
  readonly on: readonly ScreenId[];
  /** They count only while this tab is spread over the whole body, and win over those of the screen there. */
  readonly tab?: TabId;
  /** In the footer, where its title is too long for that. */
  readonly short?: string;
  /** Its place in the footer, lowest first; not there without one. */
  readonly foot?: number;
  /** `yes`: a question, No unless said. `name`: data is lost, so the name is typed. */
  readonly ask?: "yes" | "name";
  /** What the question says goes and stays, besides what the host tells. */
  readonly warning?: string;
  /** What the host says would be lost, a line each: the question lists it. */
  losses?(hutch: Hutch, names: readonly string[]): Promise<readonly string[]>;
  /** What it is done to now; of some that are marked, those it can be done to. */
  targets(ground: Ground): readonly Target[];
  /** Why it cannot be done now; null when it can. */
  reason(ground: Ground): string | null;
  /** The words after `hutch`; null for what is no command. */
  command(targets: readonly Target[]): readonly string[] | null;
  readonly act: Act;
};

export function startOn(
  { start }: Extract<Act, { k: "operation" }>,
  hutch: Hutch,
  targets: readonly Target[],
): Operation<unknown> {
  const names = targets.map(({ name }) => name);
  const words = targets.flatMap((target) => target.words);
  return start(
    hutch,
    names,
    words,
    targets.some(({ foreign }) => foreign),
  );
}

/** How many are done something to: `5 VMs`. */
export function countOf({ group }: Action, count: number): string {
  return plural(count, group === "VM" ? group : group.toLowerCase());
}

export function argument(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The line to copy into a shell, a command for each host; null for what is no command. */
export function commandLine(action: Action, targets: readonly Target[], hosts: State | null): string | null {
  const lines = byHost(targets, hosts).map(([host, own]) => {
    const words = action.command(own);
    return words === null ? null : hutchLine(words, host?.connect ?? null);
  });
  const told = lines.filter((text) => text !== null);
  return told.length === 0 ? null : told.join("; ");
}

/** `connect` is what `--connect` takes; null where nothing needs to be said. */
export function hutchLine(words: readonly string[], connect: string | null): string {
  return ["hutch", ...(connect === null ? [] : ["-c", connect]), ...words].map(argument).join(" ");
}

/** At the current host. */
export function lineHere(words: readonly string[], state: State): string {
  return hutchLine(words, hostNamed(state, state.current)?.connect ?? null);
}

/** What is done to nothing in particular is done at the current host. */
export function byHost(
  targets: readonly Target[],
  state: State | null,
): readonly (readonly [host: HostState | undefined, targets: readonly Target[]])[] {
  const current = state?.current;
  const names = targets.length === 0 ? [current] : [...new Set(targets.map(({ host }) => host ?? current))];
  return names.map((name) => [
    state === null ? undefined : hostNamed(state, name),
    targets.filter(({ host }) => (host ?? current) === name),
  ]);
}
