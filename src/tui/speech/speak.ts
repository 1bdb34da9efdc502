/**
 * For screen readers: sentences instead of a picture, told when they are asked for, and a line to type at. What is typed
 * is what stands after `:` on the screen, and the words below.
 */
import { createInterface } from "node:readline";
import type { MachineView } from "../../core/machine/view.ts";
import { actionById, withKeys } from "../actions/registry.ts";
import type { Streams } from "../ink/show.ts";
import { wordsOf } from "../input/command-words.ts";
import { filterFault } from "../input/filter-words.ts";
import type { Program } from "../program.ts";
import { columnsOf, rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { hasSeveral, hostOf } from "../store/hosts.ts";
import { stateOf } from "../store/machine-facts.ts";
import { type Confirm, known, type Overlay } from "../store/state.ts";
import { shown } from "../text/cells.ts";
import { lookOf } from "../theme/look.ts";

const HELP = [
  "Type the name of a screen (vms, images, networks, storage, snapshots, hosts, jobs, events) to hear what is in it.",
  "Type r to hear it again, filter WORDS to narrow it down (filter alone shows all), or view NAME for a saved view.",
  "Type any hutch command (start web, launch debian-13), or an action of docs/keys.md such as vm.stop.",
  "Type q to leave.",
];

/** Resolves to the exit code. */
export async function speak(program: Program, { stdin, stdout }: Streams): Promise<number> {
  const say = (...lines: readonly string[]) => stdout.write(`${lines.map(shown).join("\n")}\n`);
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
      else {
        if (words !== "" && words !== "r") program.perform(...wordsOf(words, program.ground()));
        if (asked(program) === null) say(...sentences(program));
      }
      lines.prompt();
    }
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
    else {
      program.store.send({ m: "close" });
      if (top.k === "output") say(top.title, ...top.lines);
      else if (top.k === "command") say(`Type it whole: ${top.line.text}and the rest.`);
      else if (top.k === "views") say(`Type view and a name: ${Object.keys(state.saved).join(", ")}.`);
      else say("That is a part of the picture. Type help to hear what can be typed.");
    }
  };
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
