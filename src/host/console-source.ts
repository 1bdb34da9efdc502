/** Where a VM's console can be read from: the log file that libvirt keeps, or libvirt itself where that is not ours to read. */
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { LibvirtClient } from "#ffi";
import type { OnPrompt } from "./console-lines.ts";
import { followConsole } from "./console-log.ts";
import { streamConsole } from "./console-stream.ts";
import { readDomain } from "./domain-read.ts";
import type { Home } from "./home.ts";

export type ConsoleSource =
  | { readonly kind: "file"; readonly path: string }
  /** Only what comes from now on; `missing` says why, and `asRoot` that root could read all of it. */
  | { readonly kind: "stream"; readonly missing: string; readonly asRoot: boolean };

/** E_NOT_FOUND when the VM is gone. */
export async function consoleSource(
  client: LibvirtClient,
  { remote }: Pick<Home, "remote">,
  uuid: string,
): Promise<ConsoleSource> {
  const path = readDomain((await client.call("domain.detail", { ref: { uuid } })).xml).consoleLog;
  const stream = (missing: string, asRoot = false) => ({ kind: "stream", missing, asRoot }) as const;
  if (path === null) return stream("Its definition has no log file for the serial console.");
  const before = `What was written before now is only in ${path}`;
  if (remote) return stream(`${before}, on the hypervisor's host.`);
  if (await isForbidden(path)) return stream(`${before}, which root alone may read.`, true);
  return { kind: "file", path };
}

/** Lines as they come, until the abort: from a file all of them, from libvirt those from now on. */
export function followSource(
  client: LibvirtClient,
  source: ConsoleSource,
  about: {
    readonly uuid: string;
    readonly name: string;
    readonly signal: AbortSignal;
    readonly onPrompt?: OnPrompt | undefined;
  },
): AsyncIterable<string> {
  return source.kind === "file"
    ? followConsole(source.path, { fromStart: true, ...about })
    : streamConsole(client, about);
}

/** One that is not there yet is not forbidden. */
async function isForbidden(path: string): Promise<boolean> {
  try {
    await access(path, constants.R_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EACCES";
  }
}
