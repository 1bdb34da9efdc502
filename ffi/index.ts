/** libvirt in TypeScript: a client whose calls are plain data, libvirt's own numbers, and file locks. */

export type { ConnectOptions, ConsoleHandle, LibvirtClient } from "./client.ts";
export { connect } from "./client.ts";
export { isLibvirtFault, LibvirtFault } from "./fault.ts";
export { FileLock, LockTimeout } from "./file-lock.ts";
export * from "./generated/enums.gen.ts";
export type * from "./wire/protocol.ts";
export type { CallOptions } from "./worker/lane.ts";
