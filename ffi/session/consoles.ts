import { isLibvirtFault, ownFault } from "../fault.ts";
import { VirDomainConsoleFlags, VirStreamFlags } from "../generated/enums.gen.ts";
import type { Handle } from "../native/types.ts";
import type { ObserverMethods } from "../wire/frames.ts";
import type { Connection } from "./connection.ts";
import { withDomain } from "./objects.ts";

const READ_SIZE = 65_536;
const NOT_NOW = -2;

export type ConsoleOutput = {
  readonly data: (console: number, data: Uint8Array) => void;
  /** It ended by itself: the machine stopped, somebody else took it, or the connection was lost. */
  readonly ended: (console: number) => void;
};

type Console = { readonly c: Connection; readonly stream: Handle<"virStream">; readonly toSend: Buffer[] };

/** Serial consoles on streams that never block, looked at after each tick of the event loop. */
export class Consoles {
  readonly #output: ConsoleOutput;
  readonly #open = new Map<number, Console>();

  constructor(output: ConsoleOutput) {
    this.#output = output;
  }

  /** Fails with OPERATION_FAILED when somebody else has the console and it is not to be taken from them, OPERATION_INVALID when the machine is not running. */
  open(c: Connection, { console, uuid, device, force }: ObserverMethods["console.open"]["in"]): null {
    const stream = c.call("virStreamNew", c.handle, VirStreamFlags.NONBLOCK);
    try {
      withDomain(c, { uuid }, (domain) =>
        c.call("virDomainOpenConsole", domain, device, stream, force ? VirDomainConsoleFlags.FORCE : 0),
      );
    } catch (error) {
      c.call("virStreamFree", stream);
      throw error;
    }
    this.#open.set(console, { c, stream, toSend: [] });
    return null;
  }

  /** Bytes that cannot go out now go out after a later tick. Fails with kind `lost` once the console has ended. */
  write({ console, data }: ObserverMethods["console.write"]["in"]): null {
    const entry = this.#open.get(console);
    if (entry === undefined) throw ownFault("lost", "virStreamSend", "The console has ended.");
    entry.toSend.push(Buffer.from(data));
    this.#attempt(console, () => send(entry));
    return null;
  }

  close(console: number): null {
    this.#end(console);
    return null;
  }

  poll(): void {
    for (const [console, entry] of this.#open) {
      this.#attempt(console, () => {
        send(entry);
        return this.#receive(console, entry);
      });
    }
  }

  endAll(): void {
    for (const console of [...this.#open.keys()]) {
      this.#end(console);
      this.#output.ended(console);
    }
  }

  /** False at the end of the stream. */
  #receive(console: number, { c, stream }: Console): boolean {
    const buffer = Buffer.allocUnsafe(READ_SIZE);
    for (;;) {
      const got = c.call("virStreamRecv", stream, buffer, READ_SIZE);
      if (got === NOT_NOW) return true;
      if (got === 0) return false;
      this.#output.data(console, new Uint8Array(buffer.subarray(0, got)));
    }
  }

  #attempt(console: number, work: () => boolean): void {
    try {
      if (work()) return;
    } catch (error) {
      if (!isLibvirtFault(error)) throw error;
    }
    this.#end(console);
    this.#output.ended(console);
  }

  #end(console: number): void {
    const entry = this.#open.get(console);
    if (entry === undefined) return;
    this.#open.delete(console);
    const { c, stream } = entry;
    try {
      c.call("virStreamAbort", stream);
    } catch (error) {
      // Ended already, from the other side.
      if (!isLibvirtFault(error)) throw error;
    }
    c.call("virStreamFree", stream);
  }
}

/** Sends what waits for as long as the stream takes it. */
function send({ c, stream, toSend }: Console): true {
  for (let [first] = toSend; first !== undefined; [first] = toSend) {
    const sent = c.call("virStreamSend", stream, first, first.length);
    if (sent === NOT_NOW) break;
    if (sent < first.length) toSend[0] = first.subarray(sent);
    else toSend.shift();
  }
  return true;
}
