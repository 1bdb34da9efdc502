/** What a container says, for as long as that lies over the screen. */
import { asHutchError } from "../../core/errors.ts";
import type { Hutch } from "../../index.ts";
import type { Message } from "../store/messages.ts";
import type { State } from "../store/state.ts";
import { gatherLines } from "./lines.ts";

export class ContainerLogs {
  readonly #send: (message: Message) => void;
  #followed: { readonly key: string; readonly stop: AbortController } | null = null;

  constructor(send: (message: Message) => void) {
    this.#send = send;
  }

  look({ overlays }: State, host: Hutch): void {
    const overlay = overlays.find((each) => each.k === "container-logs");
    const key = overlay === undefined ? null : `${overlay.machine} ${overlay.container}`;
    if (key === (this.#followed?.key ?? null)) return;
    this.stop();
    if (overlay === undefined || key === null) return;
    const stop = new AbortController();
    this.#followed = { key, stop };
    void this.#follow(overlay.machine, overlay.container, host, stop.signal);
  }

  stop(): void {
    this.#followed?.stop.abort();
    this.#followed = null;
  }

  async #follow(machine: string, container: string, host: Hutch, signal: AbortSignal): Promise<void> {
    const end = (why: string) => {
      if (!signal.aborted) this.#send({ m: "container-ended", why });
    };
    try {
      const source = host.engine.containerLogs(machine, container, { follow: true, tail: 500, signal });
      await gatherLines(source, (lines, fresh) => this.#send({ m: "container-lines", lines, fresh }), signal);
      end("It says no more.");
    } catch (error) {
      end(asHutchError(error).message);
    }
  }
}
