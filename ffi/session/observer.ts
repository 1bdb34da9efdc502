import { isLibvirtFault, ownFault } from "../fault.ts";
import type { Call } from "../native/call.ts";
import { createCall } from "../native/call.ts";
import type { LibraryNames } from "../native/library.ts";
import type { LaneMethod, LaneMethods, ObserverMethods } from "../wire/frames.ts";
import type { WireEvent } from "../wire/protocol.ts";
import type { Registration } from "./callbacks.ts";
import { Callbacks } from "./callbacks.ts";
import type { Connection, ConnectionOptions } from "./connection.ts";
import { closeConnection, openConnection, orIfUnsupported } from "./connection.ts";
import type { ConsoleOutput } from "./consoles.ts";
import { Consoles } from "./consoles.ts";
import { EventQueue } from "./event-queue.ts";
import type { Pump, Pumped } from "./pump.ts";

const KEEPALIVE_SECONDS = 5;
const KEEPALIVE_COUNT = 6;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

export type ObserverOutput = ConsoleOutput & { readonly events: (events: readonly WireEvent[]) => void };

type Attached = { readonly connection: Connection; registrations: readonly Registration[] };

/**
 * Listens on a connection of its own, and holds consoles. When the connection is lost it says so, tries to connect again
 * at growing intervals, and then says `resync`, for nobody knows what happened meanwhile.
 */
export class Observer implements Pumped {
  readonly #call: Call;
  readonly #options: ConnectionOptions;
  readonly #pump: Pump;
  readonly #queue: EventQueue;
  readonly #callbacks: Callbacks;
  readonly #consoles: Consoles;
  #attached: Attached | null = null;
  #delivered = 0;
  #subscribed = false;
  #lost = false;
  #retry: NodeJS.Timeout | null = null;

  constructor(options: ConnectionOptions, library: LibraryNames, pump: Pump, output: ObserverOutput) {
    this.#call = createCall(library);
    this.#options = options;
    this.#pump = pump;
    this.#queue = new EventQueue(output.events);
    this.#consoles = new Consoles(output);
    this.#callbacks = new Callbacks(this.#call, (event) => {
      this.#delivered += 1;
      if (event.kind === "lost") this.#lost = true;
      this.#queue.push(event);
    });
  }

  run<M extends keyof ObserverMethods>(method: M, input: ObserverMethods[M]["in"]): ObserverMethods[M]["out"];
  run(method: LaneMethod, input: LaneMethods[LaneMethod]["in"]): unknown {
    switch (method) {
      case "events.subscribe":
        this.#subscribe();
        return null;
      case "console.open":
        return this.#consoles.open(this.#connect().connection, input as ObserverMethods["console.open"]["in"]);
      case "console.write":
        return this.#consoles.write(input as ObserverMethods["console.write"]["in"]);
      case "console.close":
        return this.#consoles.close((input as ObserverMethods["console.close"]["in"]).console);
      default:
        throw ownFault("bug", method, `The observer does not run ${method}.`);
    }
  }

  taken(): void {
    this.#queue.taken();
  }

  delivered(): number {
    return this.#delivered;
  }

  afterTick(): void {
    this.#consoles.poll();
    this.#queue.flush();
    if (this.#lost) {
      this.#lost = false;
      this.#drop();
      this.#reconnectIn(FIRST_RETRY_MS);
    }
  }

  /** The number of objects that were left unfreed: 0, unless there is a bug. */
  close(): number {
    if (this.#retry !== null) clearTimeout(this.#retry);
    const left = this.#drop();
    this.#callbacks.free();
    return left;
  }

  #connect(): Attached {
    if (this.#attached === null) {
      const connection = openConnection(this.#call, this.#options);
      const { handle } = connection;
      orIfUnsupported(() => this.#call("virConnectSetKeepAlive", handle, KEEPALIVE_SECONDS, KEEPALIVE_COUNT), null);
      this.#callbacks.watchClose(connection);
      this.#attached = { connection, registrations: [] };
      this.#pump.join(this);
    }
    return this.#attached;
  }

  #subscribe(): void {
    const attached = this.#connect();
    if (attached.registrations.length === 0) attached.registrations = this.#callbacks.attach(attached.connection);
    this.#subscribed = true;
  }

  #drop(): number {
    if (this.#attached === null) return 0;
    const { connection, registrations } = this.#attached;
    this.#attached = null;
    this.#consoles.endAll();
    try {
      this.#callbacks.detach(connection, registrations);
    } catch (error) {
      // On a connection that is gone there is nobody to be told.
      if (!isLibvirtFault(error)) throw error;
    }
    this.#pump.leave(this);
    return closeConnection(connection);
  }

  #reconnectIn(ms: number): void {
    this.#retry = setTimeout(() => {
      try {
        if (this.#subscribed) this.#subscribe();
        else this.#connect();
        this.#queue.push({ kind: "resync" });
        this.#queue.flush();
      } catch (error) {
        if (!isLibvirtFault(error)) throw error;
        this.#reconnectIn(Math.min(ms * 2, LAST_RETRY_MS));
      }
    }, ms);
  }
}
