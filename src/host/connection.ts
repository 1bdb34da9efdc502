/** The connection to libvirt, its errors in the house's words. */
import { existsSync } from "node:fs";
import { type ConnectOptions, connect, type LibvirtClient } from "#ffi";
import { fromFault } from "./faults.ts";
import type { Home } from "./home.ts";

/**
 * Opens libvirt at `home`. It and every call fail with a HutchError whose `cause` is libvirt's own fault: E_HOST when
 * libvirt is missing, not running or not allowed.
 */
export async function openClient(
  home: Pick<Home, "uri">,
  options: Omit<ConnectOptions, "uri"> = {},
): Promise<LibvirtClient> {
  const context = { uri: home.uri, systemd: existsSync("/run/systemd/system"), isRoot: process.getuid?.() === 0 };
  const translated = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw fromFault(error, context);
    }
  };
  const client = await translated(connect({ ...options, uri: home.uri }));
  return {
    uri: client.uri,
    call: (method, input, how) => translated(client.call(method, input, how)),
    events: (listener) => translated(client.events(listener)),
    openConsole: (uuid, device, onData, how) => translated(client.openConsole(uuid, device, onData, how)),
    settled: () => client.settled(),
    close: () => client.close(),
  };
}
