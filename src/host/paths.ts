/** Who calls, and where hutch keeps what must be on the caller's own disk: keys, config, journal, locks. */
import { readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { DEFAULTS } from "../core/machine/spec.ts";
import { checkLoginUser } from "../core/names.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** The person behind the process: behind sudo, the one who typed it. */
export type Caller = {
  readonly uid: number;
  readonly user: string;
  readonly home: string;
  /** Names of the groups that this process is in. */
  readonly groups: readonly string[];
  /** The login user made in guests. */
  readonly guestUser: string;
};

export type Paths = {
  readonly configFile: string;
  /** The key pair that lets hutch itself into every VM that it makes. */
  readonly sshKey: string;
  /** One file a VM, named by its UUID: what several processes write at once needs no lock then. */
  readonly knownHosts: string;
  readonly journal: string;
  readonly locks: string;
  /** Where a download waits until it is in the pool. */
  readonly imageCache: string;
  /** Sockets of shared ssh connections. */
  readonly sshControl: string;
  /** Where the session daemon keeps disks. */
  readonly sessionPool: string;
  /** Where the session daemon keeps its guests' logs. */
  readonly sessionLogs: string;
  /** The host's own names. */
  readonly hostsFile: string;
};

export function pathsOf(env: Env, caller: Pick<Caller, "uid" | "home">): Paths {
  const folder = (variable: string, ...fallback: readonly string[]) =>
    absolute(env[variable]) ?? join(absolute(env["HOME"]) ?? caller.home, ...fallback);
  const config = folder("XDG_CONFIG_HOME", ".config");
  const data = folder("XDG_DATA_HOME", ".local", "share");
  const state = folder("XDG_STATE_HOME", ".local", "state");
  const cache = folder("XDG_CACHE_HOME", ".cache");
  const runtime = absolute(env["XDG_RUNTIME_DIR"]) ?? (caller.uid === 0 ? "/run" : join(cache, "run"));
  return {
    configFile: join(config, "hutch", "config.yaml"),
    sshKey: join(data, "hutch", "ssh", "id_ed25519"),
    knownHosts: join(data, "hutch", "known_hosts.d"),
    journal: join(state, "hutch", "journal"),
    locks: join(state, "hutch", "locks"),
    imageCache: join(cache, "hutch", "images"),
    sshControl: join(runtime, "hutch", "ssh"),
    sessionPool: join(data, "hutch", "pool"),
    sessionLogs: join(cache, "libvirt", "qemu", "log"),
    hostsFile: "/etc/hosts",
  };
}

/** Relative XDG folders are to be ignored, says their specification. */
function absolute(path: string | undefined): string | undefined {
  return path?.startsWith("/") ? path : undefined;
}

export function callerOf(env: Env, ask: () => Account = userInfo): Caller {
  const { uid, username, homedir } = accountOf(ask);
  const sudoer = uid === 0 ? env["SUDO_USER"] : undefined;
  const user = sudoer ?? username;
  const home = sudoer === undefined ? (absolute(env["HOME"]) ?? homedir) : (homeOf(sudoer) ?? homedir);
  return { uid, user, home, groups: groupNames(process.getgroups?.() ?? []), guestUser: guestUserOf(user) };
}

type Account = { readonly uid: number; readonly username: string; readonly homedir: string };

/** A number that has no name on this host, as a container's `--user 1234`, is taken for one. */
function accountOf(ask: () => Account): Account {
  try {
    return ask();
  } catch {
    const uid = process.getuid?.() ?? 0;
    return { uid, username: `${uid}`, homedir: "/" };
  }
}

export function guestUserOf(user: string): string {
  return checkLoginUser(user) === null ? user : DEFAULTS.user;
}

function homeOf(user: string): string | undefined {
  return entries("/etc/passwd").find(([name]) => name === user)?.[5];
}

function groupNames(gids: readonly number[]): readonly string[] {
  return entries("/etc/group").flatMap(([name, , gid]) =>
    name !== undefined && gids.includes(Number(gid)) ? [name] : [],
  );
}

function entries(file: string): readonly (readonly string[])[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split(":"));
  } catch {
    return [];
  }
}
