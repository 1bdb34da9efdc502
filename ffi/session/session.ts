import { isLibvirtFault, ownFault } from "../fault.ts";
import type { Call } from "../native/call.ts";
import { createCall } from "../native/call.ts";
import type { LibraryNames } from "../native/library.ts";
import type { Input, MethodName, Output } from "../wire/protocol.ts";
import { addressHandlers } from "./addresses.ts";
import type { Connection, ConnectionOptions } from "./connection.ts";
import { closeConnection, isAlive, openConnection } from "./connection.ts";
import { domainRowHandlers } from "./domain-rows.ts";
import { domainHandlers } from "./domains.ts";
import { guestHandlers } from "./guest.ts";
import type { CallContext, Handlers } from "./handlers.ts";
import { hostHandlers } from "./host.ts";
import { networkHandlers } from "./networks.ts";
import { poolHandlers } from "./pools.ts";
import { snapshotHandlers } from "./snapshots.ts";
import { statsHandlers } from "./stats.ts";
import { transferHandlers } from "./transfers.ts";
import { volumeHandlers } from "./volumes.ts";

const HANDLERS: Handlers = {
  ...hostHandlers,
  ...domainRowHandlers,
  ...domainHandlers,
  ...guestHandlers,
  ...addressHandlers,
  ...statsHandlers,
  ...networkHandlers,
  ...poolHandlers,
  ...volumeHandlers,
  ...transferHandlers,
  ...snapshotHandlers,
};

/**
 * Runs methods, one after the other, on a connection of its own. It is opened by the first call, and again by the first
 * call after it was lost. Belongs to the thread that made it.
 */
export class Session {
  readonly #call: Call;
  readonly #options: ConnectionOptions;
  #connection: Connection | null = null;

  constructor(options: ConnectionOptions, library: LibraryNames) {
    this.#call = createCall(library);
    this.#options = options;
  }

  /** Fails with a LibvirtFault; with kind `lost` when the connection broke under the call, which may have taken effect. */
  run<M extends MethodName>(method: M, input: Input<M>, context: CallContext): Output<M> {
    this.#connection ??= openConnection(this.#call, this.#options);
    try {
      return HANDLERS[method](this.#connection, input, context);
    } catch (error) {
      throw this.#lost(this.#connection, error) ?? error;
    }
  }

  /** The number of objects that were left unfreed: 0, unless there is a bug. */
  close(): number {
    const left = this.#connection === null ? 0 : closeConnection(this.#connection);
    this.#connection = null;
    return left;
  }

  #lost(connection: Connection, error: unknown): Error | null {
    if (!isLibvirtFault(error) || error.kind !== "libvirt" || isAlive(connection)) return null;
    this.close();
    return ownFault("lost", error.fn, `The connection to libvirt was lost: ${error.message}`, { cause: error });
  }
}
