/** What is typed after `:`: a screen, an action, or a command of hutch. */
import { ALL_HOSTS } from "../../core/hosts.ts";
import type { Ground } from "../actions/action.ts";
import { actionById } from "../actions/registry.ts";
import { SCREEN } from "../screens/screens.ts";
import { SCREENS, type ScreenId } from "../store/state.ts";
import { begin, type Intent, send } from "./intent.ts";

const SCREEN_WORDS: Readonly<Record<string, ScreenId>> = {
  vm: "vms",
  image: "images",
  img: "images",
  net: "networks",
  network: "networks",
  pool: "storage",
  disk: "storage",
  snap: "snapshots",
  snapshot: "snapshots",
  host: "hosts",
  job: "jobs",
  event: "events",
};

const HOST_WORDS = new Set(["host", "hosts"]);

function screenNamed(word: string): ScreenId | undefined {
  return SCREENS.find((screen) => screen === word) ?? SCREEN_WORDS[word];
}

/** The words of a line, as a shell would split it: quotes keep spaces. */
export function split(text: string): readonly string[] {
  const words = text.match(/(?:[^\s'"]+|'[^']*'?|"[^"]*"?)+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'?|"([^"]*)"?/g, (_, single?: string, double?: string) => single ?? double ?? ""),
  );
}

export function wordsOf(text: string, ground: Ground): readonly Intent[] {
  const all = split(text);
  const words = all[0] === "hutch" ? all.slice(1) : all;
  const [first = "", second, third] = words;
  if (first === "q" || first === "quit") {
    const quit = actionById("hutch.quit");
    return quit === undefined ? [] : [{ k: "run", action: quit, targets: [] }];
  }
  const action = actionById(first);
  if (action !== undefined && words.length === 1) return begin(action, ground);
  const screen = screenNamed(first);
  // `:image` is a screen, `:image pull x` a command, `:net default` the screen with that filter.
  const isCommand = second !== undefined && (ground.commands.has(`${first} ${second}`) || third !== undefined);
  if (screen === "hosts" && second !== undefined && !isCommand) return onlyHost(second, ground);
  if (screen !== undefined && !isCommand)
    return send({ m: "go", screen }, ...(second === undefined ? [] : [{ m: "filter", text: second } as const]));
  return words.length === 0 ? [] : [{ k: "command", words }];
}

/** `:host nas` shows the VMs of one host, `:host all` those of every one. */
function onlyHost(name: string, { state }: Ground): readonly Intent[] {
  if (name === ALL_HOSTS) return send({ m: "only", host: null }, { m: "go", screen: "vms" });
  if (state.hosts.some((host) => host.name === name))
    return send({ m: "only", host: name }, { m: "go", screen: "vms" });
  const names = state.hosts.map((host) => host.name);
  const text = `There is no host ${name} here: ${[...names, ALL_HOSTS].join(", ")}.`;
  return send({ m: "toast", toast: { text, tone: "warn", at: state.now } });
}

/** The line with its last word completed as far as there is no choice. */
export function completed(text: string, ground: Ground): string {
  const options = completions(text, ground);
  const [first, ...others] = options;
  if (first === undefined) return text;
  let shared = first;
  for (const other of others) while (!other.startsWith(shared)) shared = shared.slice(0, -1);
  const head = text.slice(0, text.length - lastWord(text).length);
  return head + shared + (others.length === 0 ? " " : "");
}

/** What the last word may become: commands and screens first, then names of VMs. */
export function completions(text: string, { state, commands }: Ground): readonly string[] {
  const last = lastWord(text);
  const before = text.slice(0, text.length - last.length).trim();
  const verbs = [...commands].flatMap((verb) => {
    if (before === "") return [verb.split(" ")[0] ?? ""];
    return verb.startsWith(`${before} `) ? [verb.slice(before.length + 1)] : [];
  });
  const names =
    before === ""
      ? Object.values(SCREEN).map(({ id }) => id)
      : HOST_WORDS.has(before)
        ? [...state.hosts.map(({ name }) => name), ALL_HOSTS]
        : [...state.machines.values()].map(({ name }) => name);
  return [...new Set([...verbs, ...names])].filter((word) => word.startsWith(last) && word !== last).sort();
}

function lastWord(text: string): string {
  return /\S*$/.exec(text)?.[0] ?? "";
}
