/** Which libvirt hutch works with. */
import { HutchError } from "../core/errors.ts";

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
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
  /** Names of the groups that this process is in. */
  readonly groups: readonly string[];
};

export const SYSTEM = "qemu:///system";
export const SESSION = "qemu:///session";

/** The first that says something: the caller, $HUTCH_CONNECT, the config file, $LIBVIRT_DEFAULT_URI, the caller's rights. E_USAGE for a URI that is none. */
export function chooseHome({ uri, configured, env, uid, groups }: HomeQuestion): Home {
  const said = [uri, env["HUTCH_CONNECT"], configured, env["LIBVIRT_DEFAULT_URI"]].find(
    (value) => value !== undefined && value !== "",
  );
  return homeAt(said ?? (uid === 0 || groups.includes("libvirt") ? SYSTEM : SESSION), uid);
}

function homeAt(uri: string, uid: number): Home {
  const parts = /^(?<driver>[a-z][a-z0-9]*)(?:\+[a-z0-9]+)?:\/\/(?<host>[^/?]*)(?<path>[^?]*)(?<query>\?.*)?$/i.exec(
    uri,
  )?.groups;
  if (parts === undefined) {
    throw new HutchError({
      code: "E_USAGE",
      message: `"${uri}" is no libvirt URI.`,
      next: [`--connect ${SYSTEM}`, `--connect ${SESSION}`, "--connect qemu+ssh://user@host/system"],
    });
  }
  const { driver = "", host = "", path = "", query = "" } = parts;
  const remote = host !== "";
  // libvirt has no session daemon for root: asked for one, it would silently open the system's.
  if (driver === "qemu" && path === "/session" && uid === 0 && !remote && query === "") {
    return { ...homeAt(SYSTEM, uid), notes: [`root has no session daemon; using ${SYSTEM}.`] };
  }
  const mode = driver !== "qemu" ? "other" : path === "/session" ? "session" : path === "/system" ? "system" : "other";
  return { uri, mode, driver: driver.toLowerCase(), remote, notes: [] };
}
