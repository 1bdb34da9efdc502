/** The C callbacks that gather events: each one only writes a plain record down. */
import { VirDomainEventID, VirNetworkEventID, VirStoragePoolEventID } from "../generated/enums.gen.ts";
import type { Call } from "../native/call.ts";
import { koffi } from "../native/koffi.ts";
import type { Address, Handle } from "../native/types.ts";
import type { WireEvent } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { orIfUnsupported } from "./connection.ts";
import { uuidText } from "./objects.ts";

type Emit = (event: WireEvent) => void;
type Deregister =
  | "virConnectDomainEventDeregisterAny"
  | "virConnectNetworkEventDeregisterAny"
  | "virConnectStoragePoolEventDeregisterAny";
export type Registration = { readonly fn: Deregister; readonly id: number };

const POINTER = "void *";

/**
 * The callbacks of one observer, made once and used for each of its connections in turn. They run on the thread that made
 * them, in the middle of a round of the event loop.
 */
export class Callbacks {
  readonly #pointers: ReturnType<typeof makeCallbacks>;

  constructor(call: Call, emit: Emit) {
    this.#pointers = makeCallbacks(call, emit);
  }

  /** Hear of the connection being lost while nobody uses it. */
  watchClose({ call, handle }: Connection): void {
    orIfUnsupported(() => call("virConnectRegisterCloseCallback", handle, this.#pointers.closed, null, null), null);
  }

  /** Fails with NO_SUPPORT where the driver tells nothing of its domains; what else it does not tell is left out. */
  attach(c: Connection): readonly Registration[] {
    const { lifecycle, metadata, agent, network, pool } = this.#pointers;
    const optional = (add: () => Registration) => orIfUnsupported(() => [add()], []);
    return [
      onDomain(c, VirDomainEventID.LIFECYCLE, lifecycle),
      ...optional(() => onDomain(c, VirDomainEventID.METADATA_CHANGE, metadata)),
      ...optional(() => onDomain(c, VirDomainEventID.AGENT_LIFECYCLE, agent)),
      ...optional(() => onNetwork(c, VirNetworkEventID.LIFECYCLE, network)),
      ...optional(() => onPool(c, VirStoragePoolEventID.LIFECYCLE, pool)),
    ];
  }

  /** Without this the connection would outlive its close. */
  detach({ call, handle }: Connection, registrations: readonly Registration[]): void {
    for (const { fn, id } of registrations) call(fn, handle, id);
    orIfUnsupported(() => call("virConnectUnregisterCloseCallback", handle, this.#pointers.closed), null);
  }

  /** Only when no connection holds them any more. */
  free(): void {
    for (const pointer of Object.values(this.#pointers)) koffi().unregister(pointer);
  }
}

function onDomain({ call, handle }: Connection, event: number, callback: Address): Registration {
  const id = call("virConnectDomainEventRegisterAny", handle, null, event, callback, null, null);
  return { fn: "virConnectDomainEventDeregisterAny", id };
}

function onNetwork({ call, handle }: Connection, event: number, callback: Address): Registration {
  const id = call("virConnectNetworkEventRegisterAny", handle, null, event, callback, null, null);
  return { fn: "virConnectNetworkEventDeregisterAny", id };
}

function onPool({ call, handle }: Connection, event: number, callback: Address): Registration {
  const id = call("virConnectStoragePoolEventRegisterAny", handle, null, event, callback, null, null);
  return { fn: "virConnectStoragePoolEventDeregisterAny", id };
}

function makeCallbacks(call: Call, emit: Emit) {
  const identity = (domain: Handle<"virDomain">) => ({
    uuid: uuidText((buffer) => call("virDomainGetUUIDString", domain, buffer)),
    name: call("virDomainGetName", domain),
  });
  const twoNumbers = [POINTER, POINTER, "int", "int", POINTER];
  return {
    lifecycle: pointer("int", twoNumbers, (_: Address, domain: Handle<"virDomain">, event: number, detail: number) => {
      emit({ kind: "domain", ...identity(domain), event, detail });
      return 0;
    }),
    agent: pointer("void", twoNumbers, (_: Address, domain: Handle<"virDomain">, state: number, reason: number) =>
      emit({ kind: "domain-agent", ...identity(domain), state, reason }),
    ),
    metadata: pointer(
      "void",
      [POINTER, POINTER, "int", "const char *", POINTER],
      (_: Address, domain: Handle<"virDomain">, _type: number, namespace: string | null) =>
        emit({ kind: "domain-metadata", ...identity(domain), namespace }),
    ),
    network: pointer("void", twoNumbers, (_: Address, network: Handle<"virNetwork">, event: number, detail: number) =>
      emit({ kind: "network", name: call("virNetworkGetName", network), event, detail }),
    ),
    pool: pointer("void", twoNumbers, (_: Address, pool: Handle<"virStoragePool">, event: number, detail: number) =>
      emit({ kind: "pool", name: call("virStoragePoolGetName", pool), event, detail }),
    ),
    closed: pointer("void", [POINTER, "int", POINTER], (_: Address, reason: number) => emit({ kind: "lost", reason })),
  };
}

function pointer(result: string, parameters: string[], callback: (...args: never[]) => unknown): Address {
  const { pointer: to, proto, register } = koffi();
  return register(callback, to(proto(result, parameters)));
}
