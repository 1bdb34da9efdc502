/** The life of a domain: define, start, stop, remove; waiting where libvirt only issues the request. */
import { type LibvirtClient, VirDomainCreateFlags, VirErrorNumber } from "#ffi";
import { statusOf } from "../core/machine/status.ts";
import { consoleLogOf, removeConsoleLog } from "./console-log.ts";
import { libvirtCode } from "./faults.ts";

/** virDomainUndefineFlagsValues: managed save, snapshot and checkpoint metadata, NVRAM, TPM state: nothing of it stays. */
const UNDEFINE_ALL = 1 | 2 | 4 | 16 | 32;
/** virDomainDefineFlags: check the XML against the schema, so that a typing error is no silently missing feature. */
const VALIDATE = true;
const LOOK_EVERY_MS = 250;

/** Claims the name: fails with libvirt's DOM_EXIST when another domain has it. */
export async function defineDomain(client: LibvirtClient, xml: string, signal?: AbortSignal): Promise<void> {
  await client.call("domain.define", { xml, validate: VALIDATE }, signal && { signal });
}

export async function startDomain(client: LibvirtClient, uuid: string, signal?: AbortSignal): Promise<void> {
  await client.call("domain.start", { uuid, flags: 0 }, signal && { signal });
}

/** Starts it up to its first instruction: `resumeDomain` lets it go on. */
export async function startHeld(client: LibvirtClient, uuid: string, signal?: AbortSignal): Promise<void> {
  await client.call("domain.start", { uuid, flags: VirDomainCreateFlags.PAUSED }, signal && { signal });
}

export async function resumeDomain(client: LibvirtClient, uuid: string, signal?: AbortSignal): Promise<void> {
  await client.call("domain.resume", { uuid }, signal && { signal });
}

/** Cuts the power. A domain that is off already is no failure. */
export async function forceOff(client: LibvirtClient, uuid: string, signal?: AbortSignal): Promise<void> {
  await unless(
    VirErrorNumber.OPERATION_INVALID,
    client.call("domain.destroy", { uuid, flags: 0 }, signal && { signal }),
  );
}

/** Presses the power button, and again every few seconds (a guest that is still booting misses the first). True once it is off. */
export async function shutDown(
  client: LibvirtClient,
  uuid: string,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<boolean> {
  const limit = Date.now() + options.timeoutMs;
  let next = 0;
  while (Date.now() < limit) {
    options.signal.throwIfAborted();
    if (await isOff(client, uuid)) return true;
    if (Date.now() >= next) {
      await unless(
        VirErrorNumber.OPERATION_INVALID,
        client.call("domain.shutdown", { uuid, flags: 0 }, { signal: options.signal }),
      );
      next = Date.now() + 10_000;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return isOff(client, uuid);
}

/** Stops and undefines it with all that libvirt keeps about it, and removes its console log; its disks are not touched. Gone already is no failure. */
export async function removeDomain(client: LibvirtClient, uuid: string): Promise<void> {
  await unless(VirErrorNumber.NO_DOMAIN, forceOff(client, uuid));
  const log = await consoleLogOf(client, uuid).catch(() => null);
  await unless(VirErrorNumber.NO_DOMAIN, client.call("domain.undefine", { uuid, flags: UNDEFINE_ALL }));
  if (log !== null) removeConsoleLog(log, uuid);
}

async function isOff(client: LibvirtClient, uuid: string): Promise<boolean> {
  const row = await client.call("domain.lookup", { ref: { uuid } });
  if (row === null) return true;
  const { power } = statusOf(row.state, row.reason, row.persistent);
  return power === "stopped" || power === "crashed" || power === "saved";
}

async function unless(code: number, work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (libvirtCode(error) !== code) throw error;
  }
}
