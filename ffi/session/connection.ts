import { isLibvirtFault } from "../fault.ts";
import { VirErrorNumber } from "../generated/enums.gen.ts";
import type { Call } from "../native/call.ts";
import type { Handle } from "../native/types.ts";

export type ConnectionOptions = { readonly uri: string; readonly readonly: boolean };

/** One open connection and the way to call on it. Belongs to one thread. */
export type Connection = { readonly call: Call; readonly handle: Handle<"virConnect"> };

/** Opens the driver that `uri` names. Never asks a person: where a password is wanted, it fails with AUTH_FAILED. */
export function openConnection(call: Call, { uri, readonly }: ConnectionOptions): Connection {
  return { call, handle: call(readonly ? "virConnectOpenReadOnly" : "virConnectOpen", uri) };
}

/** False once the other side is gone. A driver that cannot be asked lives in this process, so it is alive. */
export function isAlive({ call, handle }: Connection): boolean {
  return orIfUnsupported(() => call("virConnectIsAlive", handle) !== 0, true);
}

/** The number of references still held by others: 0 means that everything was freed. */
export function closeConnection({ call, handle }: Connection): number {
  return call("virConnectClose", handle);
}

export function hasCode(error: unknown, ...codes: readonly number[]): boolean {
  return isLibvirtFault(error) && error.kind === "libvirt" && codes.includes(error.code);
}

/** `fallback` where the error has one of these codes; any other error goes on. */
export function orIf<T, F>(codes: readonly number[], work: () => T, fallback: F): T | F {
  try {
    return work();
  } catch (error) {
    if (hasCode(error, ...codes)) return fallback;
    throw error;
  }
}

/** `fallback` where the driver does not carry the function. */
export function orIfUnsupported<T, F>(work: () => T, fallback: F): T | F {
  return orIf([VirErrorNumber.NO_SUPPORT], work, fallback);
}
