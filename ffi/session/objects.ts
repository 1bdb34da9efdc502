/** Objects by name or UUID, held for the length of one piece of work. Each fails with libvirt's NO_… code where there is none. */
import type { Handle } from "../native/types.ts";
import type { DomainRef } from "../wire/protocol.ts";
import type { Connection } from "./connection.ts";
import { scoped } from "./scope.ts";

export function withDomain<T>(c: Connection, ref: DomainRef, work: (domain: Handle<"virDomain">) => T): T {
  return scoped(c, (own) => {
    const domain =
      "uuid" in ref
        ? c.call("virDomainLookupByUUIDString", c.handle, ref.uuid)
        : c.call("virDomainLookupByName", c.handle, ref.name);
    return work(own("virDomainFree", domain));
  });
}

export function withNetwork<T>(c: Connection, name: string, work: (network: Handle<"virNetwork">) => T): T {
  return scoped(c, (own) => work(own("virNetworkFree", c.call("virNetworkLookupByName", c.handle, name))));
}

export function withPool<T>(c: Connection, name: string, work: (pool: Handle<"virStoragePool">) => T): T {
  return scoped(c, (own) => work(own("virStoragePoolFree", c.call("virStoragePoolLookupByName", c.handle, name))));
}

export function withVolume<T>(
  c: Connection,
  ref: { readonly pool: string; readonly name: string },
  work: (volume: Handle<"virStorageVol">, pool: Handle<"virStoragePool">) => T,
): T {
  return withPool(c, ref.pool, (pool) =>
    scoped(c, (own) => work(own("virStorageVolFree", c.call("virStorageVolLookupByName", pool, ref.name)), pool)),
  );
}

/** `fill` writes the text form of a UUID, NUL and all. */
export function uuidText(fill: (buffer: Uint8Array) => unknown): string {
  const buffer = Buffer.alloc(37);
  fill(buffer);
  return buffer.toString("latin1", 0, 36);
}
