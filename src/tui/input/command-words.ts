/** What is typed after `:`: a screen, an action, or a command of hutch. */
import { ALL_HOSTS } from "../../core/hosts.ts";
import { nearNames } from "../../core/near.ts";
import { checkViewName } from "../../core/saved-view.ts";
import { splitWords } from "../../core/words.ts";
import type { Ground } from "../actions/action.ts";
import { actionById } from "../actions/registry.ts";
import { SCREEN } from "../screens/screens.ts";
import { SCREENS, type ScreenId, type View } from "../store/state.ts";
import { begin, type Intent, send } from "./intent.ts";
import { lastWord } from "./words.ts";

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

export function wordsOf(text: string, ground: Ground): readonly Intent[] {
  const all = splitWords(text);
  const words = all[0] === "hutch" ? all.slice(1) : all;
  const [first = "", second, third] = words;
  if (first === "q" || first === "quit") {
    const quit = actionById("hutch.quit");
    return quit === undefined ? [] : [{ k: "run", action: quit, targets: [] }];
  }
  if (first === "view") return viewIntents(second, third, ground);
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

/** `:view`, `:view prod`, `:view save prod`. */
function viewIntents(second: string | undefined, name: string | undefined, ground: Ground): readonly Intent[] {
  const { state } = ground;
  const say = (text: string) => send({ m: "toast", toast: { text, tone: "warn", at: state.now } });
  const choose = actionById("view.saved");
  if (second === undefined) return choose === undefined ? [] : begin(choose, ground);
  if (Object.hasOwn(state.saved, second)) return send({ m: "look", name: second });
  if (second !== "save") {
    const names = Object.keys(state.saved);
    const [near] = nearNames(second, names);
    const there = names.length === 0 ? ":view save NAME makes one." : `There are ${names.join(", ")}.`;
    return say(`There is no view "${second}". ${near === undefined ? there : `Did you mean ${near}?`}`);
  }
  const wrong = name === undefined ? "it needs a name: :view save NAME" : checkViewName(name);
  const reason = actionById("view.save")?.reason(ground) ?? null;
  if (reason !== null || name === undefined || wrong !== null) return say(reason ?? `The view: ${wrong}.`);
  return [{ k: "save-view", name, settings: settingsOf(name, state.views.vms) }];
}

/** What `hutch config set` has to be given, key by key; null: taken out. */
function settingsOf(
  name: string,
  { filter, sort, reverse, columns }: View,
): readonly (readonly [string, string | null])[] {
  const largestFirst = SCREEN.vms.columns.find(({ id }) => id === sort)?.largestFirst === true;
  return [
    [`views.${name}.filter`, filter || null],
    [`views.${name}.sort`, sort === null ? null : `${reverse !== largestFirst ? "-" : ""}${sort}`],
    [`views.${name}.columns`, columns?.join(",") ?? null],
  ];
}

/** What the last word may become: commands and screens first, then names of VMs. */
export function completions(text: string, { state, commands }: Ground): readonly string[] {
  const last = lastWord(text);
  const before = text.slice(0, text.length - last.length).trim();
  const verbs = [...commands].flatMap((verb) => {
    if (before === "") return [verb.split(" ")[0] ?? ""];
    return verb.startsWith(`${before} `) ? [verb.slice(before.length + 1)] : [];
  });
  if (before === "view")
    return [...Object.keys(state.saved).sort(), "save"].filter((name) => name.startsWith(last) && name !== last);
  // Of a noun, only what can be done with it comes next.
  if (before !== "" && verbs.length > 0 && !commands.has(before))
    return verbs.filter((word) => word.startsWith(last) && word !== last).sort();
  const names =
    before === ""
      ? Object.values(SCREEN).map(({ id }) => id)
      : HOST_WORDS.has(before)
        ? [...state.hosts.map(({ name }) => name), ALL_HOSTS]
        : [...state.machines.values()].map(({ name }) => name);
  return [...new Set([...verbs, ...names])].filter((word) => word.startsWith(last) && word !== last).sort();
}
