/**
 * For screen readers: sentences instead of a picture, told when they are asked for, and a line to type at. What is typed
 * is what stands after `:` on the screen, and the words below.
 */
import { createInterface } from "node:readline";
import type { MachineView } from "../../core/machine/view.ts";
import { withKeys } from "../actions/registry.ts";
import type { Streams } from "../ink/show.ts";
import { wordsOf } from "../input/command-words.ts";
import type { Program } from "../program.ts";
import { rowsOf } from "../screens/list-screen.ts";
import { SCREEN } from "../screens/screens.ts";
import { stateOf } from "../store/machine-facts.ts";
import type { State } from "../store/state.ts";
import { shown } from "../text/cells.ts";
import { lookOf } from "../theme/look.ts";

const HELP = [
  "Type the name of a screen (vms, images, networks, storage, snapshots, hosts, jobs, events) to hear what is in it.",
  "Type r to hear it again, filter WORDS to narrow it down, or any hutch command: start web, launch debian-13.",
  "Type q to leave.",
];

/** Resolves to the exit code. */
export async function speak(program: Program, { stdin, stdout }: Streams): Promise<number> {
  const say = (...lines: readonly string[]) => stdout.write(`${lines.join("\n")}\n`);
  say("hutch. Reading the host.");
  await settledState(program);
  say(...HELP, ...sentences(program));
  const lines = createInterface({ input: stdin, output: stdout, prompt: "hutch: " });
  lines.prompt();
  let told = program.store.get().toast;
  const unsubscribe = program.store.subscribe(() => {
    const { toast } = program.store.get();
    if (toast !== null && toast !== told) say("", toast.text);
    told = toast;
  });
  try {
    for await (const text of lines) {
      const words = text.trim();
      if (words === "q" || words === "quit") return 0;
      if (words === "?" || words === "help") say(...HELP);
      else if (words.startsWith("filter")) program.store.send({ m: "filter", text: words.slice(6).trim() });
      else if (words !== "" && words !== "r") program.perform(...wordsOf(words, program.ground()));
      say(...sentences(program));
      lines.prompt();
    }
    return 0;
  } finally {
    unsubscribe();
    lines.close();
  }
}

/** The rows of the screen, a sentence each. */
export function sentences(program: Program): readonly string[] {
  const ground = program.ground();
  const { state } = ground;
  const screen = SCREEN[state.screen];
  const scope = { ...ground, look: lookOf("none", "dark", true) };
  const rows = rowsOf(screen, ground);
  const lost = state.link.how === "lost" ? [`The connection is lost: ${shown(state.link.message)}`] : [];
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
        : screen.columns
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
    stateOf(machine).word,
    ...(rates === null
      ? []
      : [`cpu ${Math.round(rates.cpu)} percent`, `memory ${gib(rates.memoryUsed)} of ${gib(rates.memory)} gibibytes`]),
    ...(machine.address === null ? [] : [`address ${machine.address}`]),
    ...machine.problems.map((problem) => `problem: ${shown(problem)}`),
  ].join(", ");
}

function settledState(program: Program): Promise<State> {
  return new Promise((resolve) => {
    const look = () => {
      const state = program.store.get();
      if (state.link.how === "opening") return;
      unsubscribe();
      resolve(state);
    };
    const unsubscribe = program.store.subscribe(look);
    look();
  });
}
