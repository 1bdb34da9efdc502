/** The terminal UI without a terminal: state, what feeds it, and what keys make it do. */
import { asHutchError } from "../core/errors.ts";
import type { UiSettings } from "../core/ui-settings.ts";
import type { Hutch } from "../index.ts";
import type { Action, Target } from "./actions/action.ts";
import { byHost, countOf, hutchLine, startOn } from "./actions/action.ts";
import { faultLines, keymapOf } from "./actions/keymap.ts";
import { actionById, type Keys } from "./actions/registry.ts";
import { isAboutHutch, TALKS } from "./input/command-kinds.ts";
import { intentsOf } from "./input/dispatch.ts";
import { begin, type Intent } from "./input/intent.ts";
import type { Input } from "./input/keys.ts";
import { askLosses } from "./live/ask-losses.ts";
import type { Door, Hands } from "./live/door.ts";
import { Feeds } from "./live/feeds.ts";
import { runInGuest } from "./live/in-guest.ts";
import { Jobs } from "./live/jobs.ts";
import { launch } from "./live/launch.ts";
import { Reader } from "./live/reader.ts";
import { type FollowUp, renewBaked } from "./live/renew-baked.ts";
import type { OverlayGround } from "./overlays/overlay.ts";
import { History } from "./store/history.ts";
import { type HostState, hasSeveral, hostNamed } from "./store/hosts.ts";
import type { Message } from "./store/messages.ts";
import { createReducer } from "./store/reduce.ts";
import { type About, newState, type State } from "./store/state.ts";
import { createStore, type Store } from "./store/store.ts";

export type ProgramOptions = {
  readonly about: Omit<About, "hosts">;
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
  readonly #feeds: Feeds;
  readonly #jobs: Jobs;
  readonly #reader: Reader;
  #keys: Keys = {};
  #touched: number;
  #held = false;
  #faultsTold = "";
  #unwatch: () => void = () => undefined;

  constructor(options: ProgramOptions) {
    const { about, now, door, sleep, settings } = options;
    this.#options = options;
    this.#touched = now();
    const initial = newState({ ...about, hosts: door.hosts, now: now() });
    this.store = createStore(initial, createReducer(this.history));
    const { get: state, send } = this.store;
    this.#jobs = new Jobs(send, now);
    const { history } = this;
    const touched = () => this.#touched;
    const idle = () => this.#jobs.idle();
    this.#feeds = new Feeds({ history, state, send, now, touched, sleep, idle }, door.hosts);
    this.#reader = new Reader({ hutch: (name) => this.#hutch(name), state, send, held: () => this.#held });
    this.store.subscribe(() => this.#reader.look());
    this.#adopt(settings);
  }

  /** As `q` does when nothing runs. */
  quit(): void {
    this.#options.hands.quit();
  }

  start(): void {
    this.#feeds.start();
    this.#unwatch = this.#options.door.config.watch(() => this.#try(this.#reread()));
  }

  async stop(): Promise<void> {
    this.#unwatch();
    this.#reader.stop();
    await this.#feeds.stop();
  }

  /** The host of that name, or the current one; null while it is not open. */
  #hutch(name = this.store.get().current): Hutch | null {
    return this.#feeds.hutch(name);
  }

  #current(): HostState | undefined {
    return hostNamed(this.store.get(), this.store.get().current);
  }

  /** While somebody else has the terminal nobody looks. */
  #hold(held: boolean): void {
    this.#held = held;
    this.#feeds.held = held;
  }

  input(input: Input): void {
    this.#touched = this.#options.now();
    this.#feeds.wake();
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
        const hutch = this.#hutch();
        if (hutch !== null) this.#try(launch(hutch, intent, this.#followUp(this.#current())));
        return;
      }
      case "guest":
        this.#try(this.#inGuest(intent.title, intent.command));
        return;
      case "losses":
        void askLosses(intent, { ...this.store, hutch: (name) => this.#hutch(name) });
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
    const { act } = action;
    if (act.k === "program") return this.#program(act.what, targets);
    if ((act.k === "operation" || act.k === "guest") && targets.length === 0) return;
    const groups = byHost(targets, this.store.get());
    await Promise.all(
      groups.map(async ([host, own]) => {
        const words = action.command(own) ?? [];
        const names = own.map(({ name }) => name);
        if (act.k === "guest") return this.#inGuest(`${action.title} ${names.join(", ")}`, words, host);
        if (act.k !== "operation") return this.#command(words, act.k === "terminal", host);
        const hutch = this.#hutch(host?.name);
        if (hutch === null) return this.#say(`${host?.name ?? ""}: the connection is lost.`, "danger");
        const what = `${action.title} ${names.length > 3 ? countOf(action, names.length) : names.join(", ")}`;
        const title = groups.length > 1 ? `${what} at ${host?.name ?? ""}` : what;
        const operation = startOn(act, hutch, own);
        const done = await this.#jobs.follow(title, hutchLine(words, host?.connect ?? null), operation);
        this.#reader.refresh();
        if (done === null || act.base !== true) return;
        await renewBaked(hutch, names, operation.id, this.#followUp(host));
        this.#reader.refresh();
      }),
    );
  }

  #followUp(host: HostState | undefined): FollowUp {
    const { bakesByItself } = this.#options.door.config;
    const connect = host?.connect ?? null;
    return { jobs: this.#jobs, connect, say: (text, tone) => this.#say(text, tone), bakesByItself };
  }

  /** At the current host, unless it is another one's. hutch's own config is no host's. */
  async #command(
    words: readonly string[],
    terminal = TALKS.has(words[0] ?? ""),
    host = isAboutHutch(words) ? undefined : this.#current(),
  ): Promise<void> {
    const { door, hands } = this.#options;
    const line = hutchLine(words, host?.connect ?? null);
    const there = [...this.#feeds.words(host?.name), ...words];
    if (!terminal) {
      const title =
        host !== undefined && hasSeveral(this.store.get()) ? `${words.join(" ")} at ${host.name}` : words.join(" ");
      const { lines, code } = await this.#jobs.command(title, line, (onLine, signal) =>
        door.run(there, onLine, signal),
      );
      if (lines.length > 1 || code !== 0)
        this.store.send({ m: "open", overlay: { k: "output", title: line, lines, top: 0 } });
      // That it is done is less than what it says.
      else if (lines[0] !== undefined) this.#say(lines[0], "ok");
      this.#reader.refresh();
      if (isAboutHutch(words)) await this.#reread();
      return;
    }
    this.#hold(true);
    try {
      const code = await hands.handOver(() => door.attach(there));
      if (code !== 0) this.#say(`${line} ended with ${code}.`, "warn");
    } catch (error) {
      this.#say(asHutchError(error).message, "danger");
    } finally {
      this.#hold(false);
    }
  }

  /** `command` as `exec` has it. What the guest says is shown where it does not do it, and kept with the job. */
  async #inGuest(title: string, command: readonly string[], host = this.#current()): Promise<void> {
    const hutch = this.#hutch(host?.name);
    const [, vm = "", , ...argv] = command;
    if (hutch === null) return;
    const line = hutchLine(command, host?.connect ?? null);
    await this.#jobs.command(title, line, (onLine, signal) => runInGuest(hutch, vm, argv, onLine, signal));
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
        this.#hold(true);
        await hands.suspend();
        this.#hold(false);
        return;
      case "refresh":
        this.#reader.refresh();
        return this.#reread();
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

  /** The config file may say something else now: other keys, views, hosts. */
  async #reread(): Promise<void> {
    const { hosts, ...settings } = await this.#options.door.config.read();
    this.#adopt(settings);
    // What a question is about stays what it is.
    await this.store.until(({ overlays }) => overlays.every(({ k }) => k !== "confirm" && k !== "limits"));
    const said = this.#feeds.take(hosts);
    if (said !== null) this.#say(said, "ok");
  }

  /** What the config asks for and cannot be is shown once, and what to type; the rest holds. */
  #adopt({ keys, views }: Pick<UiSettings, "keys" | "views">): void {
    const { keys: known, faults } = keymapOf(keys);
    this.#keys = known;
    this.store.send({ m: "saved", views });
    const lines = faultLines(faults);
    const told = lines.join("\n");
    if (told === this.#faultsTold) return;
    this.#faultsTold = told;
    if (faults.length === 0) return;
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

  /** By OSC 52: the terminal's own clipboard, over ssh too. */
  #copy(text: string): void {
    this.#options.hands.write(`\x1b]52;c;${Buffer.from(text).toString("base64")}\x07`);
    this.#say(`Copied: ${text}`, "ok");
  }

  #say(text: string, tone: "ok" | "warn" | "danger"): void {
    this.store.send({ m: "toast", toast: { text, tone, at: this.#options.now() } });
  }
}
