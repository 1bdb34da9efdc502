/** Which libvirt hutch works with. */
import { HutchError } from "../core/errors.ts";
import type { NamedHosts } from "../core/hosts.ts";
import { nearNames } from "../core/near.ts";

/**
 * `session`: the caller's own daemon, no root, user-mode networking. `system`: the host's, with networks and bridges.
 * `other`: drivers that know neither (the test driver, Xen, VirtualBox, …).
 */
export type HomeMode = "session" | "system" | "other";

export type Home = {
  readonly uri: string;
  readonly mode: HomeMode;
  /** The driver by its scheme: `qemu`, `test`, `xen`, `vbox`, … */
  readonly driver: string;
  /** On another host: its files and devices cannot be looked at from here. */
  readonly remote: boolean;
  /** What the user should know of the choice. */
  readonly notes: readonly string[];
};

export type HomeQuestion = {
  /** Asked for on the command line, or by the library's caller. */
  readonly uri?: string | undefined;
  /** `connect` of the config file. */
  readonly configured?: string | undefined;
  /** `hosts` of the config file: their names stand for their URIs, except in $LIBVIRT_DEFAULT_URI, which is libvirt's own. */
  readonly hosts?: NamedHosts | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  /** Names of the groups that this process is in. */
  readonly groups: readonly string[];
};

export const SYSTEM = "qemu:///system";
export const SESSION = "qemu:///session";

/** The first that says something: the caller, $HUTCH_CONNECT, the config file, $LIBVIRT_DEFAULT_URI, the caller's rights. E_USAGE for what is neither. */
export function chooseHome({ uri, configured, hosts = {}, env, uid, groups }: HomeQuestion): Home {
  const said = [uri, env["HUTCH_CONNECT"], configured].find((value) => value !== undefined && value !== "");
  if (said !== undefined) return homeAt(uriOf(said, hosts), uid);
  return homeAt(env["LIBVIRT_DEFAULT_URI"] || (uid === 0 || groups.includes("libvirt") ? SYSTEM : SESSION), uid);
}

const URI = /^(?<driver>[a-z][a-z0-9]*)(?:\+[a-z0-9]+)?:\/\/(?<host>[^/?]*)(?<path>[^?]*)(?<query>\?.*)?$/i;

/** The URI behind a name, or the URI itself. E_USAGE for what is neither. */
function uriOf(said: string, hosts: NamedHosts): string {
  const named = Object.hasOwn(hosts, said) ? hosts[said] : undefined;
  if (named !== undefined) return named;
  if (!URI.test(said) && /^[\w.-]+$/.test(said)) {
    throw new HutchError({
      code: "E_USAGE",
      message: `"${said}" is neither a libvirt URI nor the name of a host.`,
      next: [
        ...nearNames(said, Object.keys(hosts)).map((near) => `Did you mean "${near}"?`),
        "hutch host ls",
        `hutch host add ${said} qemu+ssh://user@${said}/system`,
      ],
    });
  }
  return said;
}

/** E_USAGE for what libvirt would not take as one. */
export function assertUri(uri: string): void {
  if (URI.test(uri)) return;
  throw new HutchError({
    code: "E_USAGE",
    message: `"${uri}" is no libvirt URI.`,
    next: [SYSTEM, SESSION, "qemu+ssh://user@host/system"].map((each) => `Write it like ${each}`),
  });
}

function homeAt(uri: string, uid: number): Home {
  assertUri(uri);
  const parts = URI.exec(uri)?.groups ?? {};
  const { driver = "", host = "", path = "", query = "" } = parts;
  const remote = host !== "";
  // libvirt has no session daemon for root: asked for one, it would silently open the system's.
  if (driver === "qemu" && path === "/session" && uid === 0 && !remote && query === "") {
    return { ...homeAt(SYSTEM, uid), notes: [`root has no session daemon; using ${SYSTEM}.`] };
  }
  const mode = driver !== "qemu" ? "other" : path === "/session" ? "session" : path === "/system" ? "system" : "other";
  return { uri, mode, driver: driver.toLowerCase(), remote, notes: [] };
}
