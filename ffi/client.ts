import { ownFault } from "./fault.ts";
import { VirErrorNumber } from "./generated/enums.gen.ts";
import type { LibraryNames } from "./native/library.ts";
import { LIBRARY_NAMES } from "./native/library.ts";
import type { ConnectionOptions } from "./session/connection.ts";
import { hasCode } from "./session/connection.ts";
import { Session } from "./session/session.ts";
import type { Input, MethodName, Output, WireEvent } from "./wire/protocol.ts";
import { ControlLanes } from "./worker/control-lanes.ts";
import { deferred } from "./worker/deferred.ts";
import type { CallOptions, LaneListener } from "./worker/lane.ts";
import { Lane } from "./worker/lane.ts";
import { openLink } from "./worker/thread.ts";

export type ConnectOptions = {
  /** As libvirt writes it; empty for its own default. */
  readonly uri: string;
  /** A connection that may look but not touch. */
  readonly readonly?: boolean;
  /** Make calls on this thread, which they block: for programs that read once and exit. Transfers and events still have threads. */
  readonly inline?: boolean;
  /** Begin to listen at once, rather than with the first `events` call. */
  readonly events?: boolean;
  /** Gives up connecting. */
  readonly signal?: AbortSignal;
};

export type ConsoleHandle = {
  /** Fails with kind `lost` once the console has ended. */
  write(data: Uint8Array): Promise<void>;
  close(): Promise<void>;
  /** Resolves when it ended by itself: the machine stopped, or the connection was lost. */
  readonly ended: Promise<void>;
};

export interface LibvirtClient {
  readonly uri: string;
  /**
   * One libvirt transaction. Fails with a LibvirtFault. Aborting drops a call that waits in a queue; a call that runs goes
   * on in the background while its promise ends at once (a transfer stops at its next chunk): see `settled`.
   */
  call<M extends MethodName>(method: M, input: Input<M>, options?: CallOptions): Promise<Output<M>>;
  /** Every call that runs now has ended, abandoned ones too. Never fails. */
  settled(): Promise<void>;
  /** Every event from now on, until the returned function is called. Fails with NO_SUPPORT where the driver has none. */
  events(listener: (event: WireEvent) => void): Promise<() => Promise<void>>;
  /**
   * `device` is the alias in the live XML, null for the first. Output comes as it was written, untrusted. With `force`
   * whoever has the console loses it.
   */
  openConsole(
    uuid: string,
    device: string | null,
    onData: (data: Uint8Array) => void,
    options?: { readonly force?: boolean },
  ): Promise<ConsoleHandle>;
  /** Drops what waits, lets what runs end, frees everything. Later calls fail with kind `aborted`. */
  close(): Promise<void>;
}

const TRANSFERS: ReadonlySet<MethodName> = new Set<MethodName>([
  "volume.upload",
  "volume.download",
  "volume.clone",
  "volume.resize",
  "volume.write",
  "volume.read",
]);

/**
 * Connects to the driver that `uri` names. Fails with libvirt's fault (no daemon, no permission), or with kind
 * `no-library` when libvirt is not installed, or `aborted`.
 */
export function connect(options: ConnectOptions): Promise<LibvirtClient> {
  return connectWith(options, LIBRARY_NAMES);
}

export async function connectWith(options: ConnectOptions, library: LibraryNames): Promise<LibvirtClient> {
  const client = new Client(options, library);
  const { signal } = options;
  try {
    await client.call("host.alive", {}, signal === undefined ? {} : { signal });
    if (options.events === true) await client.listen();
  } catch (error) {
    // A connection that hangs while it opens may hang for minutes: it is freed when it comes back.
    void client.close();
    throw error;
  }
  return client;
}

class Client implements LibvirtClient {
  readonly uri: string;
  readonly #session: Session | null;
  readonly #control: ControlLanes;
  readonly #stats: Lane;
  readonly #bulk: Lane;
  readonly #observer: Lane;
  readonly #listeners = new Set<(event: WireEvent) => void>();
  readonly #consoles = new Map<number, { onData: (data: Uint8Array) => void; end: () => void }>();
  #nextConsole = 1;
  #closing: Promise<void> | null = null;

  constructor(options: ConnectOptions, library: LibraryNames) {
    this.uri = options.uri;
    const connection: ConnectionOptions = { uri: options.uri, readonly: options.readonly ?? false };
    const lane = () =>
      new Lane(
        () => openLink("calls", connection, library),
        () => undefined,
      );
    this.#session = options.inline === true ? new Session(connection, library) : null;
    this.#control = new ControlLanes(lane);
    this.#stats = lane();
    this.#bulk = lane();
    this.#observer = new Lane(
      () => openLink("observer", connection, library),
      (frame) => this.#hear(frame),
    );
  }

  call<M extends MethodName>(method: M, input: Input<M>, options: CallOptions = {}): Promise<Output<M>> {
    if (this.#closing !== null) return Promise.reject(closedFault(method));
    if (TRANSFERS.has(method)) return this.#bulk.call(method, input, options).result;
    if (this.#session !== null) return this.#callInline(this.#session, method, input, options);
    if (method === "stats.sample") return this.#stats.call(method, input, options).result;
    return this.#control.run(machineOf(input), (lane) => lane.call(method, input, options)).result;
  }

  async settled(): Promise<void> {
    await Promise.all([this.#control.running(), this.#stats.running(), this.#bulk.running()]);
  }

  /** Gets the observer going. A driver that has no events is no reason to refuse it: `events` says so when asked. */
  async listen(): Promise<void> {
    try {
      await this.#observer.call("events.subscribe", {}).result;
    } catch (error) {
      if (!hasCode(error, VirErrorNumber.NO_SUPPORT)) throw error;
    }
  }

  async events(listener: (event: WireEvent) => void): Promise<() => Promise<void>> {
    if (this.#closing !== null) throw closedFault("events.subscribe");
    this.#listeners.add(listener);
    this.#holdObserver();
    const stop = async () => {
      this.#listeners.delete(listener);
      this.#holdObserver();
    };
    try {
      await this.#observer.call("events.subscribe", {}).result;
    } catch (error) {
      await stop();
      throw error;
    }
    return stop;
  }

  async openConsole(
    uuid: string,
    device: string | null,
    onData: (data: Uint8Array) => void,
    { force = false }: { readonly force?: boolean } = {},
  ): Promise<ConsoleHandle> {
    if (this.#closing !== null) throw closedFault("console.open");
    const console = this.#nextConsole++;
    const { promise: ended, resolve: end } = deferred<void>();
    this.#consoles.set(console, { onData, end });
    this.#holdObserver();
    const forget = () => {
      this.#consoles.delete(console);
      this.#holdObserver();
    };
    try {
      await this.#observer.call("console.open", { console, uuid, device, force }).result;
    } catch (error) {
      forget();
      throw error;
    }
    return {
      ended,
      write: async (data) => {
        await this.#observer.call("console.write", { console, data }).result;
      },
      close: async () => {
        forget();
        await this.#observer.call("console.close", { console }).result;
      },
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#session?.close();
    await Promise.all([this.#control.close(), this.#stats.close(), this.#bulk.close()]);
    // Last, for the observer's thread answers the daemon's keep-alive questions for all the others.
    this.#listeners.clear();
    await this.#observer.close();
    for (const { end } of this.#consoles.values()) end();
    this.#consoles.clear();
  }

  async #callInline<M extends MethodName>(
    session: Session,
    method: M,
    input: Input<M>,
    { signal, onProgress }: CallOptions,
  ): Promise<Output<M>> {
    if (signal?.aborted) throw ownFault("aborted", method, "The call was given up.", { cause: signal.reason });
    return session.run(method, input, { aborted: () => false, progress: onProgress ?? (() => undefined) });
  }

  #hear(frame: Parameters<LaneListener>[0]): void {
    switch (frame.type) {
      case "events":
        for (const event of frame.events) for (const listener of this.#listeners) listener(event);
        break;
      case "console":
        this.#consoles.get(frame.console)?.onData(frame.data);
        break;
      case "console-ended":
        this.#consoles.get(frame.console)?.end();
        this.#consoles.delete(frame.console);
        this.#holdObserver();
        break;
    }
  }

  /** Whoever listens keeps the process alive. */
  #holdObserver(): void {
    this.#observer.hold(this.#listeners.size > 0 || this.#consoles.size > 0);
  }
}

function closedFault(what: string): Error {
  return ownFault("aborted", what, "The client is closed.");
}

/** The machine that a call is about, where it is about one. */
function machineOf(input: Input<MethodName>): string | null {
  if ("uuid" in input) return input.uuid;
  return "ref" in input && "uuid" in input.ref ? input.ref.uuid : null;
}
