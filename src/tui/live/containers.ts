/** The containers of the VM that is looked at: asked of its guest again and again while they are, and never otherwise. */
import { asHutchError } from "../../core/errors.ts";
import type { Hutch } from "../../index.ts";
import type { Message } from "../store/messages.ts";
import { known, type State } from "../store/state.ts";

/** Between two questions, at least. Milliseconds. */
const EVERY_MS = 3000;
/** A guest that takes long is asked less often: it is to be busy with this for a third of the time at most. */
const SHARE = 2;

export type ContainerGround = {
  readonly state: () => State;
  readonly send: (message: Message) => void;
  /** Whether somebody else has the terminal: nobody would see it. */
  readonly held: () => boolean;
};

type Watched = { readonly uuid: string; readonly stop: AbortController; wake: () => void };

export class ContainerWatch {
  readonly #ground: ContainerGround;
  #watched: Watched | null = null;

  constructor(ground: ContainerGround) {
    this.#ground = ground;
  }

  /** Those of this VM and of no other; null: of none. */
  watch(uuid: string | null, ref: string, host: Hutch): void {
    if (this.#watched?.uuid === (uuid ?? undefined)) return;
    this.stop();
    if (uuid === null) return;
    const watched: Watched = { uuid, stop: new AbortController(), wake: () => undefined };
    this.#watched = watched;
    void this.#follow(watched, ref, host);
  }

  /** Asks now: something was done to them. */
  again(): void {
    this.#watched?.wake();
  }

  stop(): void {
    this.#watched?.stop.abort();
    this.#watched?.wake();
    this.#watched = null;
  }

  async #follow(watched: Watched, ref: string, host: Hutch): Promise<void> {
    const { signal } = watched.stop;
    while (!signal.aborted) {
      const began = performance.now();
      if (!this.#ground.held()) await this.#ask(watched.uuid, ref, host, signal);
      const took = performance.now() - began;
      if (!signal.aborted) await this.#rest(watched, Math.max(EVERY_MS, took * SHARE));
    }
  }

  async #ask(uuid: string, ref: string, host: Hutch, signal: AbortSignal): Promise<void> {
    const { state, send } = this.#ground;
    const value = () => known(state().details.get(uuid)?.containers ?? { how: "none" });
    try {
      const report = await host.engine.containers(ref, { signal });
      if (!signal.aborted) send({ m: "detail", uuid, what: { containers: { how: "ready", value: report } } });
    } catch (error) {
      const { message, why, next } = asHutchError(error);
      const text = [message, why ?? "", ...next.map((line) => `$ ${line}`)].filter((line) => line !== "").join("\n");
      if (!signal.aborted)
        send({ m: "detail", uuid, what: { containers: { how: "failed", message: text, value: value() } } });
    }
  }

  #rest(watched: Watched, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        resolve();
      }
      watched.wake = done;
    });
  }
}
