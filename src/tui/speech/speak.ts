/**
 * For screen readers: sentences instead of a picture, told when they are asked for, and a line to type at. What is typed
 * is what stands after `:` on the screen, and the words below.
 */
import { createInterface } from "node:readline";
import type { MachineView } from "../../core/machine/view.ts";
import { nearNames } from "../../core/near.ts";
import { actionById, withKeys } from "../actions/registry.ts";
import type { Streams } from "../ink/show.ts";
import { wordsOf } from "../input/command-words.ts";
import { filterFault } from "../input/filter-words.ts";
import { SMALLEST } from "../layout/layout.ts";
import type { Program } from "../program.ts";
import { columnsOf, rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { hasSeveral, hostOf } from "../store/hosts.ts";
import { stateOf } from "../store/machine-facts.ts";
import { type Confirm, known, type Overlay } from "../store/state.ts";
import { shown } from "../text/cells.ts";
import { lookOf } from "../theme/look.ts";
import {
  chooseContainer,
  containerSentences,
  containersAnswered,
  HOW_TO_LIMIT,
  hearsContainers,
  lastWords,
  limitIntents,
} from "./containers.ts";

const HELP = [
  "Type the name of a screen (vms, images, networks, storage, snapshots, hosts, jobs, events) to hear what is in it.",
  "Type r to hear it again, filter WORDS to narrow it down (filter alone shows all), or view NAME for a saved view.",
  "Type choose NAME for the one that actions are about, and containers to hear what runs in that VM.",
  "Type any hutch command (start web, launch debian-13), or an action of docs/keys.md such as vm.stop.",
  "Type q to leave.",
];

/** Resolves to the exit code. */
export async function speak(program: Program, { stdin, stdout }: Streams): Promise<number> {
  const say = (...lines: readonly string[]) => stdout.write(`${lines.map(shown).join("\n")}\n`);
  // Words need no room: where a picture would not fit, questions are answered all the same.
  program.store.send({ m: "size", size: SMALLEST });
  say("hutch. Reading the host.");
  await program.store.until(({ hosts }) => hosts.some(({ link }) => link.how !== "opening"));
  say(...HELP, ...sentences(program));
  const lines = createInterface({ input: stdin, output: stdout, prompt: "hutch: " });
  const unsubscribe = program.store.subscribe(told(program, say));
  lines.prompt();
  try {
    for await (const text of lines) {
      const words = text.trim();
      if (words === "q" || words === "quit") return 0;
      if (asked(program) !== null) answer(program, words, say);
      else if (words === "?" || words === "help") say(...HELP);
      else if (/^filter\b/.test(words)) narrow(program, words.slice("filter".length).trim(), say);
      else if (/^choose\b/.test(words)) say(choose(program, words.slice("choose".length).trim()));
      else if (/^limits\b/.test(words) && hearsContainers(program)) limit(program, words, say);
      else {
        turnTo(program, words);
        // What is asked, or being read, comes by itself.
        if (program.store.get().overlays.length === 0) say(...(await heard(program)));
      }
      lines.prompt();
    }
    // By Ctrl-C or Ctrl-D: the shell goes on on a line of its own.
    stdout.write("\n");
    return 0;
  } finally {
    unsubscribe();
    lines.close();
  }
}

type Say = (...lines: readonly string[]) => void;

/** What comes of something by itself is told once: what was said, what a command printed, what is asked. */
function told(program: Program, say: Say): () => void {
  let { toast } = program.store.get();
  let question: Overlay | null = null;
  return () => {
    const state = program.store.get();
    if (state.toast !== null && state.toast !== toast) say("", state.toast.text);
    toast = state.toast;
    const top = state.overlays.at(-1) ?? null;
    if (top === question) return;
    question = top?.k === "confirm" ? top : null;
    if (top === null) return;
    if (top.k === "confirm") say(...questionOf(top, program));
    else if (top.k === "container-logs") {
      const words = lastWords(top);
      if (words === null) return;
      program.store.send({ m: "close" });
      say("", ...words);
    } else {
      program.store.send({ m: "close" });
      if (top.k === "output") say(top.title, ...top.lines);
      else if (top.k === "command") say(`Type it whole: ${top.line.text}and the rest.`);
      else if (top.k === "limits") say(HOW_TO_LIMIT);
      else if (top.k === "views") say(`Type view and a name: ${Object.keys(state.saved).join(", ")}.`);
      else say("That is a part of the picture. Type help to hear what can be typed.");
    }
  };
}

async function heard(program: Program): Promise<readonly string[]> {
  if (!hearsContainers(program)) return sentences(program);
  await containersAnswered(program);
  return containerSentences(program);
}

/** A screen, the containers of the chosen VM, or whatever else stands after `:`. */
function turnTo(program: Program, words: string): void {
  const { send } = program.store;
  // What a container says is read no further.
  if (program.store.get().overlays.length > 0) send({ m: "close" });
  if (words === "containers") {
    send({ m: "go", screen: "vms" });
    send({ m: "tab", tab: "containers" });
    send({ m: "zoom", on: true });
    return;
  }
  if (Object.hasOwn(SCREEN, words)) send({ m: "zoom", on: false });
  if (words !== "" && words !== "r") program.perform(...wordsOf(words, program.ground()));
}

/** The container or the row of that name. */
function choose(program: Program, name: string): string {
  if (hearsContainers(program)) return chooseContainer(program, name);
  const ground = program.ground();
  const screen = SCREEN[ground.state.screen];
  const rows = rowsOf(screen, ground);
  const found = rows.find((row) => screen.name(row) === name);
  if (found === undefined) {
    const [near] = nearNames(name, rows.map(screen.name));
    return `There is no ${name} here.${near === undefined ? "" : ` Did you mean ${near}?`}`;
  }
  program.store.send({ m: "choose", key: screen.key(found) });
  return `${name} is chosen.`;
}

function limit(program: Program, words: string, say: Say): void {
  const [, ...given] = words.split(/\s+/);
  const intents = limitIntents(program, given);
  if (typeof intents === "string") say(intents);
  else program.perform(...intents);
}

function asked(program: Program): Confirm | null {
  const top = program.store.get().overlays.at(-1);
  return top?.k === "confirm" ? top : null;
}

function questionOf({ title, action, word, lines }: Confirm, program: Program): readonly string[] {
  const { warning } = actionById(action) ?? {};
  return [
    `${title}.`,
    ...(warning === undefined ? [] : [withKeys(warning, program.ground().keys, true)]),
    ...(known(lines) ?? []),
    word === null ? "Type yes to go on. Anything else cancels." : `Type ${word} to go on. Anything else cancels.`,
  ];
}

function answer(program: Program, words: string, say: Say): void {
  const { word = null } = asked(program) ?? {};
  const key = (name: string) => program.input({ k: "key", name, text: "" });
  const agreed = word === null ? /^y(es)?$/i.test(words) : words === word;
  if (word !== null) program.input({ k: "paste", text: words });
  key(agreed ? (word === null ? "y" : "enter") : "esc");
  if (!agreed) say("Cancelled.");
}

function narrow(program: Program, filter: string, say: Say): void {
  const fault = filterFault(filter, program.ground());
  if (fault === null) program.store.send({ m: "filter", text: filter });
  say(...(fault === null ? sentences(program) : [fault]));
}

/** The rows of the screen, a sentence each. */
export function sentences(program: Program): readonly string[] {
  const ground = program.ground();
  const { state } = ground;
  const screen = SCREEN[state.screen];
  const scope = { ...ground, look: lookOf("none", "dark", true) };
  const rows = rowsOf(screen, ground);
  const lost = state.hosts.flatMap(({ name, link }) =>
    link.how === "lost"
      ? [`The connection${hasSeveral(state) ? ` to ${shown(name)}` : ""} is lost: ${shown(link.message)}`]
      : [],
  );
  if (rows.length === 0)
    return [
      ...lost,
      `${screen.title}. ${screen
        .empty(ground)
        .filter((text) => text !== "")
        .map((text) => withKeys(text, ground.keys, true))
        .join(" ")}`,
    ];
  return [
    ...lost,
    `${screen.title}, ${rows.length}.`,
    ...rows.map((row) =>
      state.screen === "vms"
        ? machineSentence(row as MachineView, program)
        : columnsOf(screen, state, Number.POSITIVE_INFINITY)
            .map((column) => [column.title.toLowerCase(), column.cell(row, scope, 40)[0].trim()] as const)
            .filter(([title, text]) => title !== "" && text !== "")
            .map(([title, text]) => `${title} ${text}`)
            .join(", "),
    ),
  ];
}

/** `web-01, running, cpu 34 percent, memory 1.4 of 4 gibibytes, address 10.0.0.11`. */
function machineSentence(machine: MachineView, { history }: Program): string {
  const rates = history.rates(machine.uuid);
  const gib = (bytes: number) => Number((bytes / 1024 ** 3).toFixed(1));
  return [
    shown(machine.name),
    ...(hostOf(machine.uuid) === null ? [] : [`at ${shown(hostOf(machine.uuid) ?? "")}`]),
    stateOf(machine).word,
    ...(rates === null
      ? []
      : [`cpu ${Math.round(rates.cpu)} percent`, `memory ${gib(rates.memoryUsed)} of ${gib(rates.memory)} gibibytes`]),
    ...(machine.address === null ? [] : [`address ${machine.address}`]),
    ...machine.problems.map((problem) => `problem: ${shown(problem)}`),
  ].join(", ");
}
