/** What a key comes to: something to show, or something for the running program to do. */
import type { LaunchRequest } from "../../core/requests.ts";
import { type Action, argument, commandLine, type Ground, type Target } from "../actions/action.ts";
import type { Message } from "../store/messages.ts";
import { NOTHING } from "../store/state.ts";
import { EMPTY_LINE, type Line, lineOf } from "./line.ts";

export type Intent =
  | { readonly k: "message"; readonly message: Message }
  /** Done now: whatever had to be asked has been. */
  | { readonly k: "run"; readonly action: Action; readonly targets: readonly Target[] }
  /** Words of the command line, as they were typed. */
  | { readonly k: "command"; readonly words: readonly string[] }
  | { readonly k: "launch"; readonly request: LaunchRequest; readonly command: string }
  /** A command in a guest, as `exec` has it: `exec`, the VM, `--` and its words. */
  | { readonly k: "guest"; readonly title: string; readonly command: readonly string[] }
  /** The host is asked what a question should list. */
  | { readonly k: "losses"; readonly action: Action; readonly targets: readonly Target[] }
  /** Settings for `hutch config set`; null takes one out. */
  | {
      readonly k: "save-view";
      readonly name: string;
      readonly settings: readonly (readonly [key: string, value: string | null])[];
    }
  | { readonly k: "copy"; readonly text: string };

export function send(...messages: readonly Message[]): readonly Intent[] {
  return messages.map((message) => ({ k: "message", message }));
}

/** An action was chosen: it is shown, asked about, typed out, run, or said why not. */
export function begin(action: Action, ground: Ground): readonly Intent[] {
  const { state } = ground;
  const reason = action.reason(ground);
  if (reason !== null) return send({ m: "toast", toast: { text: reason, tone: "warn", at: state.now } });
  if (action.act.k === "show") return send(...action.act.messages(ground));
  const targets = action.targets(ground);
  const names = targets.map(({ name }) => name);
  if (action.act.k === "type") {
    const line = typedOut((action.command(targets) ?? []).map(argument), action.act.ahead === true);
    return send({ m: "open", overlay: { k: "command", line, past: 0 } });
  }
  if (action.ask === undefined) return [{ k: "run", action, targets }];
  const overlay = {
    k: "confirm",
    action: action.id,
    targets: targets.map(({ key }) => key),
    title: `${action.title}: ${names.length === 1 ? (names[0] ?? "") : `${names.length} at once`}`,
    command: commandLine(action, targets, state) ?? "",
    word: action.ask === "name" ? wordFor(action, names) : null,
    typed: EMPTY_LINE,
    lines: action.losses === undefined ? NOTHING : ({ how: "loading", value: null } as const),
  } as const;
  return [
    ...send({ m: "open", overlay }),
    ...(action.losses === undefined ? [] : [{ k: "losses", action, targets } as const]),
  ];
}

/** With the cursor where the rest goes: at the end, right behind a name that goes on, or before the name. */
function typedOut(words: readonly string[], ahead: boolean): Line {
  const text = words.join(" ");
  if (!ahead) return lineOf(text.endsWith(":") ? text : `${text} `);
  const before = `${words.slice(0, -1).join(" ")} `;
  return { text: `${before} ${words.at(-1) ?? ""}`, at: before.length };
}

/** The name itself; for several the verb and how many. */
function wordFor(action: Action, names: readonly string[]): string {
  const [only] = names;
  return names.length === 1 && only !== undefined ? only : `${action.id.split(".")[1] ?? ""} ${names.length}`;
}
