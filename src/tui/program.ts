/** The terminal UI without a terminal: state, what feeds it, and what keys make it do. */
import { asHutchError } from "../core/errors.ts";
import type { UiSettings } from "../core/ui-settings.ts";
import type { Action, Target } from "./actions/action.ts";
import { argument, commandLine } from "./actions/action.ts";
import { keymapOf } from "./actions/keymap.ts";
import { actionById, type Keys } from "./actions/registry.ts";
import { intentsOf } from "./input/dispatch.ts";
import { begin, type Intent } from "./input/intent.ts";
import type { Input } from "./input/keys.ts";
import type { Door, Hands } from "./live/door.ts";
import { Feed } from "./live/feed.ts";
import { Jobs } from "./live/jobs.ts";
import { Reader } from "./live/reader.ts";
import type { OverlayGround } from "./overlays/overlay.ts";
import { History } from "./store/history.ts";
import type { Message } from "./store/messages.ts";
import { createReducer } from "./store/reduce.ts";
import { newState, type State } from "./store/state.ts";
import { createStore, type Store } from "./store/store.ts";

/** Commands that talk with the person at the terminal. */
const TALKS = new Set(["shell", "ssh", "console", "exec", "edit", "doctor"]);

/** The exit code of what was cancelled. */
const CANCELLED = 130;

export type ProgramOptions = {
  readonly about: Pick<State, "size" | "uri" | "demo" | "readonly">;
  readonly door: Door;
  readonly hands: Hands;
  readonly settings: Pick<UiSettings, "keys" | "views">;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export class Program {
  readonly history = new History();
  readonly store: Store<State, Message>;
  readonly #options: ProgramOptions;
  readonly #feed: Feed;
  readonly #jobs: Jobs;
  readonly #reader: Reader;
  #keys: Keys = {};

  constructor(options: ProgramOptions) {
    const { about, now, door, sleep, settings } = options;
    this.#options = options;
    this.store = createStore(newState({ ...about, now: now() }), createReducer(this.history));
    const { get: state, send } = this.store;
    this.#jobs = new Jobs(send, now);
    this.#feed = new Feed({ open: () => door.open(), history: this.history, state, send, now, sleep });
    this.#reader = new Reader({ hutch: () => this.#feed.hutch, state, send, held: () => this.#feed.held });
    this.store.subscribe(() => this.#reader.look());
    this.#adopt(settings);
  }

  /** As `q` does when nothing runs. */
  quit(): void {
    this.#options.hands.quit();
  }

  start(): void {
    this.#feed.start();
  }

  async stop(): Promise<void> {
    this.#reader.stop();
    await this.#feed.stop();
  }

  input(input: Input): void {
    this.perform(...intentsOf(input, this.ground()));
  }

  perform(...intents: readonly Intent[]): void {
    for (const intent of intents) this.#perform(intent);
  }

  ground(): OverlayGround {
    return { state: this.store.get(), history: this.history, commands: this.#options.door.commands, keys: this.#keys };
  }

  #perform(intent: Intent): void {
    switch (intent.k) {
      case "message":
        this.store.send(intent.message);
        return;
      case "run":
        this.#try(this.#run(intent.action, intent.targets));
        return;
      case "command":
        this.#try(this.#command(intent.words));
        return;
      case "launch": {
        const hutch = this.#feed.hutch;
        if (hutch === null) return;
        const title = `launch ${intent.request.name ?? intent.request.image ?? ""}`;
        void this.#jobs.follow(title, intent.command, hutch.launch(intent.request));
        return;
      }
      case "guest":
        this.#try(this.#inGuest(intent.title, intent.command));
        return;
      case "losses":
        void this.#losses(intent.names);
        return;
      case "save-view":
        this.#try(this.#saveView(intent.name, intent.settings));
        return;
      case "copy":
        this.#copy(intent.text);
    }
  }

  /** What refuses before it has begun is told, like what fails later. */
  #try(work: Promise<void>): void {
    work.catch((error: unknown) => this.#say(asHutchError(error).message, "danger"));
  }

  async #run(action: Action, targets: readonly Target[]): Promise<void> {
    const names = targets.map(({ name }) => name);
    const { act } = action;
    const line = commandLine(action, targets, null) ?? "";
    switch (act.k) {
      case "operation": {
        const hutch = this.#feed.hutch;
        if (hutch === null || targets.length === 0) return;
        const title = `${action.title} ${names.length > 3 ? `${names.length} VMs` : names.join(", ")}`;
        await this.#jobs.follow(
          title,
          line,
          act.start(
            hutch,
            names,
            targets.map(({ key }) => key),
          ),
        );
        this.#reader.refresh();
        return;
      }
      case "guest":
        await this.#inGuest(`${action.title} ${names.join(", ")}`, action.command(targets) ?? []);
        return;
      case "command":
      case "terminal":
        await this.#command(action.command(targets) ?? [], act.k === "terminal");
        return;
      case "program":
        return this.#program(act.what, targets);
    }
  }

  async #command(words: readonly string[], terminal = TALKS.has(words[0] ?? "")): Promise<void> {
    const { door, hands } = this.#options;
    if (!terminal) {
      const title = words.join(" ");
      const { lines, code } = await this.#jobs.command(title, `hutch ${title}`, (onLine, signal) =>
        door.run(words, onLine, signal),
      );
      if (lines.length > 1 || code !== 0)
        this.store.send({ m: "open", overlay: { k: "output", title: `hutch ${title}`, lines, top: 0 } });
      this.#reader.refresh();
      if (words[0] === "config") this.#adopt(await door.settings());
      return;
    }
    this.#feed.held = true;
    try {
      const code = await hands.handOver(() => door.attach(words));
      if (code !== 0) this.#say(`hutch ${words.join(" ")} ended with ${code}.`, "warn");
    } catch (error) {
      this.#say(asHutchError(error).message, "danger");
    } finally {
      this.#feed.held = false;
    }
  }

  /** `command` as `exec` has it. What the guest says is shown where it does not do it, and kept with the job. */
  async #inGuest(title: string, command: readonly string[]): Promise<void> {
    const hutch = this.#feed.hutch;
    const [, vm = "", , ...argv] = command;
    if (hutch === null) return;
    const line = ["hutch", ...command].map(argument).join(" ");
    await this.#jobs.command(title, line, async (onLine, signal) => {
      try {
        const { code, stdout, stderr } = await hutch.run(vm, argv, { signal });
        for (const text of `${stdout}${stderr}`.split("\n")) if (text.trim() !== "") onLine(text);
        return code;
      } catch (error) {
        if (signal.aborted) return CANCELLED;
        const { message, exitCode } = asHutchError(error);
        onLine(message);
        return exitCode;
      }
    });
    this.#reader.refresh();
  }

  async #program(what: string, targets: readonly Target[]): Promise<void> {
    const { hands } = this.#options;
    switch (what) {
      case "quit": {
        const ask = actionById("hutch.cancel-and-quit");
        if (this.#jobs.running === 0 || ask === undefined) hands.quit();
        else this.perform(...begin(ask, this.ground()));
        return;
      }
      case "cancel-and-quit":
        await this.#jobs.cancelAll();
        hands.quit();
        return;
      case "suspend":
        this.#feed.held = true;
        await hands.suspend();
        this.#feed.held = false;
        return;
      case "refresh":
        this.#reader.refresh();
        return;
      case "cancel-job":
        for (const { key } of targets) this.#jobs.cancel(key);
        return;
      case "abandon-job":
        for (const { key } of targets) this.#jobs.abandon(key);
        return;
      case "copy-job": {
        const job = this.store.get().jobs.find(({ id }) => id === targets[0]?.key);
        if (job !== undefined) this.#copy(job.command);
      }
    }
  }

  /** What the config asks for and cannot be is shown, and what to type; the rest holds. */
  #adopt({ keys, views }: Pick<UiSettings, "keys" | "views">): void {
    const { keys: known, faults } = keymapOf(keys);
    this.#keys = known;
    this.store.send({ m: "saved", views });
    if (faults.length === 0) return;
    const lines = faults.flatMap(({ id, message, next }) => [
      `ui.keys.${id}: ${message}`,
      ...next.map((text) => `  $ ${text}`),
      "",
    ]);
    this.store.send({ m: "open", overlay: { k: "output", title: "Keys of the config that cannot be", lines, top: 0 } });
  }

  /** As the same lines would one after the other in a shell: each is a job, and what fails is told. */
  async #saveView(name: string, settings: Extract<Intent, { k: "save-view" }>["settings"]): Promise<void> {
    const had = this.store.get().saved[name];
    for (const [key, value] of settings) {
      if (value === null && had === undefined) continue;
      await this.#command(["config", "set", key, value ?? "--unset"], false);
    }
    if (this.store.get().saved[name] !== undefined) this.store.send({ m: "look", name });
  }

  async #losses(names: readonly string[]): Promise<void> {
    const overlay = () => {
      const top = this.store.get().overlays.at(-1);
      return top?.k === "confirm" ? top : null;
    };
    const before = overlay();
    const put = (
      lines: { how: "ready"; value: readonly string[] } | { how: "failed"; message: string; value: null },
    ) => {
      const now = overlay();
      if (before !== null && now?.action === before.action) this.store.send({ m: "redo", overlay: { ...now, lines } });
    };
    try {
      const losses = (await this.#feed.hutch?.losses(names)) ?? [];
      put({ how: "ready", value: losses.flatMap(({ name, what }) => what.map((each) => `${name}: ${each}`)) });
    } catch (error) {
      put({ how: "failed", message: asHutchError(error).message, value: null });
    }
  }

  /** By OSC 52: the terminal's own clipboard, over ssh too. */
  #copy(text: string): void {
    this.#options.hands.write(`\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`);
    this.#say(`Copied: ${text}`, "ok");
  }

  #say(text: string, tone: "ok" | "warn" | "danger"): void {
    this.store.send({ m: "toast", toast: { text, tone, at: this.#options.now() } });
  }
}
