/** Every object that libvirt gives us is freed when the work that needed it ends, however it ends. */

import { takeHandles } from "../native/memory.ts";
import type { Handle, OutAddress } from "../native/types.ts";
import type { Connection } from "./connection.ts";

type Freeable = {
  virDomain: "virDomainFree";
  virNetwork: "virNetworkFree";
  virStoragePool: "virStoragePoolFree";
  virStorageVol: "virStorageVolFree";
  virDomainSnapshot: "virDomainSnapshotFree";
  virStream: "virStreamFree";
};
type FreeFunction = Freeable[keyof Freeable];

export type Own = <T extends keyof Freeable>(free: Freeable[T], handle: Handle<T>) => Handle<T>;

/** Runs `work`, then frees what it owned, last first. */
export function scoped<T>(c: Connection, work: (own: Own) => T): T {
  const free = c.call as (fn: FreeFunction, handle: bigint) => unknown;
  const owned: [FreeFunction, bigint][] = [];
  try {
    return work((fn, handle) => {
      owned.push([fn, handle]);
      return handle;
    });
  } finally {
    for (const [fn, handle] of owned.reverse()) free(fn, handle);
  }
}

/** All objects of one list call: `fill` gets the out-parameter and returns their number. Each is freed after `work`. */
export function withAll<T extends keyof Freeable, R>(
  c: Connection,
  free: Freeable[T],
  fill: (out: OutAddress) => number,
  work: (handles: readonly Handle<T>[]) => R,
): R {
  const out: OutAddress = [null];
  const handles = takeHandles<T>(out, fill(out));
  return scoped(c, (own) => {
    for (const handle of handles) own(free, handle);
    return work(handles);
  });
}
