/** Hosts that have names, for the library. */
import type { HostBook, SuggestedHost } from "./core/hosts.ts";
import type { ConnectOptions } from "./hutch.ts";

type Configured = Pick<ConnectOptions, "env">;
const book = () => import("./usecases/hosts.ts");

/** Names for libvirt hosts, which stand for their URIs wherever a host is chosen. They are in the config file; libvirt is not needed. */
export const hosts = {
  /** And which one is the default. */
  list: async (options: Configured & Pick<ConnectOptions, "uri"> = {}): Promise<HostBook> =>
    (await book()).hostBook(options),
  /** Whether this host has a libvirt of its own: a daemon that is installed, or its socket. Asks nobody. */
  isLibvirtHere: async (): Promise<boolean> => (await book()).hasOwnLibvirt(),
  /** E_USAGE for a name or URI that cannot be, E_CONFLICT when the name stands for another host. */
  add: async (name: string, uri: string, options: Configured = {}): Promise<HostBook> =>
    (await book()).addHost(name, uri, options),
  /** Makes it the default. E_NOT_FOUND. */
  use: async (name: string, options: Configured = {}): Promise<HostBook> => (await book()).useHost(name, options),
  /** Nothing on the host itself changes. E_NOT_FOUND, E_CONFLICT for the default. */
  remove: async (name: string, options: Configured = {}): Promise<HostBook> => (await book()).removeHost(name, options),
  /** Those that may be meant: by name, this host's, those in the settings, those of ssh's configuration. Asks none of them. */
  suggest: async (options: Configured = {}): Promise<readonly SuggestedHost[]> =>
    (await import("./usecases/suggest-hosts.ts")).suggestHosts(options),
};
