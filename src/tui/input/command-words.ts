/** What is typed after `:`: a screen, an action, or a command of hutch. */
import type { Ground } from "../actions/action.ts";
import { actionById } from "../actions/registry.ts";
import { SCREEN } from "../screens/screens.ts";
import { SCREENS, type ScreenId } from "../store/state.ts";
import { begin, type Intent, send } from "./intent.ts";
import { lastWord, splitWords } from "./words.ts";

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

function screenNamed(word: string): ScreenId | undefined {
  return SCREENS.find((screen) => screen === word) ?? SCREEN_WORDS[word];
}

export function wordsOf(text: string, ground: Ground): readonly Intent[] {
  const all = splitWords(text);
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
  if (screen !== undefined && !isCommand)
    return send({ m: "go", screen }, ...(second === undefined ? [] : [{ m: "filter", text: second } as const]));
  return words.length === 0 ? [] : [{ k: "command", words }];
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
    before === "" ? Object.values(SCREEN).map(({ id }) => id) : [...state.machines.values()].map(({ name }) => name);
  return [...new Set([...verbs, ...names])].filter((word) => word.startsWith(last) && word !== last).sort();
}
